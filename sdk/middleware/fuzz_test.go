package middleware_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/middleware"
)

// everything is a client that holds each SID for genuine, and notes it.
type everything map[string]bool

func (e everything) ValidateAll(_ context.Context, checks []sdk.Check, _ ...sdk.CheckOption) ([]sdk.Verdict, error) {
	verdicts := make([]sdk.Verdict, len(checks))
	for i, c := range checks {
		e[c.SID] = true
		verdicts[i] = sdk.Verdict{SID: c.SID, Valid: true}
	}
	return verdicts, nil
}

// FuzzBody holds that whatever a handler reads at the pointers was checked, however it reads.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		`{"product":"p1","vendor":{"sid":"v1","version":"1"},"lines":[{"sid":"p2"},{"sid":null}],"tokens":["t"]}`,
		`{"product":"p1","lines":{"a":{"sid":"p2"},"A":{"sid":"p3"},"\u0062":{}}}`,
		`{"product":"p1","Product":"evil"}`, `{"product":"p1","product":"evil"}`, `{"p\u0072oduct":"evil","product":"p1"}`,
		`{"product":"p1","vendor":{"ſid":"evil"}}`, `{"product":"p1"}{"product":"evil"}`, `{"product":"\ud800"}`,
		`{"product":["p1"],"vendor":"v1","lines":"p1"}`, `[{"product":"p1"}]`, `{"product":"p1","tokens":{"a":"b","a":"c"}}`, ``, `null`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		checked := everything{}
		check, err := middleware.New(checked, middleware.Options{
			SIDs: []middleware.Field{
				middleware.JSON("/product", ""),
				middleware.JSON("/vendor/sid", "").Optional().Version("/version"),
				middleware.JSON("/lines/*/sid", "").Optional(),
			},
			Attestations: []string{"/tokens"},
			Limit:        &middleware.Limit{},
		})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("POST", "/", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		check(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			got := read(r.Body)
			if got != string(body) {
				t.Errorf("the handler gets %q of %q", got, body)
			}
			for reading, sids := range readings(got) {
				for _, sid := range sids {
					if sid != "" && !checked[sid] {
						t.Errorf("%s: %q was not checked in %q", reading, sid, body)
					}
				}
			}
		})).ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("%q is answered %d: %s", body, w.Code, w.Body)
		}
	})
}

// readings are the SIDs that different handlers would take from a body.
func readings(body string) map[string][]string {
	all := map[string][]string{"encoding/json": typed(body)}
	root := tree(json.NewDecoder(strings.NewReader(body)))
	exact := func(name, want string) bool { return name == want }
	lower := func(name, want string) bool { return strings.ToLower(name) == want }
	//lint:ignore SA6005 a decoder that compares in upper case takes ı for i, which EqualFold does not
	upper := func(name, want string) bool { return strings.ToUpper(name) == strings.ToUpper(want) }
	for how, same := range map[string]func(name, want string) bool{"to the letter": exact, "folded": strings.EqualFold, "in lower case": lower, "in upper case": upper} {
		all["the first, "+how] = root.sids(same, func(all []value) value { return all[0] })
		all["the last, "+how] = root.sids(same, func(all []value) value { return all[len(all)-1] })
	}
	return all
}

// typed reads as most handlers in Go do, errors ignored.
func typed(body string) (sids []string) {
	type holder struct {
		SID string `json:"sid"`
	}
	var list struct {
		Product string
		Vendor  holder
		Lines   []holder
	}
	var keyed struct{ Lines map[string]holder }
	var loose map[string]any
	_ = json.Unmarshal([]byte(body), &list)
	_ = json.Unmarshal([]byte(body), &keyed)
	_ = json.NewDecoder(strings.NewReader(body)).Decode(&loose)
	sids = append(sids, list.Product, list.Vendor.SID)
	for _, line := range list.Lines {
		sids = append(sids, line.SID)
	}
	for _, line := range keyed.Lines {
		sids = append(sids, line.SID)
	}
	if product, ok := loose["product"].(string); ok {
		sids = append(sids, product)
	}
	return sids
}

// value is a JSON value with all its members, in their order.
type value struct {
	text    string
	members []member
}

type member struct {
	name string
	value
}

func tree(d *json.Decoder) (v value) {
	token, _ := d.Token()
	switch token := token.(type) {
	case string:
		v.text = token
	case json.Delim:
		for d.More() {
			m := member{}
			if token == '{' {
				name, _ := d.Token()
				m.name = name.(string)
			}
			m.value = tree(d)
			v.members = append(v.members, m)
		}
		_, _ = d.Token()
	}
	return v
}

// sids reads by names that are the same, and of several members by pick.
func (v value) sids(same func(name, want string) bool, pick func([]value) value) []string {
	get := func(from value, name string) value {
		var all []value
		for _, m := range from.members {
			if same(m.name, name) {
				all = append(all, m.value)
			}
		}
		if all == nil {
			return value{}
		}
		return pick(all)
	}
	sids := []string{get(v, "product").text, get(get(v, "vendor"), "sid").text}
	for _, line := range get(v, "lines").members {
		sids = append(sids, get(line.value, "sid").text)
	}
	return slices.Compact(sids)
}
