package middleware_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/middleware"
)

func TestEveryBadSIDIsNamed(t *testing.T) {
	client := genuine()
	client.kinds["untold"] = ""
	client.fails = map[string]error{
		"a b":    fmt.Errorf("%w: ...", sdk.ErrMalformedSID),
		"forged": &sdk.AttestationError{Forged: true, Detail: "secret detail"},
		"down":   fmt.Errorf("10.0.0.7: %w", sdk.ErrNoReplicas),
	}
	s := serve(t, "POST /", client, middleware.Options{SIDs: []middleware.Field{middleware.JSON("/*", "product")}})
	long := strings.Repeat("é", 60)
	w := s.do("POST", "/", `["p1","evil","a b","forged","down","v1","untold","`+long+`"]`)
	p := s.refused(t, w, http.StatusUnprocessableEntity)
	want := middleware.Faults{
		{Place: middleware.Place{Pointer: "/1"}, SID: "evil", Detail: "is not known to MS2"},
		{Place: middleware.Place{Pointer: "/2"}, SID: "a b", Detail: "is malformed: sid holds the byte 0x20 at position 1, which is not visible ASCII"},
		{Place: middleware.Place{Pointer: "/3"}, SID: "forged", Detail: "came with a forged attestation"},
		{Place: middleware.Place{Pointer: "/5"}, SID: "v1", Detail: "is of kind vendor, not product"},
		{Place: middleware.Place{Pointer: "/7"}, SID: strings.Repeat("é", 40) + "…", Detail: "is not known to MS2"},
	}
	if p.Type != middleware.TypeBadSIDs || !reflect.DeepEqual(p.Errors, want) {
		t.Errorf("%+v", p)
	}
	if strings.Contains(w.Body.String(), "secret") || strings.Contains(w.Body.String(), "10.0.0.7") {
		t.Errorf("the answer tells %s", w.Body)
	}
	if client.calls() != 1 {
		t.Errorf("%d calls", client.calls())
	}
}

func TestWhatCouldNotBeCheckedIsNamedAndTriedAgain(t *testing.T) {
	for name, prepare := range map[string]func(*ms2){
		"one check failed":              func(m *ms2) { m.fails = map[string]error{"p2": sdk.ErrOverloaded} },
		"its kind is not told":          func(m *ms2) { m.fails = map[string]error{"p2": sdk.ErrNoKind} },
		"a verdict without a kind":      func(m *ms2) { m.kinds["p2"] = "" },
		"its context was cancelled":     func(m *ms2) { m.fails = map[string]error{"p2": context.Canceled} },
		"a failure that wraps no other": func(m *ms2) { m.fails = map[string]error{"p2": errors.New("x")} },
	} {
		t.Run(name, func(t *testing.T) {
			client := genuine()
			prepare(client)
			s := serve(t, "POST /", client, middleware.Options{SIDs: []middleware.Field{middleware.JSON("/*", "product")}})
			w := s.do("POST", "/", `["p1","p2"]`)
			p := s.refused(t, w, http.StatusServiceUnavailable)
			if p.Type != middleware.TypeUncheckedSIDs || len(p.Errors) != 1 || p.Errors[0].SID != "p2" || w.Header().Get("Retry-After") != "1" {
				t.Errorf("%+v %v", p, w.Header())
			}
		})
	}
}

func TestAClientThatFailsAsAWholeLetsNothingPass(t *testing.T) {
	for name, err := range map[string]error{
		"an error of no check":             errors.New("x"),
		"it was closed":                    sdk.ErrClosed,
		"the request was cancelled":        context.Canceled,
		"failures of checks there are not": sdk.CheckErrors{{Index: 7, Err: sdk.ErrClosed}},
	} {
		t.Run(name, func(t *testing.T) {
			client := genuine()
			client.err = err
			s := serve(t, "POST /", client, middleware.Options{SIDs: []middleware.Field{middleware.JSON("/*", "")}})
			s.refused(t, s.do("POST", "/", `["p1","p2"]`), http.StatusServiceUnavailable)
		})
	}
}

type checker func([]sdk.Check) ([]sdk.Verdict, error)

