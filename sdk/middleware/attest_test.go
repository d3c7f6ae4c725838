package middleware_test

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/middleware"
)

// attested are the options of a check with a subject and these tokens.
func attested(tokens ...string) (opts []sdk.CheckOption) {
	for _, token := range tokens {
		opts = append(opts, sdk.AttestedBy(token))
	}
	return append(opts, sdk.Subject("ann"), sdk.VerifyAttestations(), sdk.RequireAttestation())
}

var withTokens = middleware.Options{
	SIDs:               []middleware.Field{middleware.JSON("/lines/*/sid", "").Version("/v/is")},
	Attestations:       []string{"/tokens", "/lines/*/token"},
	Subject:            func(*http.Request) string { return "ann" },
	VerifyAttestations: true,
	RequireAttestation: true,
}

func TestAttestationsComeByHeaderAndBody(t *testing.T) {
	for _, c := range []struct {
		body   string
		header []string
		want   []string
	}{
		{`{"lines":[{"sid":"p1"}]}`, nil, nil},
		{`{"lines":[{"sid":"p1"}]}`, []string{"MS2-Attestation", " a, ,b,", "ms2-attestation", "c"}, []string{"a", "b", "c"}},
		{`{"lines":[{"sid":"p1"}],"tokens":"a"}`, []string{"MS2-Attestation", "b"}, []string{"b", "a"}},
		{`{"lines":[{"sid":"p1"},{"sid":"p2"}],"tokens":["a","b",null,""]}`, nil, []string{"a", "b"}},
		{`{"lines":[{"sid":"p1"},{"sid":"p2"}],"tokens":{"p1":"a","p2":"\u0062"}}`, nil, []string{"a", "b"}},
		{`{"lines":[{"sid":"p1","token":"a"},{"token":"b","sid":"p2"},{"sid":"p2","token":null}],"tokens":null}`, nil, []string{"a", "b"}},
	} {
		client := genuine()
		s := serve(t, "POST /", client, withTokens)
		if w := s.do("POST", "/", c.body, c.header...); w.Code != http.StatusOK || !reflect.DeepEqual(client.opts[0], attested(c.want...)) {
			t.Errorf("%s: %d %s, got %+v", c.body, w.Code, w.Body, client.opts)
		}
	}
}

func TestAttestationsBeyondTheLimitsAreRefusedUnasked(t *testing.T) {
	lines := func(sids, tokens int) string {
		return `{"lines":[` + strings.TrimSuffix(strings.Repeat(`{"sid":"p1"},`, sids), ",") + `],"tokens":[` + numbered(tokens) + `]}`
	}
	for _, c := range []struct {
		name, body string
		header     string
		status     int
	}{
		{"17 in a header", `{"lines":[{"sid":"p1"}]}`, strings.Repeat("t,", 17), http.StatusRequestHeaderFieldsTooLarge},
		{"8 KiB in a header", `{"lines":[{"sid":"p1"}]}`, strings.Repeat("t", 8<<10+1), http.StatusRequestHeaderFieldsTooLarge},
		{"8 KiB of commas", `{"lines":[{"sid":"p1"}]}`, strings.Repeat(",", 8<<10+1), http.StatusRequestHeaderFieldsTooLarge},
		{"257", lines(300, 257), "", http.StatusUnprocessableEntity},
		{"257 in header and body", lines(1, 255), "a,b", http.StatusUnprocessableEntity},
	} {
		client := genuine()
		s := serve(t, "POST /", client, withTokens)
		p := s.refused(t, s.do("POST", "/", c.body, "MS2-Attestation", c.header), c.status)
		if client.calls() > 0 {
			t.Errorf("%s: asked, then %+v", c.name, p)
		}
	}
}

func TestAPageMaySendMoreAttestationsThanItsOrderHasSIDs(t *testing.T) {
	client := genuine()
	s := serve(t, "POST /", client, withTokens)
	w := s.do("POST", "/", `{"lines":[{"sid":"p1"}],"tokens":[`+numbered(255)+`]}`, "MS2-Attestation", "a")
	if w.Code != http.StatusOK || len(client.opts[0]) != 256+3 {
		t.Errorf("%d %s, %d options", w.Code, w.Body, len(client.opts[0]))
	}
}

func numbered(n int) string {
	tokens := make([]string, n)
	for i := range tokens {
		tokens[i] = fmt.Sprintf("%q", fmt.Sprint("token", i))
	}
	return strings.Join(tokens, ",")
}

func TestAVersionGoesWithTheSIDBesideIt(t *testing.T) {
	client := genuine()
	s := serve(t, "POST /", client, withTokens)
	w := s.do("POST", "/", `{"lines":[{"sid":"p1","v":{"is":"1"}},{"v":{"is":"2","x":[{"is":"9"}]},"sid":"p1"},{"sid":"p1"},{"v":{"is":"3"},"sid":null,"is":"4"},{"sid":"p1","v":{"is":null}}]}`)
	if p := s.refused(t, w, http.StatusUnprocessableEntity); p.Errors[0].Pointer != "/lines/3/sid" {
		t.Errorf("%+v", p)
	}
	w = s.do("POST", "/", `{"lines":[{"sid":"p1","v":{"is":"1"}},{"v":{"is":"2","x":[{"is":"9"}]},"sid":"p1"},{"sid":"p1"},{"sid":"p1","v":null}]}`)
	want := []sdk.Check{{SID: "p1", Version: "1"}, {SID: "p1", Version: "2"}, {SID: "p1"}}
	if w.Code != http.StatusOK || !reflect.DeepEqual(client.checks[0], want) {
		t.Errorf("%d %s: %+v", w.Code, w.Body, client.checks)
	}
}

func TestAVersionWithoutItsSIDGoesToNoOther(t *testing.T) {
	client := genuine()
	s := serve(t, "POST /", client, middleware.Options{SIDs: []middleware.Field{middleware.JSON("/lines/*/sid", "").Optional().Version("/v")}})
	w := s.do("POST", "/", `{"lines":[{"v":"1"},{"sid":"p1"}]}`)
	if want := []sdk.Check{{SID: "p1"}}; w.Code != http.StatusOK || !reflect.DeepEqual(client.checks[0], want) {
		t.Errorf("%d %s: %+v", w.Code, w.Body, client.checks)
	}
}
