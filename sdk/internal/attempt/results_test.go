package attempt_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/cache"
	"ms2.internal/lb/sdk/protocol"
)

// told is the reply of a batch of items to these results, as JSON.
func told(t *testing.T, results string, items ...attempt.Item) attempt.Reply {
	t.Helper()
	return against(t, answering(200, `{"results":[`+results+`]}`)).batch(t, items...)
}

func items(sids ...string) []attempt.Item {
	list := make([]attempt.Item, len(sids))
	for i, sid := range sids {
		list[i].SID = sid
	}
	return list
}

func TestEachResultIsBelievedForTheSIDItNamesInWhateverOrder(t *testing.T) {
	r := told(t, `{"sid":"c","status":"valid","kind":"k","version":"3","max_age":60,"stale_while_revalidate":30,"stale_if_error":600},
		{"sid":"a","status":"invalid","max_age":5}, {"sid":"b","status":"valid"}`, items("a", "b", "c")...)
	if r.Err != nil || r.Next != attempt.Settled || r.Outcome.Result != balancer.Success || r.Status != 200 {
		t.Fatalf("%+v", r)
	}
	a, b, c := r.Entries[0], r.Entries[1], r.Entries[2]
	if a.Valid || a.MaxAge != 5*time.Second || !b.Valid || b.MaxAge != 0 || b.Storable() {
		t.Errorf("a %+v, b %+v", a, b)
	}
	if !c.Valid || c.Kind != "k" || c.Version != "3" || c.Door != cache.Batch || c.Asked.IsZero() ||
		c.MaxAge != time.Minute || c.WhileRevalidate != 30*time.Second || c.IfError != 10*time.Minute {
		t.Errorf("c %+v", c)
	}
}

func TestAResultForASIDThatNobodyAskedIsCountedAndNotBelieved(t *testing.T) {
	r := told(t, `{"sid":"A","status":"valid"},{"sid":"b","status":"valid"},{"sid":"a","status":"invalid"}`, items("a")...)
	if r.Unasked != 2 || r.Entries[0] == nil || r.Entries[0].Valid {
		t.Errorf("unasked %d, entry %+v", r.Unasked, r.Entries[0])
	}
}

func TestASIDWithoutAResultHasNoVerdict(t *testing.T) {
	r := told(t, `{"sid":"b","status":"valid"}`, items("a", "b")...)
	if r.Entries[0] != nil || r.Entries[1] == nil || r.Next != attempt.Refused || r.Outcome != (balancer.Outcome{Result: balancer.Success, Missing: 0.5}) {
		t.Errorf("%+v", r)
	}
	saying(t, r, "no result for this SID")
}

func TestASIDWithResultsThatDifferHasNoVerdict(t *testing.T) {
	for _, results := range []string{
		`{"sid":"a","status":"valid"},{"sid":"a","status":"invalid"},{"sid":"b","status":"valid"}`,
		`{"sid":"b","status":"valid"},{"sid":"a","status":"invalid"},{"sid":"a","status":"valid"}`,
		`{"sid":"b","status":"valid"},{"sid":"a","status":"valid"},{"sid":"a","status":"invalid"},{"sid":"a","status":"valid"}`,
		`{"sid":"b","status":"valid"},{"sid":"a","status":"valid","max_age":1},{"sid":"a","status":"valid","max_age":2}`,
	} {
		r := told(t, results, items("a", "b")...)
		if r.Entries[0] != nil || r.Entries[1] == nil {
			t.Errorf("%s: %+v", results, r.Entries)
		}
		saying(t, r, "two that differ")
	}
}

func TestASIDWithTheSameResultTwiceHasAVerdict(t *testing.T) {
	r := told(t, `{"sid":"a","status":"valid"},{"sid":"a","status":"valid"}`, items("a")...)
	if r.Err != nil || r.Entries[0] == nil || !r.Entries[0].Valid {
		t.Errorf("%+v", r)
	}
}

