package consul

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/consul/api"
)

const (
	defaultWait       = 60 * time.Second
	defaultEmptyGrace = 10 * time.Second
)

// Config says what to watch and how. Only Service is required.
type Config struct {
	// Service is the name of the service in Consul, without a slash.
	Service string

	// Wait is how long the agent may hold a query while nothing changes: 1 s to 10 min, 0 means 60 s.
	// Each query asks for 80 to 100 % of it, so that a fleet of clients does not ask in step.
	Wait time.Duration

	// EmptyGrace is how long the last good set stays in use after the service was found, and confirmed, to have no
	// usable instance: up to 1 h, 0 means 10 s.
	EmptyGrace time.Duration

	// API is the client's own configuration: address, token, TLS, datacenter. Nil means [api.DefaultConfig], which reads
	// the CONSUL_ variables of the environment. It is copied, and a Transport in it cloned. Of an HttpClient in it only the
	// transport is used; its idle connections are closed when a query fails and when Watch returns.
	API *api.Config
}

// withDefaults fills in what was left out.
func (c Config) withDefaults() Config {
	c.Wait = cmp.Or(c.Wait, defaultWait)
	c.EmptyGrace = cmp.Or(c.EmptyGrace, defaultEmptyGrace)
	return c
}

// validate names everything that is wrong at once.
func (c Config) validate() error {
	return errors.Join(
		checkService(c.Service),
		checkDuration("Wait", c.Wait, time.Second, 10*time.Minute),
		checkDuration("EmptyGrace", c.EmptyGrace, time.Nanosecond, time.Hour),
		checkSwitch(api.HTTPSSLEnvName),
		checkSwitch(api.HTTPSSLVerifyEnvName),
	)
}

// checkService refuses what would make the query's path lead elsewhere.
func checkService(name string) error {
	if name == "" {
		return errors.New("Config.Service is empty: want the name of a service, for example ms2")
	}
	if len(name) > 255 || name == "." || name == ".." || strings.ContainsFunc(name, notInName) {
		return fmt.Errorf("Config.Service %q: want at most 255 bytes without slash, control characters or dots alone", name)
	}
	return nil
}

func notInName(r rune) bool { return r == '/' || r < ' ' || r == 0x7f }

func checkDuration(field string, d, least, most time.Duration) error {
	if d < least || d > most {
		return fmt.Errorf("Config.%s is %v: want %v to %v", field, d, least, most)
	}
	return nil
}

// checkSwitch refuses a value that Consul's client would warn of on standard error and then read as "off": no TLS, or
// certificates that nobody verifies.
func checkSwitch(variable string) error {
	value := os.Getenv(variable)
	if _, err := strconv.ParseBool(value); value != "" && err != nil {
		return fmt.Errorf("%s is %q: want true or false", variable, value)
	}
	return nil
}
