package service

import (
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"

	"ms2.internal/lb/examples/gateway/attach"
	"ms2.internal/lb/sdk/protocol"
)

// toMS2 hands requests on to MS2, by a cache over the SDK's client.
func toMS2(cache http.RoundTripper, log *slog.Logger) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			clean(r)
			r.SetURL(&url.URL{Scheme: "http", Host: "ms2"}) // the client puts a replica in its place
		},
		Transport: cache,
		ModifyResponse: func(r *http.Response) error {
			r.Header.Del(protocol.HeaderLoad) // these two are for the client's balancer
			r.Header.Del(protocol.HeaderDraining)
			return nil
		},
		ErrorHandler: failed("MS2", log),
		ErrorLog:     slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// toMS1 hands requests on to MS1, and attestations with them.
func toMS1(ms1 *url.URL, connections http.RoundTripper, a *attach.Attacher, log *slog.Logger) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			clean(r)
			r.SetURL(ms1)
			r.SetXForwarded()
			a.Attach(r.Out) // last, so that nothing takes it off again
		},
		Transport:    connections,
		ErrorHandler: failed("MS1", log),
		ErrorLog:     slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// connectionsToMS1 are used again for 30 s: less than MS1 keeps idle ones, so that no order meets one that is closing.
func connectionsToMS1() *http.Transport {
	return &http.Transport{
		DialContext:           (&net.Dialer{Timeout: 2 * time.Second}).DialContext,
		TLSHandshakeTimeout:   2 * time.Second,
		ResponseHeaderTimeout: 10 * time.Second,
		ExpectContinueTimeout: time.Second,
		IdleConnTimeout:       30 * time.Second,
		MaxIdleConnsPerHost:   100,
	}
}
