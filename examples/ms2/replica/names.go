package replica

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"unicode"
)

// checkNames returns an error for each name that could not be meant so, or that others could not ask for.
func (o *options) checkNames() error {
	var errs []error
	for _, given := range []struct{ flag, name string }{{"service", o.service}, {"id", o.id}, {"zone", o.zone}} {
		if strings.ContainsFunc(given.name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
			errs = append(errs, fmt.Errorf("-%s %q has white space or control characters", given.flag, given.name))
		}
	}
	if o.service == "" {
		errs = append(errs, errors.New("-service is empty: name the service, such as ms2"))
	}
	if len(o.audience) < 1 || len(o.audience) > 256 {
		errs = append(errs, errors.New("-audience is not 1 to 256 bytes: name the service that may rely on attestations, such as ms1"))
	}
	return errors.Join(errs...)
}

func (o *options) checkAddresses() error {
	if _, _, err := net.SplitHostPort(o.listen); err != nil {
		return fmt.Errorf("-listen %q is not host:port: %w", o.listen, err)
	}
	if o.advertise == "" {
		if o.consul != "" && unspecified(o.listen) {
			return fmt.Errorf("-listen %s names no host that others could reach: give one by -advertise host:port", o.listen)
		}
		return nil
	}
	if _, port, err := net.SplitHostPort(o.advertise); err != nil || port == "0" || unspecified(o.advertise) {
		return fmt.Errorf("-advertise %q is not the host:port that others reach", o.advertise)
	}
	return nil
}

// unspecified reports whether an address has no host, or one that means all.
func unspecified(address string) bool {
	host, _, _ := net.SplitHostPort(address)
	return host == "" || net.ParseIP(host).IsUnspecified()
}
