package middleware_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/middleware"
	"ms2.internal/lb/sdk/protocol"
)

// told serves a route and returns where its refusals go.
func told(t *testing.T, client middleware.Checker, o middleware.Options) (*site, *[]middleware.Refusal) {
	var all []middleware.Refusal
	o.OnRefuse = func(_ *http.Request, p middleware.Refusal) { all = append(all, p) }
	return serve(t, "POST /", client, o), &all
}

func TestARefusalTellsTheCauseToTheProgramAndNotToTheClient(t *testing.T) {
	forged := &sdk.AttestationError{Forged: true, Reason: "audience", Detail: "secret"}
	client := genuine()
	client.fails = map[string]error{"f1": forged, "f2": forged, "down": &sdk.CallError{Replica: "10.0.0.7:80", Err: sdk.ErrNoReplicas}}
	s, all := told(t, client, middleware.Options{SIDs: []middleware.Field{middleware.JSON("/*", "")}})
	for body, want := range map[string]int{
		`["evil"]`: 0, `["f1"]`: 1, `["p1","evil","f1","f2","down"]`: 2, `["p1","down"]`: 1, `["down"]`: 1,
	} {
		*all = nil
		w := s.do("POST", "/", body)
		p := (*all)[0]
		n := 0
		for _, fault := range p.Errors {
			if fault.Err == nil {
				continue
			}
			n++
			if !errors.Is(p.Err, fault.Err) {
				t.Errorf("%s: %v is not in %v", body, fault.Err, p.Err)
			}
		}
		var why *sdk.AttestationError
		var call *sdk.CallError
		if n != want || (p.Err != nil) != (n > 0) ||
			errors.Is(p.Err, sdk.ErrForged) != strings.Contains(body, "f1") || errors.As(p.Err, &why) && why.Reason != "audience" ||
			errors.As(p.Err, &call) != (p.Status == 503) {
			t.Errorf("%s: %d with a cause, %v", body, n, p.Err)
		}
		if text := w.Body.String(); strings.Contains(text, "secret") || strings.Contains(text, "10.0.0.7") || strings.Contains(text, "Err") {
			t.Errorf("the answer tells %s", text)
		}
	}
}

func TestARefusalOfAWholeRequestHasItsCauseToo(t *testing.T) {
	broken := errors.New("out of order")
	sick := checker(func([]sdk.Check) ([]sdk.Verdict, error) { panic(broken) })
	var large *http.MaxBytesError
	for name, c := range map[string]struct {
		client middleware.Checker
		body   string
		header string
		is     func(error) bool
	}{
		"a panic":           {sick, `["p1"]`, "", func(err error) bool { return errors.Is(err, broken) }},
		"a large body":      {sick, `["` + strings.Repeat("p", 99) + `"]`, "", func(err error) bool { return errors.As(err, &large) }},
		"a large header":    {sick, `["p1"]`, strings.Repeat("t,", 17), func(err error) bool { return errors.Is(err, protocol.ErrTooLarge) }},
		"nothing to add":    {sick, `{`, "", func(err error) bool { return err == nil }},
		"a cancelled check": {cancelled{}, `["p1"]`, "", func(err error) bool { return errors.Is(err, context.Canceled) }},
	} {
		s, all := told(t, c.client, middleware.Options{SIDs: []middleware.Field{middleware.JSON("/*", "")}, MaxBody: 64})
		s.do("POST", "/", c.body, "MS2-Attestation", c.header)
		if len(*all) != 1 || !c.is((*all)[0].Err) {
			t.Errorf("%s: %+v", name, *all)
		}
	}
}

// cancelled is a client whose every call fails.
type cancelled struct{}

func (cancelled) ValidateAll(context.Context, []sdk.Check, ...sdk.CheckOption) ([]sdk.Verdict, error) {
	return nil, context.Canceled
}

func TestAFaultOfTheBodyAsAWholeSaysSo(t *testing.T) {
	for pointer, rows := range map[string]map[string]string{
		"":   {`[1]`: "the body is an array, not a string", `"evil"`: "the body is not known to MS2", `null`: "the body is missing", ``: "the body is missing"},
		"/a": {`[1]`: "the body is an array, not an object", `{}`: "is missing", `{"a":"evil"}`: "is not known to MS2"},
	} {
		for body, want := range rows {
			s := serve(t, "POST /", genuine(), middleware.Options{SIDs: []middleware.Field{middleware.JSON(pointer, "")}})
			p := s.refused(t, s.do("POST", "/", body), http.StatusUnprocessableEntity)
			if len(p.Errors) != 1 || p.Errors[0].Detail != want || (p.Errors[0].Place == middleware.Place{}) != strings.HasPrefix(want, "the body") {
				t.Errorf("%q: %s: %+v", pointer, body, p.Errors)
			}
		}
	}
}

func TestManyFaultsAreLoggedInAFewWords(t *testing.T) {
	s, all := told(t, genuine(), middleware.Options{SIDs: []middleware.Field{middleware.JSON("/*", "")}})
	s.do("POST", "/", sids("evil", 300))
	refusal := (*all)[0]
	if len(refusal.Errors) != 300 {
		t.Fatalf("%d", len(refusal.Errors))
	}
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"JSON": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		for _, value := range []any{refusal, refusal.Errors} {
			var b bytes.Buffer
			slog.New(handler(&b)).Info("refused", "why", value)
			if text := b.String(); len(text) > 600 || !strings.Contains(text, "300") || strings.Count(text, "is not known to MS2") != 3 || !strings.Contains(text, "evil2") {
				t.Errorf("%s: %s", name, text)
			}
		}
	}
}

func TestAFaultPrintsAsASentence(t *testing.T) {
	for want, fault := range map[string]middleware.Fault{
		`"/a/0" ("x\n") is not known to MS2`:      {Place: middleware.Place{Pointer: "/a/0"}, SID: "x\n", Detail: "is not known to MS2"},
		`path "vendor" ("x") is malformed: short`: {Place: middleware.Place{Path: "vendor"}, SID: "x", Detail: "is malformed", Err: errors.New("short")},
		`query "q" is missing`:                    {Place: middleware.Place{Query: "q"}, Detail: "is missing"},
		`header "H" is missing`:                   {Place: middleware.Place{Header: "H"}, Detail: "is missing"},
		`the body is missing`:                     {Detail: "the body is missing"},
	} {
		if got := fmt.Sprintf("%+v", fault); got != want || fault.LogValue().String() != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestTheCauseIsNoPartOfTheProblemsShape(t *testing.T) {
	for _, kind := range []reflect.Type{reflect.TypeFor[middleware.Fault](), reflect.TypeFor[middleware.Refusal]()} {
		if field, ok := kind.FieldByName("Err"); !ok || field.Tag.Get("json") != "-" {
			t.Errorf("%v: %+v", kind, field)
		}
	}
}
