package consul

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/consul/api"
)

const (
	maxName       = 255  // bytes of a service, a tag, a node
	maxDatacenter = 64   // bytes
	maxFilter     = 4096 // bytes
	maxFailover   = 8
	maxTags       = 16
	maxMeta       = 64
)

// validate names everything that is wrong at once.
func (c Config) validate() error {
	return errors.Join(
		checkService(c.Service),
		checkDatacenters(c.Datacenter, c.Failover),
		checkNames("Tags", c.Tags, maxTags),
		checkNames("Meta", c.Meta, maxMeta),
		checkText("Filter", c.Filter, maxFilter),
		checkText("Near", c.Near, maxName),
		checkDuration("Wait", c.Wait, time.Second, 10*time.Minute),
		checkDuration("EmptyGrace", c.EmptyGrace, time.Nanosecond, time.Hour),
		checkSwitch(api.HTTPSSLEnvName),
		checkSwitch(api.HTTPSSLVerifyEnvName),
	)
}

// checkService refuses what would make the query's path lead elsewhere.
func checkService(name string) error {
	if name == "" {
		return errors.New("consul.Config.Service is empty: want the name of a service, for example ms2")
	}
	if len(name) > maxName || name == "." || name == ".." || strings.ContainsFunc(name, notInName) {
		return fmt.Errorf("consul.Config.Service %q: want at most 255 bytes without slash, control characters or dots alone", name)
	}
	return nil
}

func notInName(r rune) bool { return r == '/' || isControl(r) }

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// checkDatacenters wants each datacenter once: watched twice it would cost twice and fail over to itself.
func checkDatacenters(first string, others []string) error {
	var errs []error
	if first != "" {
		errs = append(errs, checkDatacenter("Datacenter", first))
	}
	if len(others) > maxFailover {
		errs = append(errs, fmt.Errorf("consul.Config.Failover names %d datacenters: want at most %d", len(others), maxFailover))
	}
	all := append([]string{first}, others...)
	for i, name := range others {
		errs = append(errs, cmp.Or(checkDatacenter("Failover", name), checkNew(name, all[:i+1])))
	}
	return errors.Join(errs...)
}

func checkDatacenter(field, name string) error {
	if name == "" || len(name) > maxDatacenter || strings.ContainsFunc(name, notInDatacenter) {
		return fmt.Errorf("consul.Config.%s %q: want up to 64 letters, digits, - and _", field, name)
	}
	return nil
}

func checkNew(name string, earlier []string) error {
	if slices.Contains(earlier, name) {
		return fmt.Errorf("consul.Config.Failover %q: named twice, want each datacenter once", name)
	}
	return nil
}

func notInDatacenter(r rune) bool {
	letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	digit := '0' <= r && r <= '9'
	return !letter && !digit && r != '-' && r != '_'
}

func checkNames(field string, names []string, most int) error {
	if len(names) > most {
		return fmt.Errorf("consul.Config.%s has %d entries: want at most %d", field, len(names), most)
	}
	var errs []error
	for _, name := range names {
		if name == "" {
			errs = append(errs, fmt.Errorf("consul.Config.%s has an empty entry: leave it out", field))
		}
		errs = append(errs, checkText(field, name, maxName))
	}
	return errors.Join(errs...)
}

// checkText takes any words of a bounded length, but none that only look empty.
func checkText(field, text string, most int) error {
	if len(text) > most || strings.ContainsFunc(text, isControl) || text != "" && strings.TrimSpace(text) == "" {
		return fmt.Errorf("consul.Config.%s %.100q: want at most %d bytes without control characters, and not blanks alone", field, text, most)
	}
	return nil
}

func checkDuration(field string, d, least, most time.Duration) error {
	if d < least || d > most {
		return fmt.Errorf("consul.Config.%s is %v: want %v to %v", field, d, least, most)
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
