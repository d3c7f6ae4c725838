package transport

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
)

// TLSFiles name the certificates for connections to replicas; the zero value means the system's roots and no client
// certificate.
type TLSFiles struct {
	CA, Cert, Key, ServerName string
}

// Config reads the files. The error joins one for each that is wrong, which names its variable.
func (f TLSFiles) Config() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: f.ServerName}
	if err := errors.Join(f.trust(config), f.identify(config)); err != nil {
		return nil, err
	}
	return config, nil
}

// trust sets whose certificates are believed.
func (f TLSFiles) trust(config *tls.Config) error {
	if f.CA == "" {
		return nil
	}
	pem, err := os.ReadFile(f.CA)
	if err != nil {
		return fmt.Errorf("MS2_TLS_CA_FILE=%q: %w", f.CA, err)
	}
	config.RootCAs = x509.NewCertPool()
	if !config.RootCAs.AppendCertsFromPEM(pem) {
		return fmt.Errorf("MS2_TLS_CA_FILE=%q: holds no PEM certificate", f.CA)
	}
	return nil
}

// identify sets the client certificate. It is read at each handshake, so that a renewed one is used without a restart;
// while the files are gone, half written or do not fit each other, the last good one stays in use.
func (f TLSFiles) identify(config *tls.Config) error {
	switch {
	case f.Cert == "" && f.Key == "":
		return nil
	case f.Cert == "":
		return errors.New("MS2_TLS_KEY_FILE: set without MS2_TLS_CERT_FILE; set both")
	case f.Key == "":
		return errors.New("MS2_TLS_CERT_FILE: set without MS2_TLS_KEY_FILE; set both")
	}
	first, err := tls.LoadX509KeyPair(f.Cert, f.Key)
	if err != nil {
		return fmt.Errorf("MS2_TLS_CERT_FILE=%q, MS2_TLS_KEY_FILE=%q: %w", f.Cert, f.Key, err)
	}
	var good atomic.Pointer[tls.Certificate]
	good.Store(&first)
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		if renewed, err := tls.LoadX509KeyPair(f.Cert, f.Key); err == nil {
			good.Store(&renewed)
		}
		return good.Load(), nil
	}
	return nil
}
