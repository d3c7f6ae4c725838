package discovery

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// maxText is the longest ID or address believed, in bytes: far above any name in use, small enough to be shown and kept.
const maxText = 1024

// checkAddr says what is wrong with addr as an address to dial, and what would be right.
func checkAddr(addr string) error {
	if len(addr) > maxText {
		return fmt.Errorf("address of %d bytes: at most %d are allowed", len(addr), maxText)
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("address %q: %w", addr, splitError(addr))
	}
	if err := cmp.Or(checkHost(host, addr[0] == '['), checkPort(port)); err != nil {
		return fmt.Errorf("address %q: %w", addr, err)
	}
	return nil
}

// splitError tells apart the two ways in which an address without its port is usually written.
func splitError(addr string) error {
	if strings.Count(addr, ":") > 1 {
		return errors.New("want host:port, an IPv6 host in brackets as in [2001:db8::1]:8080, and no scheme")
	}
	return errors.New("the port is missing, want host:port as in 10.0.0.7:8080")
}

func checkHost(host string, bracketed bool) error {
	switch {
	case host == "":
		return errors.New("the host is empty, want host:port as in 10.0.0.7:8080")
	case bracketed && !isIPv6(host):
		return errors.New("only an IPv6 host goes in brackets")
	case !bracketed && strings.ContainsFunc(host, notInHostname):
		return errors.New("the host is neither an IP address nor a DNS name in ASCII")
	}
	return nil
}

func isIPv6(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Is6()
}

// notInHostname finds what would change the meaning of a URL or a log line that the host is put in.
// The underscore is no DNS host name's, but container networks hand out names with one.
func notInHostname(r rune) bool {
	letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	digit := '0' <= r && r <= '9'
	return !letter && !digit && !strings.ContainsRune("-._", r)
}

// checkPort takes only the plain decimal form, so that one port has one spelling.
func checkPort(port string) error {
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 || strconv.FormatUint(n, 10) != port {
		return fmt.Errorf("port %q is not a number from 1 to 65535", port)
	}
	return nil
}
