package attempt_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/cache"
)

func TestA200IsValidOnlyIfItsJSONRepeatsTheSID(t *testing.T) {
	for _, body := range []string{
		"", "<html>log in</html>", "null", "[]", `"a"`, "{}", `{"sid":"b"}`, `{"SID":"a"}`, `{"Sid":"a"}`, `{"sid":["a"]}`,
		`{"sid":null}`, `{"sid":"a"`, `{"sid":"a"}{}`, `{"data":{"sid":"a"}}`, `{"sid":"a","sid":"b"}`, `{"sid ":"a"}`, `{"sid":"A"}`,
	} {
		r := against(t, answering(200, body)).single(t, attempt.Item{SID: "a"})
		if r.Next != attempt.Retry || r.Outcome.Result != balancer.Failure || r.Entries != nil || !r.Doubt {
			t.Errorf("%s: %+v", body, r)
		}
		saying(t, r, "malformed", "MS2_SINGLE_")
	}
}

func TestA200ThatRepeatsTheSIDIsValid(t *testing.T) {
	s := against(t, answering(200, `{"x":1,"sid":"usb:\u0030","kind":"vendor"}`, "ETag", `W/"3"`, "Cache-Control", "max-age=60"))
	r := s.single(t, attempt.Item{SID: "usb:0"})
	if r.Err != nil || r.Outcome.Result != balancer.Success {
		t.Fatalf("%+v", r)
	}
	e := r.Entries[0]
	if !e.Valid || e.Kind != "vendor" || e.Version != "3" || e.Tag != `W/"3"` || e.Door != cache.Single || e.MaxAge != time.Minute {
		t.Errorf("%+v", e)
	}
}

func TestTheMemberThatRepeatsTheSIDMayHaveAnotherName(t *testing.T) {
	s := against(t, answering(200, `{"sid":"b","id":"a"}`), func(o *attempt.Options) { o.SIDAt = pointer(t, "id") })
	if r := s.single(t, attempt.Item{SID: "a"}); r.Err != nil || !r.Entries[0].Valid {
		t.Errorf("%+v", r)
	}
}

func TestAKindThatIsTooLongIsLeftOut(t *testing.T) {
	s := against(t, answering(200, `{"sid":"a","kind":"`+strings.Repeat("k", 129)+`"}`))
	if r := s.single(t, attempt.Item{SID: "a"}); r.Err != nil || r.Entries[0].Kind != "" {
		t.Errorf("%+v", r)
	}
}

func TestA404IsInvalidOnlyIfItSpeaksOfThisSID(t *testing.T) {
	unnamed := verdictOf{attempt.Retry, balancer.Failure, "does not name"}
	for body, want := range map[string]verdictOf{
		`{"type":"urn:ms2:unknown-sid","sids":["a"]}`:         {attempt.Settled, balancer.Success, ""},
		`{"type":"urn:ms2:unknown-sid","sids":["b","a","c"]}`: {attempt.Settled, balancer.Success, ""},
		`{"type":"urn:ms2:unknown-sid"}`:                      unnamed,
		`{"type":"urn:ms2:unknown-sid","sids":[]}`:            unnamed,
		`{"type":"urn:ms2:unknown-sid","sids":["b","A",""]}`:  unnamed,
		`{"type":"urn:ms2:unknown-sid","sids":"a"}`:           unnamed,
		`{"type":"urn:ms2:unknown-sid","detail":"a"}`:         unnamed,
		`{"type":"about:blank","sids":["a"]}`:                 nowhere,
		`{"Type":"urn:ms2:unknown-sid"}`:                      nowhere,
		`{"detail":"urn:ms2:unknown-sid"}`:                    nowhere,
		`<html>urn:ms2:unknown-sid</html>`:                    nowhere,
		`{"type":"urn:ms2:unknown-sid","sids":["a"]} x`:       nowhere,
		"": nowhere,
	} {
		r := against(t, answering(404, body, "Cache-Control", "max-age=5")).single(t, attempt.Item{SID: "a"})
		if r.Next != want.next || r.Outcome.Result != want.result || (r.Entries != nil) != (want.says == "") {
			t.Errorf("%s: %+v", body, r)
		}
		if want.says != "" {
			saying(t, r, want.says)
		} else if e := r.Entries[0]; e.Valid || e.MaxAge != 5*time.Second || e.Version != "" {
			t.Errorf("%s: %+v", body, e)
		}
	}
}

// knowing is a replica that calls "b" valid while right, and everything else a bare 404.
func knowing(right *atomic.Bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if right.Load() && strings.HasSuffix(r.URL.Path, "/b") {
			answering(200, `{"sid":"b"}`)(w, r)
			return
		}
		answering(404, "404 page not found")(w, r)
	}
}

