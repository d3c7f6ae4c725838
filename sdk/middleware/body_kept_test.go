package middleware_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"ms2.internal/lb/sdk/middleware"
)

// basecamp/basecamp-sdk 481: who replaces a body leaves the GetBody of the old one, which a repetition sends.
func TestWhoReplacesTheBodyLeavesNoOldOneToRepeat(t *testing.T) {
	check, err := middleware.New(genuine(), order)
	if err != nil {
		t.Fatal(err)
	}
	sent := ""
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: "ms2"})
			r.Out.Body, r.Out.ContentLength = io.NopCloser(strings.NewReader("another")), int64(len("another"))
		},
		Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.GetBody != nil {
				again, _ := r.GetBody()
				text, _ := io.ReadAll(again)
				sent = string(text)
			}
			return &http.Response{StatusCode: 204, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
		}),
	}
	r := httptest.NewRequest("POST", "/", strings.NewReader(`{"product":"p1"}`))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	check(proxy).ServeHTTP(w, r)
	if w.Code != 204 || sent != "" {
		t.Errorf("%d, would send %q again", w.Code, sent)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// BaseIntelligence/bounty-challenge 53239 and BiblioDrift 1295: a body of unknown length passed the checks that looked at Content-Length;
// rmyndharis/OpenWA 1095: one that was compressed passed the limit.
func TestABodyOfUnknownLengthPassesNoLimitAndNoCheck(t *testing.T) {
	o := order
	o.MaxBody = 100
	for body, want := range map[string]int{
		`{"product":"nobody"}`: 422, `{"product":"p1","n":"` + strings.Repeat("x", 100) + `"}`: 413, "": 422,
	} {
		s := serve(t, "POST /", genuine(), o)
		r := httptest.NewRequest("POST", "/", io.NopCloser(strings.NewReader(body)))
		r.ContentLength, r.TransferEncoding = -1, []string{"chunked"}
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		s.refused(t, w, want)
	}
}
