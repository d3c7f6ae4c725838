package web

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Link leads to the same page elsewhere.
type Link struct {
	Name string // of who serves it there
	URL  string // as [Base] returns it
}

// host is a name or an address with an optional port, and nothing that would end a directive of a policy.
var host = regexp.MustCompile(`^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$`)

// Base returns the address of a service without the slash at its end. The error says what is wrong with it: it must be an
// absolute http or https URL that has no query, no fragment and no user.
func Base(text string) (string, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return "", fmt.Errorf("%q is no URL: %w", text, err)
	case u.Scheme != "http" && u.Scheme != "https":
		return "", fmt.Errorf("%q does not begin with http:// or https://", text)
	case !host.MatchString(u.Host):
		return "", fmt.Errorf("%q names no host", text)
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || strings.Contains(text, "#"):
		return "", fmt.Errorf("%q has a user, a query or a fragment: give the address alone", text)
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// ServiceBase is [Base] for an address that the page calls. Its host can't be an IPv6 address: a Content-Security-Policy has no
// form for one (w3c/webappsec-csp 224), and browsers refuse the call.
func ServiceBase(text string) (string, error) {
	base, err := Base(text)
	if err == nil && strings.Contains(base, "[") {
		return "", fmt.Errorf("%q has an IPv6 address, which no Content-Security-Policy can allow: give a name, such as localhost", text)
	}
	return base, err
}

// ParseLinks reads name=URL,name=URL. No link is nil. The error names the one that is wrong, or has the name of another.
func ParseLinks(text string) ([]Link, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var links []Link
	for part := range strings.SplitSeq(text, ",") {
		name, address, ok := strings.Cut(part, "=")
		if name = strings.TrimSpace(name); !ok || name == "" {
			return nil, fmt.Errorf("%q is not name=URL", part)
		}
		if slices.ContainsFunc(links, func(l Link) bool { return l.Name == name }) {
			return nil, fmt.Errorf("link %s is there twice", name)
		}
		base, err := Base(strings.TrimSpace(address))
		if err != nil {
			return nil, fmt.Errorf("link %s: %w", name, err)
		}
		links = append(links, Link{Name: name, URL: base})
	}
	return links, nil
}

// usable is the base of a service's address, "" for none.
func usable(address string) string {
	base, _ := ServiceBase(address)
	return base
}

// policy lets the page load what this package serves and connect to the two services: nothing inline, nothing from
// elsewhere, nothing that frames it.
func policy(s Site) string {
	connect := "'self'"
	for _, address := range []string{s.MS1, s.MS2} {
		if u, err := url.Parse(usable(address)); err == nil && u.Host != "" {
			connect += " " + u.Scheme + "://" + u.Host
		}
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self'",
		"connect-src " + connect,
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	}, "; ")
}