func TestAnUnchangedVersionKeepsTheVerdictWithTheNewAges(t *testing.T) {
	for _, version := range []string{"", `,"version":"7"`} {
		r := told(t, `{"sid":"a","status":"unchanged","max_age":60`+version+`}`, held("a", "7", cache.Batch))
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		e := r.Entries[0]
		if !e.Valid || e.Kind != "vendor" || e.Version != "7" || e.MaxAge != time.Minute || e.WhileRevalidate != 0 || e.Asked.IsZero() {
			t.Errorf("%+v", e)
		}
	}
}

func TestUnchangedIsMalformedForWhatWasNotAskedAbout(t *testing.T) {
	negative := held("a", "7", cache.Batch)
	negative.Held.Valid = false
	for name, item := range map[string]attempt.Item{
		"no version held":             {SID: "a"},
		"an empty version":            held("a", "", cache.Batch),
		"a version of the other door": held("a", "7", cache.Single),
		"a negative verdict":          negative,
	} {
		for _, results := range []string{
			`{"sid":"a","status":"unchanged","max_age":60}`,
			`{"sid":"a","status":"valid"},{"sid":"a","status":"unchanged"}`,
		} {
			r := told(t, results, item)
			if r.Next != attempt.Retry || r.Outcome.Result != balancer.Failure || r.Entries != nil || !r.Doubt {
				t.Errorf("%s: %+v", name, r)
			}
			saying(t, r, "malformed", "not asked about")
		}
	}
	saying(t, told(t, `{"sid":"a","status":"unchanged","version":"8"}`, held("a", "7", cache.Batch)), "not asked about")
}

func TestAVersionIsSentOnlyByTheDoorItWasLearntBy(t *testing.T) {
	var request protocol.Request
	s := against(t, func(w http.ResponseWriter, r *http.Request) {
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
			t.Error(err)
		}
		_, _ = w.Write([]byte(`{"results":[]}`))
	})
	invalid := held("c", "7", cache.Batch)
	invalid.Held.Valid = false
	s.batch(t, held("a", "7", cache.Batch), held("b", "7", cache.Single), invalid, attempt.Item{SID: "d"})
	for i, want := range []string{"7", "", "", ""} {
		if got := request.Items[i].Version; got != want {
			t.Errorf("item %d: version %q, want %q", i, got, want)
		}
	}
}

func TestAnInvalidSIDHasNoKind(t *testing.T) {
	if r := told(t, `{"sid":"a","status":"invalid","kind":"vendor"}`, items("a")...); r.Entries[0].Kind != "" {
		t.Errorf("kind %q", r.Entries[0].Kind)
	}
}

func TestWhatIsNoWellFormedAnswerOfTheBatchDoorIsMalformed(t *testing.T) {
	for _, body := range []string{
		"", "<html>welcome</html>", "null", "[]", `{}`, `{"results":null}`, `{"results":[{"sid":"a"}]}`,
		`{"results":[{"sid":"a","status":"Valid"}]}`, `{"results":[{"sid":"a","status":"valid"}]`,
		`{"results":[{"sid":"a","status":"valid"}]}x`, `{"results":[{"status":"valid"}]}`,
		`{"results":[{"sid":"a","status":"valid","max_age":-1}]}`,
	} {
		r := against(t, answering(200, body)).batch(t, attempt.Item{SID: "a"})
		if r.Next != attempt.Retry || r.Outcome.Result != balancer.Failure || r.Entries != nil {
			t.Errorf("%q: %+v", body, r)
		}
		saying(t, r, "malformed", "HTTP 200")
	}
}

func TestNoPeriodIsLongerThanWeAllow(t *testing.T) {
	hour := func(o *attempt.Options) { o.MaxAge = time.Hour }
	s := against(t, answering(200, `{"results":[{"sid":"a","status":"valid","max_age":999999,"stale_while_revalidate":999999,"stale_if_error":999999}]}`), hour)
	e := s.batch(t, attempt.Item{SID: "a"}).Entries[0]
	if e.MaxAge != time.Hour || e.WhileRevalidate != time.Hour || e.IfError != time.Hour {
		t.Errorf("%+v", e)
	}
	s = against(t, answering(200, `{"sid":"a"}`, "Cache-Control", "max-age=999999, stale-if-error=999999"), hour)
	if e := s.single(t, attempt.Item{SID: "a"}).Entries[0]; e.MaxAge != time.Hour || e.IfError != time.Hour {
		t.Errorf("%+v", e)
	}
}

