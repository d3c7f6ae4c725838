package consul

import (
	"crypto/tls"
	"net/http"
	"sync"

	"github.com/hashicorp/consul/api"
)

// certificate is the client certificate shown to the agent, read again from its files at each handshake: it is renewed
// on disk more often than a process restarts. It is safe for concurrent use.
type certificate struct {
	certFile, keyFile string

	mu   sync.Mutex
	last *tls.Certificate // the last that could be read
}

// renewCertificates makes the transport of client read the certificate's files at each handshake. Consul's client has
// read them once, into the TLS configuration that it made, so they are good to begin with.
func renewCertificates(client *http.Client, files api.TLSConfig) {
	transport, ok := client.Transport.(*http.Transport)
	if ok && transport.TLSClientConfig != nil && len(transport.TLSClientConfig.Certificates) > 0 {
		c := &certificate{certFile: files.CertFile, keyFile: files.KeyFile, last: &transport.TLSClientConfig.Certificates[0]}
		transport.TLSClientConfig.GetClientCertificate = c.current
	}
}

// current keeps to the last pair while the files do not fit each other, as between the writing of one and the other.
func (c *certificate) current(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	read, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		c.last = &read
	}
	return c.last, nil
}
