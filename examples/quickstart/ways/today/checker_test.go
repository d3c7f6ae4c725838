package today

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
)

// ms2 answers without a network, by the SID that is asked. It notes what it was asked.
type ms2 struct {
	answer func(w http.ResponseWriter, r *http.Request)

	mu    sync.Mutex
	asked []string // path and If-None-Match, guarded by mu
}

func (m *ms2) RoundTrip(r *http.Request) (*http.Response, error) {
	m.mu.Lock()
	m.asked = append(m.asked, r.URL.EscapedPath()+r.Header.Get("If-None-Match"))
	m.mu.Unlock()
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	m.answer(w, r)
	return w.Result(), nil
}

// newChecker is one that asks m.
func newChecker(m *ms2) *Checker {
	c := New("http://ms2")
	c.client.Transport = m
	return c
}

// one checks a SID and describes the verdict.
func one(t *testing.T, c *Checker, sid string) string {
	t.Helper()
	verdicts, err := c.ValidateAll(t.Context(), sdk.SIDs(sid))
	if err != nil {
		return "error"
	}
	v := verdicts[0]
	return fmt.Sprintf("%v %v %s %s", v.Origin, v.Valid, v.Kind, v.Version)
}

// valid answers with a product of a version, for a while.
func valid(w http.ResponseWriter, sid, cacheControl string) {
	w.Header().Set("Cache-Control", cacheControl)
	w.Header().Set("ETag", `"1"`)
	fmt.Fprintf(w, `{"sid":%q,"kind":"product","version":"1"}`, sid)
}

func TestAVerdictIsKeptForItsMaxAgeAndThenAskedAboutByItsETag(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &ms2{answer: func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("If-None-Match") == `"1"` {
				w.Header().Set("Cache-Control", "max-age=2")
				w.WriteHeader(http.StatusNotModified)
				return
			}
			valid(w, "a:b", "private, max-age=5")
		}}
		c := newChecker(m)
		var got []string
		for range 9 {
			got = append(got, one(t, c, "a:b"))
			time.Sleep(time.Second)
		}
		fresh, cached := "fresh true product 1", "cached true product 1"
		if want := []string{fresh, cached, cached, cached, cached, fresh, cached, fresh, cached}; !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
		if want := []string{"/v1/sids/a:b", `/v1/sids/a:b"1"`, `/v1/sids/a:b"1"`}; !slices.Equal(m.asked, want) || c.Requests() != 3 {
			t.Errorf("asked %q, counted %d", m.asked, c.Requests())
		}
	})
}

func TestAnUnknownSIDIsKeptAsWell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &ms2{answer: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Cache-Control", "max-age=1")
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"type":"urn:ms2:unknown-sid","sids":["a"]}`)
		}}
		c := newChecker(m)
		got := []string{one(t, c, "a"), one(t, c, "a")}
		time.Sleep(time.Second)
		got = append(got, one(t, c, "a"))
		if want := []string{"fresh false  ", "cached false  ", "fresh false  "}; !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
	})
}

func TestWhatIsNoVerdictIsAnErrorAndNotKept(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(w http.ResponseWriter){
		"another SID":           func(w http.ResponseWriter) { valid(w, "b", "max-age=9") },
		"a login page":          func(w http.ResponseWriter) { fmt.Fprint(w, "<html>") },
		"a 404 of another path": func(w http.ResponseWriter) { w.WriteHeader(404) },
		"a 404 for another SID": func(w http.ResponseWriter) {
			w.WriteHeader(404)
			fmt.Fprint(w, `{"type":"urn:ms2:unknown-sid","sids":["b"]}`)
		},
		"a 304 that none wanted": func(w http.ResponseWriter) { w.WriteHeader(304) },
		"a fault":                func(w http.ResponseWriter) { w.WriteHeader(500) },
	} {
		m := &ms2{answer: func(w http.ResponseWriter, _ *http.Request) { answer(w) }}
		c := newChecker(m)
		for range 2 {
			if got := one(t, c, "a"); got != "error" {
				t.Errorf("%s: %s", name, got)
			}
		}
		if len(m.asked) != 2 {
			t.Errorf("%s: asked %q", name, m.asked)
		}
	}
}

func TestTheSIDsOfAnOrderAreAskedAtTheSameTimeAndEachOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &ms2{answer: func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Second)
			valid(w, r.URL.Path[len("/v1/sids/"):], "max-age=5")
		}}
		begin := time.Now()
		verdicts, err := newChecker(m).ValidateAll(t.Context(), sdk.SIDs("a", "b", "a", "a/b c"))
		var each sdk.CheckErrors
		if !errors.As(err, &each) || len(each) != 1 || each[0].Index != 3 || !errors.Is(err, sdk.ErrMalformedSID) {
			t.Fatalf("got %v", err)
		}
		if time.Since(begin) != time.Second || !verdicts[0].Valid || verdicts[1].SID != "b" || verdicts[2] != verdicts[0] || verdicts[3].Valid {
			t.Errorf("after %v: %v", time.Since(begin), verdicts)
		}
		slices.Sort(m.asked)
		if want := []string{"/v1/sids/a", "/v1/sids/b"}; !slices.Equal(m.asked, want) {
			t.Errorf("asked %q", m.asked)
		}
	})
}

func TestACallerThatLeftGetsNoVerdict(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m := &ms2{answer: func(w http.ResponseWriter, _ *http.Request) { valid(w, "a", "max-age=5") }}
	if _, err := newChecker(m).ValidateAll(ctx, sdk.SIDs("a")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestLifetimesAreThoseOfTheHeader(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"":                           0,
		"private":                    0,
		"max-age=5":                  5 * time.Second,
		"Private, MAX-AGE=5":         5 * time.Second,
		`max-age="5"`:                5 * time.Second,
		"max-age=5, max-age=9":       5 * time.Second,
		"max-age=-5":                 0,
		"max-age=soon":               0,
		"max-age=5, no-store":        0,
		"no-cache, max-age=5":        0,
		"stale-while-revalidate=5":   0,
		"max-age=99999999":           24 * time.Hour,
		"max-age=999999999999999999": 24 * time.Hour,
	} {
		if got := lifetime(http.Header{"Cache-Control": {text}}); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
	aged := http.Header{"Cache-Control": {"max-age=5"}, "Age": {"3"}}
	if got := lifetime(aged); got != 2*time.Second {
		t.Errorf("aged: got %v", got)
	}
	aged.Set("Age", "7")
	if got := lifetime(aged); got != 0 {
		t.Errorf("too old: got %v", got)
	}
}

func FuzzLifetime(f *testing.F) {
	for _, seed := range []string{"max-age=5", `private, max-age="5", no-store`, "max-age=", ",=,"} {
		f.Add(seed, "1")
	}
	f.Fuzz(func(t *testing.T, cacheControl, age string) {
		if got := lifetime(http.Header{"Cache-Control": {cacheControl}, "Age": {age}}); got < 0 || got > maxAge*time.Second {
			t.Errorf("%q, %q: %v", cacheControl, age, got)
		}
	})
}

func TestTheMemoryHasNoMoreThanItsCapacity(t *testing.T) {
	t.Parallel()
	m := newMemory(3)
	for i := range 10 {
		m.put(fmt.Sprint(i), entry{valid: true})
		m.put(fmt.Sprint(i), entry{valid: true, version: "2"})
	}
	if last, ok := m.get("9"); len(m.entries) != 3 || !ok || last.version != "2" {
		t.Errorf("got %q", slices.Sorted(maps.Keys(m.entries)))
	}
}
