package attempt

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// TLSFiles name the certificates for connections to replicas; the zero value means the system's roots and no client
// certificate.
type TLSFiles struct {
	CA, Cert, Key, ServerName string
}

// Config reads the files. The error names the variable of what is wrong.
func (f TLSFiles) Config() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: f.ServerName}
	if f.CA != "" {
		pem, err := os.ReadFile(f.CA)
		if err != nil {
			return nil, fmt.Errorf("MS2_TLS_CA_FILE: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("MS2_TLS_CA_FILE=%q: holds no PEM certificate", f.CA)
		}
	}
	if (f.Cert == "") != (f.Key == "") {
		return nil, errors.New("MS2_TLS_CERT_FILE, MS2_TLS_KEY_FILE: one is set without the other; set both")
	}
	if f.Cert != "" {
		if _, err := f.certificate(nil); err != nil {
			return nil, err
		}
		config.GetClientCertificate = f.certificate
	}
	return config, nil
}

// certificate reads the client certificate at each handshake, so that a renewed one is used without a restart.
func (f TLSFiles) certificate(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	c, err := tls.LoadX509KeyPair(f.Cert, f.Key)
	if err != nil {
		return nil, fmt.Errorf("MS2_TLS_CERT_FILE=%q, MS2_TLS_KEY_FILE=%q: %w", f.Cert, f.Key, err)
	}
	return &c, nil
}
