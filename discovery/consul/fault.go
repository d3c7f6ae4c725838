package consul

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/hashicorp/consul/api"
)

// maxShown is how much of the reason is shown, in bytes: it may hold the agent's own words.
const maxShown = 300

// fault is why the agent could not be asked: one line that names the agent and the remedy, without a secret.
type fault struct {
	text  string
	cause error
}

func (f *fault) Error() string { return f.text }
func (f *fault) Unwrap() error { return f.cause }

// errMasked is an answer that lacks instances because the token may not see them.
var errMasked = errors.New("this token hides instances: Consul leaves out what it may not see")

// fault explains err. It leaves out the query's URL, which differs from query to query.
func (a *agent) fault(service string, err error) error {
	var transport *url.Error
	if errors.As(err, &transport) {
		err = transport.Err
	}
	var status api.StatusError
	if errors.As(err, &status) {
		status.Body = a.harmless(status.Body)
		err = status
	}
	text := fmt.Sprintf("consul agent %s: %s; %s", a.name, a.harmless(err.Error()), remedy(service, err))
	return &fault{text: text, cause: err}
}

// remedy says what most likely needs mending.
func remedy(service string, err error) string {
	var status api.StatusError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &status):
		return statusRemedy(service, status.Code)
	case errors.Is(err, errMasked):
		return fmt.Sprintf("its policies lack service:read on %q or node:read on some nodes: check CONSUL_HTTP_TOKEN", service)
	case errors.As(err, &certificate):
		return "check CONSUL_CACERT and CONSUL_TLS_SERVER_NAME"
	}
	return "check CONSUL_HTTP_ADDR, and that a Consul agent runs there"
}

func statusRemedy(service string, code int) string {
	switch {
	case code == http.StatusBadRequest:
		return "check Config.Filter, Config.Near and Config.Datacenter"
	case code == http.StatusForbidden:
		return fmt.Sprintf("the token is unknown or lacks service:read on %q or node:read: check CONSUL_HTTP_TOKEN", service)
	case code == http.StatusUnauthorized:
		return "check CONSUL_HTTP_AUTH and CONSUL_HTTP_TOKEN"
	case code == http.StatusTooManyRequests:
		return "check the agent's limits, and how many clients run on this host"
	case code >= 500:
		return "check that the cluster has a leader, CONSUL_HTTP_ADDR, and the filter and datacenter if any"
	}
	return "no redirect is followed: check CONSUL_HTTP_ADDR and CONSUL_HTTP_SSL"
}

// harmless strikes the token from words, cuts them and makes them one printable line.
func (a *agent) harmless(words string) string {
	words = a.token.strike(words)
	if len(words) > maxShown {
		words = words[:maxShown] + "…"
	}
	return strings.Map(printable, strings.ToValidUTF8(words, "?"))
}

func printable(r rune) rune {
	if isControl(r) {
		return ' '
	}
	return r
}
