package sdk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/transport"
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
			problems = append(problems, f.problem(f.shown(), err))
		}
	})
	if len(c.Endpoints) > 0 {
		_, err := discovery.NewStatic(c.Endpoints...)
		for _, err := range parts(err) {
			problems = append(problems, "MS2_ENDPOINTS: "+err.Error())
		}
	}
	if _, err := attempt.ParseTemplate(c.SinglePath); err != nil {
		problems = append(problems, fmt.Sprintf("MS2_SINGLE_PATH=%q: %v", c.SinglePath, err))
	}
	if _, err := attempt.ParsePointer(c.SingleSIDField); err != nil {
		problems = append(problems, fmt.Sprintf("MS2_SINGLE_SID_FIELD=%q: %v", c.SingleSIDField, err))
	}
	if dir, err := os.Stat(filepath.Dir(c.RememberFile)); c.RememberFile != "" && (err != nil || !dir.IsDir()) {
		problems = append(problems, fmt.Sprintf("MS2_REMEMBER_FILE=%q: its directory is not there; make it", c.RememberFile))
	}
	problems = append(problems, c.tokenProblems()...)
	return append(problems, c.tlsProblems()...)
}

// parts are the errors that were joined into one.
func parts(err error) []error {
	var joined interface{ Unwrap() []error }
	switch {
	case err == nil:
		return nil
	case errors.As(err, &joined):
		return joined.Unwrap()
	}
	return []error{err}
}

// tokenProblems reads the token's file, so that a bad one is known at start.
func (c Config) tokenProblems() []string {
	var problems []string
	if c.Token != "" && c.TokenFile != "" {
		problems = append(problems, "MS2_TOKEN, MS2_TOKEN_FILE: both are set; keep one")
	}
	if err := transport.CheckToken(string(c.Token)); err != nil {
		problems = append(problems, fmt.Sprintf("MS2_TOKEN=%s: %v", redacted, err))
	}
	if _, err := transport.NewToken("", c.TokenFile); err != nil {
		problems = append(problems, fmt.Sprintf("MS2_TOKEN_FILE=%q: %v", c.TokenFile, err))
	}
	return problems
}

// tlsProblems reads the files of the certificates, for the same reason.
func (c Config) tlsProblems() []string {
	var problems, names []string
	eachField(&c, func(f field) {
		if strings.HasPrefix(f.env, "MS2_TLS_") && !f.value.IsZero() {
			names = append(names, f.env)
		}
	})
	if c.Scheme != "https" && len(names) > 0 {
		problems = append(problems, strings.Join(names, ", ")+": of no use without TLS; set MS2_SCHEME=https")
	}
	_, err := c.tlsFiles().Config()
	for _, err := range parts(err) {
		problems = append(problems, err.Error())
	}
	return problems
}

func (c Config) tlsFiles() transport.TLSFiles {
	return transport.TLSFiles{CA: c.TLSCAFile, Cert: c.TLSCertFile, Key: c.TLSKeyFile, ServerName: c.TLSServerName}
}