func TestTheAgeOfAnAnswerCountsAtBothDoors(t *testing.T) {
	const s = time.Second
	for age, maxAge := range map[string]time.Duration{"": 60 * s, "0": 60 * s, "20": 40 * s, "60": 0, "90": -30 * s, "20, 0": 40 * s, "x": 60 * s} {
		batch := against(t, answering(200, `{"results":[{"sid":"a","status":"valid","max_age":60,"stale_while_revalidate":30,"stale_if_error":600},
			{"sid":"b","status":"invalid","max_age":60},{"sid":"c","status":"unchanged","max_age":60}]}`, "Age", age))
		single := against(t, answering(200, `{"sid":"a"}`, "Cache-Control", "max-age=60, stale-while-revalidate=30, stale-if-error=600", "Age", age))
		entries := batch.batch(t, attempt.Item{SID: "a"}, attempt.Item{SID: "b"}, held("c", "7", cache.Batch)).Entries
		for i, e := range append(entries, single.single(t, attempt.Item{SID: "a"}).Entries...) {
			if e.MaxAge != maxAge || e.MaxAge+e.Aged != 60*s {
				t.Errorf("Age %q, entry %d: %v left, %v gone", age, i, e.MaxAge, e.Aged)
			}
		}
		if e := entries[0]; e.WhileRevalidate != 30*s || e.IfError != 600*s {
			t.Errorf("Age %q: %+v", age, e)
		}
	}
}

func TestTheAgeIsToldOfWhatMayNotBeReused(t *testing.T) {
	for _, fields := range [][]string{{"Cache-Control", "no-store"}, {"Cache-Control", "no-cache"}, {"Cache-Control", "max-age=60", "Vary", "*"}, nil} {
		s := against(t, answering(200, `{"sid":"a"}`, append(fields, "Age", "20")...))
		if e := s.single(t, attempt.Item{SID: "a"}).Entries[0]; e.Aged != 20*time.Second || e.MaxAge > 0 && len(fields) != 0 {
			t.Errorf("%q: %v left, %v gone", fields, e.MaxAge, e.Aged)
		}
	}
}

func TestNoCacheOnTheWayMayAnswerWhatIsWantedFresh(t *testing.T) {
	var sent []string
	s := against(t, func(_ http.ResponseWriter, r *http.Request) {
		sent = append(sent, strings.Join(r.Header.Values("Cache-Control"), "|"))
	})
	plain, fresh := attempt.Item{SID: "a"}, attempt.Item{SID: "b", Fresh: true}
	s.batch(t, plain)
	s.batch(t, plain, fresh)
	s.single(t, plain)
	s.single(t, fresh)
	if want := []string{"", "no-cache", "", "no-cache"}; !slices.Equal(sent, want) {
		t.Errorf("sent %q, want %q", sent, want)
	}
}

func TestTheReplicaIsToldOfTheTimeThatIsLeft(t *testing.T) {
	var sent []string
	s := against(t, func(_ http.ResponseWriter, r *http.Request) { sent = append(sent, r.Header.Get("MS2-Timeout-Ms")) })
	for _, left := range []time.Duration{1500 * time.Millisecond, 999 * time.Microsecond, 0, -time.Second} {
		s.Send(guarded(t), s.instance, cache.Batch, items("a"), left)
		s.Send(guarded(t), s.instance, cache.Single, items("a"), left)
	}
	for i, want := range []string{"1500", "1500", "1", "1", "1", "1", "1", "1"} {
		if sent[i] != want {
			t.Errorf("request %d: %q, want %q", i, sent[i], want)
		}
	}
}
