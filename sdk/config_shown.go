package sdk

// shown is the configuration by the variable of the environment, without what is empty and with every secret redacted.
func (c Config) shown() map[string]string {
	values := map[string]string{}
	eachField(&c, func(f field) {
		switch {
		case f.off && f.isOff():
			values[f.env] = "off"
		case f.shown() != "":
			values[f.env] = f.shown()
		}
	})
	return values
}