func TestABare404IsInvalidIfTheOperatorSaysSoAndWhileAControlIsValid(t *testing.T) {
	var right atomic.Bool
	right.Store(true)
	s := against(t, knowing(&right), func(o *attempt.Options) { o.BareNotFound = true })
	unconfirmed := func(when string) {
		t.Helper()
		if r := s.confirm(t, attempt.Item{SID: "a"}); r.Next != attempt.Refused || r.Outcome.Result != balancer.Refused || !r.Bare || !r.Alone || r.Door != cache.Single {
			t.Errorf("%s: %+v", when, r)
		}
	}
	unconfirmed("before it called any valid")
	s.single(t, attempt.Item{SID: "b"})
	for range 3 {
		if r := s.confirm(t, attempt.Item{SID: "a"}); r.Err != nil || r.Entries[0].Valid || r.Outcome.Result != balancer.Success {
			t.Errorf("%+v", r)
		}
	}
	right.Store(false)
	unconfirmed("mis-routed")
	right.Store(true)
	unconfirmed("while it has no control again")
	if n := s.Controls(); n != 4 {
		t.Errorf("%d controls", n)
	}
	s = against(t, answering(404, `{"type":"urn:ms2:unknown-sid"}`), func(o *attempt.Options) { o.BareNotFound = true })
	r := s.single(t, attempt.Item{SID: "a"})
	if saying(t, r, "malformed", "does not name"); r.Outcome.Result != balancer.Failure || r.Entries != nil {
		t.Errorf("%+v", r)
	}
}

func TestA304RenewsTheVersionThatWasAskedAbout(t *testing.T) {
	for _, tag := range []string{"", `"7"`, `W/"7"`} {
		fields := []string{"Cache-Control", "max-age=60"}
		if tag != "" {
			fields = append(fields, "ETag", tag)
		}
		var asked string
		s := against(t, func(w http.ResponseWriter, r *http.Request) {
			asked = r.Header.Get("If-None-Match")
			answering(304, "", fields...)(w, r)
		})
		r := s.single(t, held("a", "7", cache.Single))
		if r.Err != nil || r.Outcome.Result != balancer.Success {
			t.Fatalf("%+v", r)
		}
		if e := r.Entries[0]; asked != `"7"` || !e.Valid || e.Kind != "vendor" || e.Version != "7" || e.Tag != `"7"` || e.MaxAge != time.Minute || e.IfError != 0 {
			t.Errorf("asked with %s, %+v", asked, e)
		}
	}
}

func TestATagIsAskedAboutAsItWasSentAndIsTheVersionWithoutMarkAndQuotes(t *testing.T) {
	long := strings.Repeat("v", 128)
	for tag, version := range map[string]string{
		`"7"`: "7", `W/"7"`: "7", "7": "7", "W/7": "7", `""`: "", `"W/7"`: "W/7", "\"\xfc\"": "\xfc", `W/"` + long + `"`: long,
	} {
		var asked []string
		s := against(t, func(w http.ResponseWriter, r *http.Request) {
			asked = r.Header.Values("If-None-Match")
			answering(200, `{"sid":"a"}`, "ETag", tag, "Cache-Control", "no-cache")(w, r)
		})
		e := s.single(t, attempt.Item{SID: "a"}).Entries[0]
		s.single(t, attempt.Item{SID: "a", Held: e})
		if e.Version != version || e.Tag != tag || !e.Storable() || len(asked) != 1 || asked[0] != tag {
			t.Errorf("%s: asked about %q, %+v", tag, asked, e)
		}
	}
}

func TestA304ThatWasNotAskedForIsMalformed(t *testing.T) {
	for name, item := range map[string]attempt.Item{
		"no version held":             {SID: "a"},
		"another version":             held("a", "6", cache.Single),
		"a version of the batch door": held("a", "7", cache.Batch),
	} {
		r := against(t, answering(304, "", "ETag", `"7"`)).single(t, item)
		if r.Next != attempt.Retry || r.Outcome.Result != balancer.Failure || r.Entries != nil || !r.Doubt {
			t.Errorf("%s: %+v", name, r)
		}
		saying(t, r, "not asked about")
	}
}

func TestA304WithoutCacheControlLeavesThePeriodsAsTheyWere(t *testing.T) {
	for _, c := range []struct {
		fields                    []string
		maxAge, whileRev, onError time.Duration
	}{
		{nil, 5 * time.Second, 6 * time.Second, 7 * time.Second},
		{[]string{"Age", "4"}, time.Second, 6 * time.Second, 7 * time.Second},
		{[]string{"Cache-Control", "no-store"}, 0, 0, 0},
		{[]string{"Cache-Control", ""}, 0, 0, 0},
		{[]string{"Vary", "*"}, 0, 0, 0},
	} {
		r := against(t, answering(304, "", c.fields...)).single(t, held("a", "7", cache.Single))
		if e := r.Entries[0]; e.MaxAge != c.maxAge || e.WhileRevalidate != c.whileRev || e.IfError != c.onError {
			t.Errorf("%v: %+v", c.fields, e)
		}
	}
}
