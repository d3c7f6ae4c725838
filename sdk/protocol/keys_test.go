package protocol_test

import (
	"net/http"
	"testing"

	"ms2.internal/lb/sdk/protocol"
)

func TestTheKeysAreServedToEverybody(t *testing.T) {
	h := protocol.NewHandler(usb, protocol.HandlerOptions{Attester: &notary{}, Token: "s3cret", Load: func() float64 { return 0.5 }})
	h.Drain()
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		response := ask(h, method, protocol.PathKeys, "")
		if got := bodyOf(t, response); response.StatusCode != http.StatusOK || got != `{"ms2_issuer":"ms2","keys":[]}` {
			t.Errorf("%s: got %d %s", method, response.StatusCode, got) // a recorder keeps the body of a HEAD
		}
		wantHeader(t, response, protocol.HeaderDraining, "1")
		wantHeader(t, response, protocol.HeaderLoad, `JSON {"application_utilization":0.5}`)
	}
	response := ask(h, http.MethodPost, protocol.PathKeys, "")
	wantProblem(t, response, http.StatusMethodNotAllowed)
	wantHeader(t, response, "Allow", "GET, HEAD")
}

func TestWithoutAnAttesterThereAreNoKeys(t *testing.T) {
	h := protocol.NewHandler(usb, protocol.HandlerOptions{})
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		if p := wantProblem(t, ask(h, method, protocol.PathKeys, ""), http.StatusNotFound); p.Type != "about:blank" {
			t.Errorf("%s: got %+v", method, p)
		}
	}
}

func TestKeysThatPanicAreAFault(t *testing.T) {
	h := protocol.NewHandler(usb, quiet(protocol.HandlerOptions{Attester: &notary{keys: func(http.ResponseWriter, *http.Request) { panic("boom") }}}))
	wantProblem(t, get(h, protocol.PathKeys), http.StatusInternalServerError)
	if response := get(h, "/v1/sids/usb:046d"); response.StatusCode != http.StatusOK {
		t.Errorf("a door: got %d, want 200", response.StatusCode)
	}
}
