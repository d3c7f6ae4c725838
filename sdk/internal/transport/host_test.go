package transport_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"ms2.internal/lb/sdk/internal/transport"
)

func TestARequestThatFoundAReplicaBeforeItsRemovalDoesNotDialIt(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("asked") }))
	defer server.Close()
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, http.NoBody)
	resp, err := transport.RemovedHost().RoundTrip(req)
	if err == nil {
		resp.Body.Close()
	}
	if !errors.Is(err, transport.ErrRemoved) {
		t.Errorf("got %v", err)
	}
}
