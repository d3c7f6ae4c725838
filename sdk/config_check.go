package sdk

import (
	"fmt"
	"strings"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk/internal/attempt"
)

// ConfigError lists what is wrong with a configuration, all of it at once and no secret in it.
type ConfigError struct {
	// Problems has a sentence for each: the variable, its value and what would be right.
	Problems []string
}

// Error puts each problem on a line of its own.
func (e *ConfigError) Error() string {
	if len(e.Problems) == 1 {
		return "ms2: bad configuration: " + e.Problems[0]
	}
	return fmt.Sprintf("ms2: bad configuration, %d problems:\n  %s", len(e.Problems), strings.Join(e.Problems, "\n  "))
}

// problems lists what is wrong with a configuration that has its defaults.
func (c Config) problems() []string {
	var problems []string
	eachField(&c, func(f field) {
		if err := f.check(); err != nil {
			problems = append(problems, f.problem(fmt.Sprint(f.value.Interface()), err))
		}
	})
	add := func(err error, variable string) {
		if err != nil {
			problems = append(problems, variable+": "+strings.ReplaceAll(err.Error(), "\n", "; "))
		}
	}
	if len(c.Endpoints) > 0 {
		_, err := discovery.NewStatic(c.Endpoints...)
		add(err, "MS2_ENDPOINTS")
	}
	_, err := attempt.ParseTemplate(c.SinglePath)
	add(err, "MS2_SINGLE_PATH")
	return append(problems, c.credentialProblems()...)
}

// credentialProblems reads the files of tokens and certificates, so that a bad one is known at start.
func (c Config) credentialProblems() []string {
	var problems []string
	if c.Token != "" && c.TokenFile != "" {
		problems = append(problems, "MS2_TOKEN, MS2_TOKEN_FILE: both are set; keep one")
	}
	if err := attempt.CheckToken(string(c.Token)); err != nil {
		problems = append(problems, "MS2_TOKEN: "+err.Error())
	}
	if _, err := attempt.NewToken(string(c.Token), c.TokenFile); err != nil {
		problems = append(problems, fmt.Sprintf("MS2_TOKEN_FILE=%q: %v", c.TokenFile, err))
	}
	tls := c.tlsFiles()
	if c.Scheme != "https" && tls != (attempt.TLSFiles{}) {
		problems = append(problems, "MS2_TLS_CA_FILE, MS2_TLS_CERT_FILE, MS2_TLS_KEY_FILE, MS2_TLS_SERVER_NAME: set, but MS2_SCHEME is http; set MS2_SCHEME=https")
	}
	if _, err := tls.Config(); err != nil {
		problems = append(problems, err.Error())
	}
	return problems
}

func (c Config) tlsFiles() attempt.TLSFiles {
	return attempt.TLSFiles{CA: c.TLSCAFile, Cert: c.TLSCertFile, Key: c.TLSKeyFile, ServerName: c.TLSServerName}
}
