package sdk

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
)

// ConfigFromEnv reads the configuration from the environment. A variable that is not set, or set to nothing, leaves its
// field zero, which means the default.
//
// The error is a [*ConfigError] that names every variable that is wrong, its value unless it is a secret, and what would
// be right; one that was removed is wrong, too. An unknown variable is no error: it is listed in [Config].Unknown.
func ConfigFromEnv() (Config, error) {
	var cfg Config
	var problems []string
	eachField(&cfg, func(f field) {
		raw := strings.TrimSpace(os.Getenv(f.env))
		if raw == "" {
			return
		}
		if err := f.read(raw); err != nil {
			problems = append(problems, f.problem(raw, err))
			f.value.SetZero() // the rest is checked as if it had its default
		}
	})
	problems = append(problems, removedProblems()...)
	cfg.Unknown = unknownVariables(os.Environ())
	if problems = append(problems, cfg.problems()...); len(problems) > 0 {
		return Config{}, &ConfigError{Problems: problems}
	}
	return cfg, nil
}

// removed lists the variables of earlier releases, with why each went and what to do instead.
var removed = map[string]string{
	"MS2_SINGLE_TRUST": "a status alone makes no SID valid; set MS2_SINGLE_SID_FIELD to where the body repeats the SID",
}

// removedProblems names the removed variables that are set: ignoring one would change what the adopter relies on.
func removedProblems() []string {
	var problems []string
	for _, name := range slices.Sorted(maps.Keys(removed)) {
		if value := strings.TrimSpace(os.Getenv(name)); value != "" {
			problems = append(problems, fmt.Sprintf("%s=%q: was removed: %s", name, value, removed[name]))
		}
	}
	return problems
}

// unknownVariables lists the names with our prefix that are not ours, and were not.
func unknownVariables(environ []string) []string {
	known := slices.AppendSeq(variables(), maps.Keys(removed))
	var unknown []string
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "MS2_") && value != "" && !slices.Contains(known, name) && !fromKubernetes(name) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return unknown
}

// fromKubernetes reports whether Kubernetes sets a variable of this name in every pod beside a service named ms2.
func fromKubernetes(name string) bool {
	return name == "MS2_SERVICE_HOST" || name == "MS2_PORT" ||
		strings.HasPrefix(name, "MS2_SERVICE_PORT") || strings.HasPrefix(name, "MS2_PORT_")
}

// nearestVariable is the variable of ours whose name is the fewest edits away.
func nearestVariable(name string) string {
	return slices.MinFunc(variables(), func(a, b string) int {
		return cmp.Compare(distance(name, a), distance(name, b))
	})
}

// variables lists the names of ours.
func variables() (names []string) {
	eachField(new(Config), func(f field) { names = append(names, f.env) })
	return names
}

// distance is the number of edits between two words (V. I. Levenshtein, 1966).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substitute := diagonal
			if a[i] != b[j] {
				substitute++
			}
			diagonal = row[j+1]
			row[j+1] = min(substitute, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

// withDefaults returns the configuration with each zero field set to its default.
func (c Config) withDefaults() Config {
	eachField(&c, func(f field) {
		if f.value.IsZero() && f.standard != "" {
			_ = f.set(f.standard) // a test holds every default against its parser
		}
	})
	return c
}

// effective returns what a client works by, for a configuration without problems: of two timeouts that do not fit, one is a default.
func (c Config) effective() Config {
	c = c.withDefaults()
	if c.AttemptTimeout >= c.Timeout {
		c.AttemptTimeout = c.Timeout / 2
	}
	return c
}

// eachField calls visit for every field that has a variable.
func eachField(c *Config, visit func(field)) {
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		if f := newField(v.Type().Field(i), v.Field(i)); f.env != "" {
			visit(f)
		}
	}
}