func (f checker) ValidateAll(_ context.Context, checks []sdk.Check, _ ...sdk.CheckOption) ([]sdk.Verdict, error) {
	return f(checks)
}

func TestAVerdictOnAnotherSIDLetsNothingPass(t *testing.T) {
	for status, answer := range map[int]checker{
		http.StatusServiceUnavailable: func(checks []sdk.Check) ([]sdk.Verdict, error) {
			return []sdk.Verdict{{SID: checks[0].SID, Valid: true}, {SID: "p1", Valid: true}}, nil
		},
		http.StatusInternalServerError: func(checks []sdk.Check) ([]sdk.Verdict, error) {
			return []sdk.Verdict{{SID: checks[0].SID, Valid: true}}, nil
		},
	} {
		s := serve(t, "POST /", answer, middleware.Options{SIDs: []middleware.Field{middleware.JSON("/*", "")}})
		s.refused(t, s.do("POST", "/", `["p1","p2"]`), status)
	}
}

func TestAPanicLetsNothingPass(t *testing.T) {
	fields := []middleware.Field{middleware.Query("sid", "")}
	for name, o := range map[string]middleware.Options{
		"of Subject": {SIDs: fields, Subject: func(*http.Request) string { panic("x") }},
		"of User":    {SIDs: fields, User: func(*http.Request) string { panic("x") }},
	} {
		s := serve(t, "GET /", genuine(), o)
		t.Run(name, func(t *testing.T) { s.refused(t, s.do("GET", "/?sid=p1", ""), http.StatusInternalServerError) })
	}
	s := serve(t, "GET /", checker(func([]sdk.Check) ([]sdk.Verdict, error) { panic("x") }), middleware.Options{SIDs: fields})
	s.refused(t, s.do("GET", "/?sid=p1", ""), http.StatusInternalServerError)
}

func TestAPanicThatAbortsGoesOn(t *testing.T) {
	abort := func() { panic(http.ErrAbortHandler) }
	for name, o := range map[string]middleware.Options{
		"of the handler": {},
		"of Subject":     {Subject: func(*http.Request) string { abort(); return "" }},
	} {
		t.Run(name, func(t *testing.T) {
			o.SIDs = []middleware.Field{middleware.Query("sid", "")}
			check, err := middleware.New(genuine(), o)
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if recover() != http.ErrAbortHandler {
					t.Error("swallowed")
				}
			}()
			check(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
				if o.Subject != nil {
					t.Error("the handler was reached")
				}
				abort()
			})).
				ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/?sid=p1", nil))
		})
	}
}

func TestARefusalIsTold(t *testing.T) {
	var told []middleware.Refusal
	s := serve(t, "GET /", genuine(), middleware.Options{
		SIDs:     []middleware.Field{middleware.Query("sid", "")},
		OnRefuse: func(_ *http.Request, p middleware.Refusal) { told = append(told, p) },
	})
	p := s.refused(t, s.do("GET", "/?sid=evil", ""), http.StatusUnprocessableEntity)
	s.do("GET", "/?sid=p1", "")
	if len(told) != 1 || !reflect.DeepEqual(told[0], p) {
		t.Errorf("%+v, want %+v", told, p)
	}
}

func TestVerdictsOfTwoMiddlewaresAreJoined(t *testing.T) {
	wrap := func(next http.Handler, field middleware.Field) http.Handler {
		check, err := middleware.New(genuine(), middleware.Options{SIDs: []middleware.Field{field}})
		if err != nil {
			t.Fatal(err)
		}
		return check(next)
	}
	var got []middleware.Checked
	h := http.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = middleware.Verdicts(r.Context()) }))
	h = wrap(wrap(h, middleware.JSON("/a", "")), middleware.JSON("/b", ""))
	r := httptest.NewRequest("POST", "/", strings.NewReader(`{"a":"p1","b":"v1"}`))
	r.Header.Set("Content-Type", "application/json")
	h.ServeHTTP(httptest.NewRecorder(), r)
	if len(got) != 2 || got[0].SID != "v1" || got[1].SID != "p1" {
		t.Errorf("%+v", got)
	}
}
