package pages_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"ms2.internal/lb/examples/login"
	"ms2.internal/lb/examples/ms2/pages"
	"ms2.internal/lb/sdk/protocol"
)

func TestEntitiesAreFoundByPrefixKindAndName(t *testing.T) {
	t.Parallel()
	m := newMS2(t, asItIs)
	for query, want := range map[string]string{
		"prefix=" + product: product,
		"name=UNIFYING+receiver&prefix=" + product[:len(product)-1]: product,
		"kind=vendor&name=logitech,":                                vendor,
		"kind=vendor&prefix=" + product:                             "",
		"name=no+such+thing":                                        "",
		"name=n%C3%9CVI+1350":                                       "usb:091e:23cc",
	} {
		var got []string
		for _, e := range m.list(query) {
			got = append(got, e.SID)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %s", query, got, want)
		}
	}
	if got := m.list("kind=vendor&limit=3"); len(got) != 3 {
		t.Errorf("got %d", len(got))
	}
}

func TestAListThatCannotBeMeantIsRefusedInWords(t *testing.T) {
	t.Parallel()
	m := newMS2(t, asItIs)
	const limit, kind = "limit is not a number from 1 to 5000", "kind is neither vendor nor product"
	for query, want := range map[string]string{
		"limit=0": limit, "limit=-1": limit, "limit=5001": limit, "limit=many": limit, "limit=1e3": limit,
		"kind=foo": kind, "kind=Vendor": kind, "kind=vendor,product": kind,
	} {
		w := m.get("/v1/entities?" + query)
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: got %d %s", query, w.Code, w.Body)
		}
	}
}

func TestOtherMethodsAndPathsAreProblemDetails(t *testing.T) {
	t.Parallel()
	m := newMS2(t, asItIs)
	for request, want := range map[[2]string]struct {
		status int
		allow  string
	}{
		{"POST", "/v1/entities"}:            {405, "GET, HEAD"},
		{"DELETE", "/v1/entities/usb:046d"}: {405, "GET, HEAD"},
		{"GET", "/v1/entities/usb:046d/x"}:  {404, ""},
		{"GET", "/v1/entities/"}:            {404, ""},
	} {
		w := httptest.NewRecorder()
		m.handler.ServeHTTP(w, httptest.NewRequest(request[0], request[1], nil))
		if w.Code != want.status || w.Header().Get("Allow") != want.allow || w.Header().Get("Content-Type") != protocol.ContentTypeProblem {
			t.Errorf("%v: got %d %v %s", request, w.Code, w.Header(), w.Body)
		}
	}
}

func TestAPageIsNeverAnsweredInParts(t *testing.T) {
	t.Parallel()
	m := newMS2(t, asItIs)
	for _, part := range []string{"bytes=0-1", "bytes=99999-"} {
		if w := m.get("/v1/entities/"+product, "Range", part); w.Code != http.StatusOK || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: got %d %v %s", part, w.Code, w.Header(), w.Body)
		}
	}
}

func TestPagesOfTheOriginsMayReadEntitiesAndTheirAttestation(t *testing.T) {
	t.Parallel()
	m := newMS2(t, func(o *pages.Options) { o.Origins = []string{"http://ms1"} })
	preflight := httptest.NewRequest("OPTIONS", "/v1/entities/"+product, nil)
	for name, value := range map[string]string{"Origin": "http://ms1", "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "demo-user"} {
		preflight.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	m.handler.ServeHTTP(w, preflight)
	if w.Code != http.StatusNoContent || w.Header().Get("Access-Control-Allow-Headers") != "demo-user" {
		t.Errorf("preflight: got %d %v", w.Code, w.Header())
	}
	answer := m.get("/v1/entities/"+product, "Origin", "http://ms1", login.Header, "ada")
	if h := answer.Header(); h.Get("Access-Control-Allow-Origin") != "http://ms1" || !strings.EqualFold(h.Get("Access-Control-Expose-Headers"), protocol.HeaderAttestation) {
		t.Errorf("got %v", h)
	}
}
