package pages_test

import (
	"net/http"
	"testing"
	"time"

	"ms2.internal/lb/examples/login"
	"ms2.internal/lb/examples/ms2/pages"
)

func TestPagesSayHowLongAndByWhomTheyMayBeKept(t *testing.T) {
	t.Parallel()
	ages := func(age, life, negative time.Duration) func(*pages.Options) {
		return func(o *pages.Options) { o.Age, o.Life, o.NegativeAge = age, life, negative }
	}
	const minute = time.Minute
	m := newMS2(t, asItIs)
	for name, c := range map[string]struct {
		change     func(*pages.Options)
		path, user string
		want       string
		tag        bool
	}{
		"for nobody":                    {asItIs, product, "", "public, max-age=60", true},
		"for a user":                    {asItIs, product, "ada", "public, max-age=60", true},
		"attested for nobody":           {asItIs, product + "?attest=1", "", "public, max-age=60", false},
		"attested for a user":           {asItIs, product + "?attest=1", "ada", "private, max-age=60", false},
		"half of a short life":          {ages(minute, 30*time.Second, 0), product + "?attest=1", "ada", "private, max-age=15", false},
		"a life too short to be halved": {ages(minute, time.Second, 0), product + "?attest=1", "", "no-store", false},
		"a life that matters to nobody": {ages(minute, time.Second, 0), product, "", "public, max-age=60", true},
		"not at all":                    {ages(0, minute, 0), product, "", "no-store", true},
		"an unknown one":                {asItIs, "usb:none", "", "public, max-age=1", false},
		"an unknown one, for a user":    {asItIs, "usb:none?attest=1", "ada", "public, max-age=1", false},
		"an unknown one, not at all":    {ages(minute, minute, 0), "usb:none", "", "no-store", false},
	} {
		options := m.options
		c.change(&options)
		m.handler = pages.Handler(m.store, options)
		h := m.get("/v1/entities/"+c.path, login.Header, c.user).Header()
		if h.Get("Cache-Control") != c.want || (h.Get("Etag") != "") != c.tag || h.Get("Vary") != login.Header {
			t.Errorf("%s: got %v, want %s, tag %t", name, h, c.want, c.tag)
		}
	}
}

func TestAPageWithoutAttestationsIsAskedForAgainByItsTag(t *testing.T) {
	t.Parallel()
	m := newMS2(t, asItIs)
	for _, path := range []string{"/v1/entities/" + product, "/v1/entities?prefix=" + product} {
		tag := m.get(path).Header().Get("Etag")
		if w := m.get(path, "If-None-Match", tag); w.Code != http.StatusNotModified || w.Body.Len() > 0 || w.Header().Get("Cache-Control") != "public, max-age=60" {
			t.Errorf("%s: got %d %v", path, w.Code, w.Header())
		}
		if w := m.get(path, "If-None-Match", `"another"`); w.Code != http.StatusOK {
			t.Errorf("%s: another tag: got %d", path, w.Code)
		}
	}
	list := m.get("/v1/entities?prefix=" + product).Header().Get("Etag")
	if err := m.store.Retire(t.Context(), product); err != nil {
		t.Fatal(err)
	}
	if w := m.get("/v1/entities?prefix="+product, "If-None-Match", list); w.Code != http.StatusOK {
		t.Errorf("a list that changed: got %d", w.Code)
	}
}

func TestAPageWithAttestationsIsNeverAnsweredByATag(t *testing.T) {
	t.Parallel()
	m := newMS2(t, asItIs)
	for _, tag := range []string{`"1"`, "*", m.get("/v1/entities/" + product).Header().Get("Etag")} {
		if w := m.get("/v1/entities/"+product+"?attest=1", "If-None-Match", tag); w.Code != http.StatusOK || w.Body.Len() == 0 {
			t.Errorf("%s: got %d %v", tag, w.Code, w.Header())
		}
	}
}
