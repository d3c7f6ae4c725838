package attempt_test

import (
	"encoding/json"
	"math"
	"net/http"
	"testing"
	"time"

	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/protocol"
)

func FuzzRetryAfterIsNeverNegativeAndNeverLongerThanTheLongest(f *testing.F) {
	for _, text := range []string{"0", "5", "99999999999", "-1", "1.5", "Fri, 31 Dec 9999 23:59:59 GMT", "Friday, 31-Dec-99 23:59:59 GMT"} {
		f.Add(text, int64(1_700_000_000))
	}
	f.Fuzz(func(t *testing.T, text string, now int64) {
		if d := attempt.RetryAfter(text, time.Unix(now, 0)); d < 0 || d > attempt.Longest {
			t.Errorf("%q: %v", text, d)
		}
	})
}

func FuzzNoHeaderMakesAnAnswerFreshBeyondItsOwnMaxAge(f *testing.F) {
	f.Add("max-age=5, stale-if-error=7", "4", "Accept")
	f.Add(`ext="a, max-age=500", no-cache="x"`, "4, 5", "*")
	f.Add("no-store", "", "")
	f.Fuzz(func(t *testing.T, control, age, vary string) {
		h := http.Header{"Cache-Control": {control}, "Age": {age}, "Vary": {vary}}
		e, directives := attempt.Freshness(h), attempt.CacheControl(h)
		for _, d := range []time.Duration{e.MaxAge, e.WhileRevalidate, e.IfError} {
			if d < 0 || d > attempt.Longest {
				t.Fatalf("%q: %v", h, d)
			}
		}
		for name, period := range map[string]time.Duration{
			"max-age": e.MaxAge, "stale-while-revalidate": e.WhileRevalidate, "stale-if-error": e.IfError,
		} {
			if _, said := directives[name]; period > 0 && !said {
				t.Errorf("%q: %s is %v, which nobody said", h, name, period)
			}
		}
		for _, name := range []string{"no-store", "no-cache"} {
			if _, said := directives[name]; said && e.Storable() {
				t.Errorf("%q: kept in spite of %s", h, name)
			}
		}
	})
}

func FuzzLoadIsAFiniteNumberFromZeroOn(f *testing.F) {
	for _, text := range []string{`JSON {"application_utilization":0.7}`, "TEXT cpu_utilization=0.2", "TEXT cpu_utilization=-Inf", "JSON {", "BIN x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if n := attempt.Load(text); !(n >= 0) || math.IsInf(n, 0) || math.Signbit(n) {
			t.Errorf("%q: %v", text, n)
		}
	})
}

func FuzzATagThatIsKeptCanBeSent(f *testing.F) {
	for _, tag := range []string{`"7"`, `W/"7"`, "*", `"a", "b"`, "7", "\"\x01\""} {
		f.Add(tag)
	}
	f.Fuzz(func(t *testing.T, tag string) {
		kept := attempt.ETag(http.Header{"Etag": {tag}})
		if kept == "*" || len(kept) > protocol.MaxLabelBytes {
			t.Errorf("kept %q", kept)
		}
		for i := range len(kept) {
			if kept[i] < 0x20 || kept[i] == 0x7f {
				t.Errorf("kept %q, which net/http refuses to send", kept)
			}
		}
	})
}

func FuzzASIDIsValidOnlyByABodyThatNamesIt(f *testing.F) {
	for _, body := range []string{`{"sid":"a"}`, `{"SID":"a"}`, `{"sid":"b","sid":"a"}`, `{"kind":"k","sid":"\u0061"}`, `{"sid":1}`, "[]", "null"} {
		f.Add([]byte(body), "sid", "a")
	}
	f.Fuzz(func(t *testing.T, body []byte, field, sid string) {
		if protocol.CheckSID(sid) != nil {
			return
		}
		kind, err := attempt.Believe(body, field, sid)
		if err != nil {
			return
		}
		var members map[string]any
		if json.Unmarshal(body, &members) != nil || members[field] != any(sid) || len(kind) > protocol.MaxLabelBytes {
			t.Errorf("%q makes %q valid by %q, kind %q", body, sid, field, kind)
		}
	})
}
