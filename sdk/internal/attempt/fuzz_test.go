package attempt_test

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
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
	f.Add(`max-age=5, ext="x, no-store`, "", "")
	f.Add(`max-age=5, ext="x, No-Cache =, y`, "", "")
	f.Fuzz(func(t *testing.T, control, age, vary string) {
		h := http.Header{"Cache-Control": {control}, "Age": {age}, "Vary": {vary}}
		e, directives := attempt.Freshness(h), attempt.CacheControl(h)
		for _, d := range []time.Duration{e.MaxAge + e.Aged, e.WhileRevalidate, e.IfError, e.Aged} {
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
			if strings.Count(control, `"`) == 1 && namedBetweenCommas(control, name) && e.Storable() {
				t.Errorf("%q: kept in spite of %s, which one quote alone cannot hide", h, name)
			}
		}
	})
}

// namedBetweenCommas reports whether a list names a directive, whatever its quotes.
func namedBetweenCommas(list, directive string) bool {
	for part := range strings.SplitSeq(list, ",") {
		name, _, _ := strings.Cut(part, "=")
		if strings.ToLower(strings.TrimSpace(name)) == directive {
			return true
		}
	}
	return false
}

func FuzzLoadIsANumberFromZeroToAThousand(f *testing.F) {
	for _, text := range []string{`JSON {"application_utilization":0.7}`, "TEXT cpu_utilization=0.2", "TEXT cpu_utilization=-Inf", "TEXT cpu_utilization=1e39", "JSON {", "BIN x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if n := attempt.Load(text); !(0 <= n && n <= 1000) || math.Signbit(n) {
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
		if version := attempt.Bare(kept); kept == "*" || len(version) > protocol.MaxLabelBytes || strings.Contains(version, `"`) {
			t.Errorf("kept %q, version %q", kept, version)
		}
		for i := range len(kept) {
			if kept[i] < 0x20 || kept[i] == 0x7f {
				t.Errorf("kept %q, which net/http refuses to send", kept)
			}
		}
	})
}

func FuzzASIDIsValidOnlyByABodyThatNamesItAtItsPlace(f *testing.F) {
	for _, body := range []string{
		`{"sid":"a"}`, `{"SID":"a"}`, `{"sid":"b","sid":"a"}`, `{"kind":"k","sid":"\u0061"}`, `{"sid":1}`, "[]", "null", `["a"]`,
		`{"data":{"sid":"a"},"data":{}}`, `{"data":[{"sid":1e3}]}`, `{"data":"a"}`, `{"":{"":"a"}}`, `{"a/b":{"m~n":["a"]}}`,
	} {
		for _, at := range []string{"sid", "0", "/0", "/data/sid", "/data/0/sid", "//", "/a~1b/m~0n/0"} {
			f.Add([]byte(body), at, "a")
			f.Add([]byte(body), at, "1e3")
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, at, sid string) {
		place, err := attempt.ParsePointer(at)
		if protocol.CheckSID(sid) != nil || err != nil {
			return
		}
		kind, err := attempt.Believe(body, place, sid)
		if want := standsAt(body, at, sid); (err == nil) != want || len(kind) > protocol.MaxLabelBytes {
			t.Errorf("%q has %q at %q: %v, kind %q; want %t", body, sid, at, err, kind, want)
		}
	})
}

// standsAt reports whether the SID stands at a place, by the whole body decoded into maps and slices.
func standsAt(body []byte, at, sid string) bool {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var value any
	if !json.Valid(body) || d.Decode(&value) != nil {
		return false
	}
	if tokens := strings.Split(at, "/"); tokens[0] != "" || at == "" {
		object, _ := value.(map[string]any)
		value = object[at]
	} else {
		for _, token := range tokens[1:] {
			value = inside(value, strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~"))
		}
	}
	return value == any(sid) || value == any(json.Number(sid))
}

// arrayIndex is the grammar of RFC 6901, 4.
var arrayIndex = regexp.MustCompile("^(0|[1-9][0-9]*)$")

// inside is one step of RFC 6901, 4.
func inside(value any, token string) any {
	switch v := value.(type) {
	case map[string]any:
		return v[token]
	case []any:
		if i, err := strconv.Atoi(token); err == nil && arrayIndex.MatchString(token) && i < len(v) {
			return v[i]
		}
	}
	return nil
}
