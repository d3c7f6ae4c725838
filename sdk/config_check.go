package sdk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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

// problems lists what is wrong with a configuration as the adopter set it.
func (c Config) problems() []string {
	whole := c.withDefaults()
	return slices.Concat(
		whole.fieldProblems(), c.timeoutProblems(), whole.endpointProblems(), whole.doorProblems(), whole.rememberProblems(),
		whole.tokenProblems(), whole.tlsProblems(),
	)
}

// fieldProblems holds each field to what its tag allows.
func (c Config) fieldProblems() (problems []string) {
	eachField(&c, func(f field) {
		if err := f.check(); err != nil {
			problems = append(problems, f.problem(f.shown(), err))
		}
	})
	return problems
}

// timeoutProblems refuses two timeouts that were both set and leave no time for an attempt after one that hung.
func (c Config) timeoutProblems() []string {
	if c.Timeout <= 0 || c.AttemptTimeout < c.Timeout {
		return nil
	}
	return []string{fmt.Sprintf("MS2_ATTEMPT_TIMEOUT=%q: not below MS2_TIMEOUT=%q, so a replica that hangs would fail the check; "+
		"set at most half of MS2_TIMEOUT, or leave one of the two unset", c.AttemptTimeout, c.Timeout)}
}

func (c Config) endpointProblems() []string {
	if len(c.Endpoints) == 0 {
		return nil
	}
	_, err := discovery.NewStatic(c.Endpoints...)
	return listed("MS2_ENDPOINTS: ", err)
}

// listed words each of the errors that were joined into one.
func listed(prefix string, err error) (list []string) {
	for _, err := range parts(err) {
		list = append(list, prefix+err.Error())
	}
	return list
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

func (c Config) doorProblems() []string {
	_, path := attempt.ParseTemplate(c.SinglePath)
	_, field := attempt.ParsePointer(c.SingleSIDField)
	return append(wrong("MS2_SINGLE_PATH", c.SinglePath, path), wrong("MS2_SINGLE_SID_FIELD", c.SingleSIDField, field)...)
}

// wrong words what is wrong with a variable, if anything is.
func wrong(variable, value string, err error) []string {
	if err == nil {
		return nil
	}
	return []string{fmt.Sprintf("%s=%q: %v", variable, value, err)}
}

func (c Config) rememberProblems() []string {
	if dir, err := os.Stat(filepath.Dir(c.RememberFile)); c.RememberFile != "" && (err != nil || !dir.IsDir()) {
		return []string{fmt.Sprintf("MS2_REMEMBER_FILE=%q: its directory is not there; make it", c.RememberFile)}
	}
	return nil
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
	_, err := transport.NewToken("", c.TokenFile)
	return append(problems, wrong("MS2_TOKEN_FILE", c.TokenFile, err)...)
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
	return append(problems, listed("", err)...)
}

func (c Config) tlsFiles() transport.TLSFiles {
	return transport.TLSFiles{CA: c.TLSCAFile, Cert: c.TLSCertFile, Key: c.TLSKeyFile, ServerName: c.TLSServerName}
}
