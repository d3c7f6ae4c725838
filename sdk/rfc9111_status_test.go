package sdk_test

import (
	"cmp"
	"fmt"
	"net/http"
	"path"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// A 200 and a 404 that speak of the SID are verdicts; whatever else MS2 answers is none, and a cache may leave out what
// it likes (RFC 9111, 3).
func TestAnswersThatAreNoVerdictAreNotReusedHoweverFresh(t *testing.T) {
	codes := []int{
		201, 202, 203, 204, 205, 206, 207, 299, 300, 301, 302, 303, 304, 305, 306, 307, 308, 400, 401, 402, 403, 405, 406, 408, 409,
		411, 412, 413, 414, 415, 416, 417, 418, 429, 499, 500, 501, 502, 503, 504, 505, 506, 599,
	}
	for _, code := range codes {
		for name, fields := range map[string]string{
			"with a lifetime":       `Cache-Control: public, max-age=3600 | ETag: "7" | Location: /`,
			"that is for who knows": "Cache-Control: max-age=3600, no-store, must-understand",
		} {
			t.Run(fmt.Sprintf("3 a %d %s", code, name), func(t *testing.T) {
				follow(t, []step{
					{0, fmt.Sprintf("%d! | %s", code, fields), unanswered, nil},
					{5 * time.Second, "", fetched, nil},
				})
			})
		}
	}
}

func TestAnInvalidSIDIsRememberedAsTheRulesSay(t *testing.T) {
	const s = time.Second
	const first, again = "invalid, fresh by GET", "invalid, fresh by GET"
	journeys(t, []journey{
		{"4.2 a 410 until the last moment", []step{{0, "410 | Cache-Control: max-age=5", first, nil}, {5*s - 1, "", "invalid, cached", nil}}},
		{"4.2 a 404 until the last moment", []step{{0, "404 | Cache-Control: max-age=5", first, nil}, {5*s - 1, "", "invalid, cached", nil}}},
		{"4.2 and no longer", []step{{0, "404 | Cache-Control: max-age=5", first, nil}, {5 * s, "404", again, nil}}},
		{"4.2.2 without a heuristic", []step{{0, "404 | Last-Modified: Sat, 01 Jan 2000 00:00:00 GMT", first, nil}, {0, "404", again, nil}}},
		{"4.2.3 with Age", []step{{0, "404 | Cache-Control: max-age=5 | Age: 3", first, nil}, {2 * s, "404", again, nil}}},
		{"5.2.2.5 not with no-store", []step{{0, "404 | Cache-Control: max-age=5, no-store", first, nil}, {0, "404", again, nil}}},
		{"5.2.2.4 not with no-cache", []step{{0, "404 | Cache-Control: max-age=5, no-cache", first, nil}, {0, "404", again, nil}}},
		{"RFC 5861 3 while it is revalidated", []step{
			{0, "404 | Cache-Control: max-age=1, stale-while-revalidate=5", first, nil}, {s, "404", "invalid, stale", nil}}},
		{"RFC 5861 4 on errors", []step{
			{0, "404 | Cache-Control: max-age=1, stale-if-error=5", first, nil}, {s, "500", "invalid, stale", nil}}},
	})
}

func TestWhatPrecedesAnAnswerIsNeitherReusedNorMixedIn(t *testing.T) {
	for _, code := range []int{http.StatusProcessing, http.StatusEarlyHints} {
		t.Run(fmt.Sprintf("RFC 9110 15.2 a %d", code), func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				f.all(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Cache-Control", "no-store")
					w.Header().Set("Age", "3600")
					w.WriteHeader(code)
					clear(w.Header())
					(&origin{t: t}).scripted("Cache-Control: max-age=3600")(w, r)
				})
				c := f.client(func(cfg *sdk.Config) { cfg.Protocol = "single" })
				expect(t, c, "a", true, sdk.Fresh)
				<-time.After(3 * time.Second)
				expect(t, c, "a", true, sdk.Cached)
			}, "a")
		})
	}
}

func TestEachSIDIsAKeyOfItsOwn(t *testing.T) {
	for _, template := range []string{"/v1/sids/{sid}", "/check?sid={sid}"} {
		t.Run("2 "+template, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				f.all(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Cache-Control", "max-age=3600")
					fmt.Fprintf(w, `{"sid":%q}`, cmp.Or(r.URL.Query().Get("sid"), path.Base(r.URL.Path)))
				})
				c := f.client(func(cfg *sdk.Config) { cfg.Protocol, cfg.SinglePath = "single", template })
				expect(t, c, "a", true, sdk.Fresh)
				expect(t, c, "A", true, sdk.Fresh)
				expect(t, c, "a", true, sdk.Cached)
			}, "a")
		})
	}
}
