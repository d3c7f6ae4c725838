package sdk_test

import (
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

func TestAVersionIsAskedAboutAsTheRulesSay(t *testing.T) {
	const s = time.Second
	rules(t, []rule{
		{"4.3.1 a strong tag", `Cache-Control: max-age=2 | ETag: "abcdef"`, 3 * s, revalidated},
		{"4.3.1 a weak tag", `Cache-Control: max-age=2 | ETag: W/"abcdef"`, 3 * s, revalidated},
		{"4.3.1 a tag without quotes, as it came", "Cache-Control: max-age=2 | ETag: abcdef", 3 * s, revalidated},
		{"4.3.1 a tag of bytes above ASCII", "Cache-Control: max-age=2 | ETag: \"abcdef\xfc\"", 3 * s, revalidated},
		{"4.3.1 an empty tag", `Cache-Control: max-age=2 | ETag: ""`, 3 * s, revalidated},
		{"RFC 9110 8.8.3 w/ is no mark of weakness", `Cache-Control: max-age=2 | ETag: w/"abcdef"`, 3 * s, fetched},
		{`RFC 9110 8.8.3 W\ is none`, `Cache-Control: max-age=2 | ETag: W\"abcdef"`, 3 * s, fetched},
		{"RFC 9110 8.8.3 W alone is none", `Cache-Control: max-age=2 | ETag: W"abcdef"`, 3 * s, fetched},
		{"RFC 9110 13.1.2 a star would ask about any version", "Cache-Control: max-age=2 | ETag: *", 3 * s, fetched},
		{"RFC 9110 13.1.2 a list would ask about several", `Cache-Control: max-age=2 | ETag: "a", "b"`, 3 * s, fetched},
		{"4.3.1 no tag", "Cache-Control: max-age=2", 3 * s, fetched},
		{"4.3.1 Last-Modified needs clocks that agree", "Cache-Control: max-age=2 | Last-Modified: Sat, 01 Jan 2000 00:00:00 GMT", 3 * s, fetched},
		{"4.3.1 not while it is fresh", `Cache-Control: max-age=5 | ETag: "7"`, 3 * s, cached},
		{"3 no word of freshness", `ETag: "7"`, 0, revalidated},
		{"5.2.2.1 max-age=0", `Cache-Control: max-age=0 | ETag: "7"`, 0, revalidated},
		{"5.2.2.1 max-age=0 with must-revalidate", `Cache-Control: max-age=0, must-revalidate | ETag: "7"`, 0, revalidated},
		{"4.2.1 max-age that is unreadable", `Cache-Control: max-age=x | ETag: "7"`, 0, revalidated},
		{"4.2.3 Age beyond max-age", `Cache-Control: max-age=5 | Age: 6 | ETag: "7"`, 0, revalidated},
	})
}

// journey is a case of more than two checks.
type journey struct {
	name  string
	steps []step
}

func journeys(t *testing.T, table []journey) {
	t.Helper()
	for _, j := range table {
		t.Run(j.name, func(t *testing.T) { follow(t, j.steps) })
	}
}

// A request names one version, so a 304 that names none speaks of that one, and so does one whose tag differs in weakness
// alone: servers that compress send such.
func TestA304IsTakenAsTheRulesSay(t *testing.T) {
	const s = time.Second
	const first = `Cache-Control: max-age=5 | ETag: "7"`
	journeys(t, []journey{
		{"4.3.4 its Cache-Control replaces the stored one, longer", []step{
			{0, first, fetched, nil}, {5 * s, "304 | Cache-Control: max-age=60", revalidated, nil}, {60*s - 1, "", cached, nil}, {1, "", revalidated, nil}}},
		{"4.3.4 and shorter", []step{
			{0, first, fetched, nil}, {5 * s, "304 | Cache-Control: max-age=1", revalidated, nil}, {s, "", revalidated, nil}}},
		{"4.3.4 and its stale periods", []step{
			{0, `Cache-Control: max-age=5, stale-while-revalidate=5 | ETag: "7"`, fetched, nil},
			{10 * s, "304 | Cache-Control: max-age=5", revalidated, nil}, {5 * s, "", revalidated, nil}}},
		{"3.2 without one it leaves the stored one", []step{
			{0, first, fetched, nil}, {5 * s, "304", revalidated, nil}, {5*s - 1, "", cached, nil}, {1, "", revalidated, nil}}},
		{"3.2 and its stale periods", []step{
			{0, `Cache-Control: max-age=1, stale-if-error=60 | ETag: "7"`, fetched, nil}, {s, "304", revalidated, nil}, {s, "500", staleUsed, nil}}},
		{"3.2 and no-cache", []step{
			{0, `Cache-Control: no-cache | ETag: "7"`, fetched, nil}, {0, "304", revalidated, nil}, {0, "304", revalidated, nil}}},
		{"4.3.4 it may lift no-cache", []step{
			{0, `Cache-Control: no-cache | ETag: "7"`, fetched, nil}, {0, "304 | Cache-Control: max-age=5", revalidated, nil}, {s, "", cached, nil}}},
		{"4.3.4 and impose it", []step{
			{0, first, fetched, nil}, {5 * s, "304 | Cache-Control: no-cache", revalidated, nil}, {0, "", revalidated, nil}}},
		{"5.2.2.5 no-store ends what was stored", []step{
			{0, first, fetched, nil}, {5 * s, "304 | Cache-Control: no-store", revalidated, nil}, {0, "", fetched, nil}}},
		{"4.1 a Vary of * likewise", []step{
			{0, first, fetched, nil}, {5 * s, "304 | Vary: *", revalidated, nil}, {0, "", fetched, nil}}},
		{"5.2.2.2 must-revalidate from now on", []step{
			{0, `Cache-Control: max-age=1, stale-if-error=60 | ETag: "7"`, fetched, nil},
			{s, "304 | Cache-Control: max-age=1, must-revalidate, stale-if-error=60", revalidated, nil}, {s, "500", unanswered, nil}}},
		{"4.2.3 its Age counts", []step{
			{0, first, fetched, nil}, {5 * s, "304 | Age: 3", revalidated, nil}, {2*s - 1, "", cached, nil}, {1, "", revalidated, nil}}},
		{"4.2.3 and the old one no more", []step{
			{0, `Cache-Control: max-age=5 | Age: 4 | ETag: "7"`, fetched, nil}, {s, "304 | Cache-Control: max-age=5", revalidated, nil},
			{5*s - 1, "", cached, nil}, {1, "", revalidated, nil}}},
		{"4.2.3 nor without Cache-Control", []step{
			{0, `Cache-Control: max-age=5 | Age: 4 | ETag: "7"`, fetched, nil}, {s, "304", revalidated, nil},
			{5*s - 1, "", cached, nil}, {1, "", revalidated, nil}}},
		{"4.2.3 nor when it was beyond max-age", []step{
			{0, `Cache-Control: max-age=5 | Age: 60 | ETag: "7"`, fetched, nil}, {0, "304", revalidated, nil}, {5*s - 1, "", cached, nil}}},
		{"4.3.4 it may repeat the tag", []step{
			{0, first, fetched, nil}, {5 * s, `304 | ETag: "7"`, revalidated, nil}, {5*s - 1, "", cached, nil}}},
		{"4.3.4 or leave the mark of a weak one away", []step{
			{0, `Cache-Control: max-age=5 | ETag: W/"7"`, fetched, nil}, {5 * s, `304 | ETag: "7"`, revalidated, nil}, {5 * s, "", revalidated, nil}}},
		{"4.3.4 also as a weak one", []step{
			{0, first, fetched, nil}, {5 * s, `304 | ETag: W/"7"`, revalidated, nil}, {5*s - 1, "", cached, nil}, {s, "", revalidated, nil}}},
		{"4.3.4 another tag updates nothing", []step{
			{0, first, fetched, nil}, {5 * s, `304 | ETag: "8"`, "fresh by If-None-Match, GET", nil}, {0, "", revalidated, nil}}},
		{"4.3.4 whatever else is asked", []step{
			{0, first, fetched, nil}, {5 * s, `304! | ETag: "8"`, unanswered, nil}, {5 * s, "", revalidated, nil}}},
		{"4.3.3 a 304 to a request without a tag is no verdict", []step{{0, "304!", unanswered, nil}, {5 * s, "", fetched, nil}}},
		{"4.3.3 nor where something is held that has none", []step{
			{0, "Cache-Control: max-age=1", fetched, nil}, {s, "304! | Cache-Control: max-age=5", unanswered, nil}, {5 * s, "", fetched, nil}}},
	})
}

func TestAnythingButA304IsTakenAsTheRulesSay(t *testing.T) {
	const s = time.Second
	const first = `Cache-Control: max-age=5, stale-if-error=60 | ETag: "7"`
	journeys(t, []journey{
		{"4.3.3 a 200 replaces what was stored", []step{
			{0, first, fetched, nil}, {5 * s, `200 | Cache-Control: max-age=1 | ETag: "8"`, revalidated, nil}, {s, "", revalidated, nil}}},
		{"4.3.3 a 200 without a tag leaves none", []step{
			{0, first, fetched, nil}, {5 * s, "200 | Cache-Control: max-age=1", revalidated, nil}, {s, "", fetched, nil}}},
		{"4.3.3 a 200 with no-store leaves nothing", []step{
			{0, first, fetched, nil}, {5 * s, "200 | Cache-Control: no-store", revalidated, nil}, {0, "500", unanswered, nil}}},
		{"4.3.3 a 404 replaces what was stored", []step{
			{0, first, fetched, nil}, {5 * s, "404 | Cache-Control: max-age=5", "invalid, fresh by If-None-Match", nil},
			{5*s - 1, "", "invalid, cached", nil}, {1, "200", fetched, nil}}},
		{"4.3.3 and has no version", []step{
			{0, `404 | Cache-Control: no-cache | ETag: "7"`, "invalid, fresh by GET", nil}, {0, "404", "invalid, fresh by GET", nil}}},
		{"4.3.3 a 500 leaves it, where that is allowed", []step{
			{0, first, fetched, nil}, {5 * s, "500", staleUsed, nil}}},
		{"4.3.3 and where it is not, for the next revalidation", []step{
			{0, `Cache-Control: no-cache | ETag: "7"`, fetched, nil}, {0, "500", unanswered, nil}, {5 * s, "", revalidated, nil}}},
	})
}

func TestAFreshAnswerIsNotReusedWhereTheCallerWantsNone(t *testing.T) {
	const s = time.Second
	const first = `Cache-Control: max-age=3600 | ETag: "7"`
	none, second := []sdk.CheckOption{sdk.NoCache()}, []sdk.CheckOption{sdk.MaxAge(s)}
	journeys(t, []journey{
		{"5.2.1.4 no-cache", []step{{0, "Cache-Control: max-age=3600", fetched, nil}, {s, "", fetched, none}}},
		{"5.2.1.4 no-cache, by a version", []step{{0, first, fetched, nil}, {s, "", revalidated, none}}},
		{"5.2.1.1 max-age=0", []step{{0, first, fetched, nil}, {s, "", revalidated, []sdk.CheckOption{sdk.MaxAge(0)}}}},
		{"5.2.1.1 max-age, until its last moment", []step{{0, first, fetched, nil}, {s, "", cached, second}}},
		{"5.2.1.1 max-age, and no longer", []step{{0, first, fetched, nil}, {s + 1, "", revalidated, second}}},
		{"5.2.1.1 max-age lengthens nothing", []step{
			{0, `Cache-Control: max-age=1 | ETag: "7"`, fetched, nil}, {s, "", revalidated, []sdk.CheckOption{sdk.MaxAge(time.Hour)}}}},
		{"5.2.2.5 a newer answer with no-store ends an older one", []step{
			{0, first, fetched, nil}, {s, "200 | Cache-Control: no-store", revalidated, none}, {0, "", fetched, nil}}},
		{"5.2.2.5 also with max-age=0", []step{
			{0, first, fetched, nil}, {s, "200 | Cache-Control: no-store, max-age=0", revalidated, none}, {0, "", fetched, nil}}},
	})
}

func TestNothingIsKeptForRevalidationWithoutACache(t *testing.T) {
	follow(t, []step{{0, `Cache-Control: no-cache | ETag: "7"`, fetched, nil}, {0, "", fetched, nil}},
		func(cfg *sdk.Config) { cfg.CacheEntries = sdk.Off })
}
