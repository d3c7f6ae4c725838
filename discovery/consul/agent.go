package consul

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/hashicorp/consul/api"
)

// agent is the way to one Consul agent. It is safe for concurrent use.
type agent struct {
	name     string // its address for the operator, without a secret
	token    *token // never shown; known here to be struck from what the agent says
	client   *api.Client
	http     *http.Client
	throttle throttle
}

// newAgent makes the client without changing the caller's configuration. NewClient leaves the HTTP client that it chose
// (the caller's, a new one, or the one for a unix socket) in the configuration it was given; that is where the bounds
// are put around the transport, before its first use.
func newAgent(from *api.Config) (*agent, error) {
	if from == nil {
		from = api.DefaultConfig()
	}
	config := ownCopy(from)
	if strings.Contains(config.Address, "@") {
		return nil, errors.New("the agent's address holds an @: want no user in it, put user:password in CONSUL_HTTP_AUTH")
	}
	if strings.ContainsAny(config.Address, "?#") { // errors and statistics name the address
		return nil, errors.New("the agent's address holds a query: want none in CONSUL_HTTP_ADDR, put a token in CONSUL_HTTP_TOKEN")
	}
	ownTLS := config.HttpClient == nil && (config.Transport == nil || config.Transport.TLSClientConfig == nil)
	name := config.Address
	client, err := api.NewClient(config)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(name, "unix://") {
		name = config.Scheme + "://" + config.Address + config.PathPrefix
		err = checkAddress(name)
	}
	if err != nil {
		return nil, err
	}
	if ownTLS && config.TLSConfig.CertFile != "" {
		renewCertificates(config.HttpClient, config.TLSConfig)
	}
	bound(config.HttpClient)
	secret := &token{file: tokenFile(from), value: config.Token}
	return &agent{name: name, token: secret, client: client, http: config.HttpClient}, nil
}

// checkAddress refuses at start what no query could be sent to; Consul's client would say so at each of them.
func checkAddress(name string) error {
	if u, err := url.Parse(name); err != nil || u.Hostname() == "" {
		return fmt.Errorf("the agent's address %q can't be read: want host:port or a URL, as in 127.0.0.1:8500, in CONSUL_HTTP_ADDR", name)
	}
	return nil
}

func ownCopy(from *api.Config) *api.Config {
	config := *from
	if config.HttpClient != nil {
		client := *config.HttpClient
		config.HttpClient = &client
	}
	if config.Transport != nil {
		config.Transport = cloned(config.Transport)
	}
	return &config
}

// cloned leaves out a TLS configuration that says nothing: the client reads its own (certificates, server name) only
// into a transport that has none, and Clone makes one up, in the clone and in the original.
func cloned(from *http.Transport) *http.Transport {
	silent := saysNothing(from.TLSClientConfig)
	transport := from.Clone()
	if silent {
		transport.TLSClientConfig = nil
	}
	return transport
}

func saysNothing(config *tls.Config) bool {
	return config == nil || reflect.DeepEqual(config, &tls.Config{NextProtos: config.NextProtos})
}

// bound makes client safe to point at whatever answers: no redirect is followed, which would carry the token along, and
// no body is read without end. Its timeout goes, for each query has its own.
func bound(client *http.Client) {
	if client.Transport == nil {
		client.Transport = api.DefaultConfig().Transport
	}
	client.Transport = limited{client.Transport}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client.Timeout = 0
}
