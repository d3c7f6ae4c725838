package sdk_test

import (
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

func TestAStaleAnswerIsUsedWhileItIsRevalidatedAsTheRulesSay(t *testing.T) {
	const s = time.Second
	rules(t, []rule{
		{"RFC 5861 3 within max-age", "Cache-Control: max-age=1, stale-while-revalidate=4", s - 1, cached},
		{"RFC 5861 3 from its end on", "Cache-Control: max-age=1, stale-while-revalidate=4", s, staleUsed},
		{"RFC 5861 3 until the window's last moment", "Cache-Control: max-age=1, stale-while-revalidate=4", 5*s - 1, staleUsed},
		{"RFC 5861 3 and no longer", "Cache-Control: max-age=1, stale-while-revalidate=4", 5 * s, fetched},
		{"RFC 5861 3 then by its version", `Cache-Control: max-age=1, stale-while-revalidate=4 | ETag: "7"`, 5 * s, revalidated},
		{"RFC 5861 3 with max-age=0", "Cache-Control: max-age=0, stale-while-revalidate=4", 4*s - 1, staleUsed},
		{"RFC 5861 3 with Age, until the last moment", "Cache-Control: max-age=5, stale-while-revalidate=4 | Age: 3", 6*s - 1, staleUsed},
		{"RFC 5861 3 with Age, and no longer", "Cache-Control: max-age=5, stale-while-revalidate=4 | Age: 3", 6 * s, fetched},
		{"RFC 5861 3 with Age within the window", "Cache-Control: max-age=5, stale-while-revalidate=4 | Age: 7", 2*s - 1, staleUsed},
		{"RFC 5861 3 with Age within the window, and no longer", "Cache-Control: max-age=5, stale-while-revalidate=4 | Age: 7", 2 * s, fetched},
		{"RFC 5861 3 with Age beyond the window", "Cache-Control: max-age=60, stale-while-revalidate=200 | Age: 260", 0, fetched},
		{"RFC 5861 3 a window that is no number", "Cache-Control: max-age=1, stale-while-revalidate=x", s, fetched},
		{"RFC 5861 3 a window without a value", "Cache-Control: max-age=1, stale-while-revalidate", s, fetched},
		{"5.2.2.2 must-revalidate forbids it", "Cache-Control: max-age=1, stale-while-revalidate=60, must-revalidate", s, fetched},
		{"5.2.2.4 no-cache forbids it", `Cache-Control: no-cache, max-age=1, stale-while-revalidate=60 | ETag: "7"`, s, revalidated},
		{"5.2.2.5 no-store forbids it", "Cache-Control: no-store, stale-while-revalidate=60", 0, fetched},
		{"5.2.2.10 s-maxage does not", "Cache-Control: max-age=1, s-maxage=1, stale-while-revalidate=60", s, staleUsed},
		{"RFC 5861 4 stale-if-error does not stand in for it", "Cache-Control: max-age=1, stale-if-error=60", s, fetched},
	})
}

func TestAStaleAnswerIsUsedOnErrorsAsTheRulesSay(t *testing.T) {
	const s = time.Second
	for _, r := range []rule{
		{"4.2.4 not unless allowed", "Cache-Control: max-age=2", 3 * s, unanswered},
		{"RFC 5861 4 from max-age's end on", "Cache-Control: max-age=2, stale-if-error=60", 2 * s, staleUsed},
		{"RFC 5861 4 until the last moment", "Cache-Control: max-age=2, stale-if-error=60", 62*s - 1, staleUsed},
		{"RFC 5861 4 and no longer", "Cache-Control: max-age=2, stale-if-error=60", 62 * s, unanswered},
		{"RFC 5861 4 with a version", `Cache-Control: max-age=2, stale-if-error=60 | ETag: "7"`, 3 * s, staleUsed},
		{"RFC 5861 4 with max-age=0", "Cache-Control: max-age=0, stale-if-error=60", 60*s - 1, staleUsed},
		{"RFC 5861 4 with Age, until the last moment", "Cache-Control: max-age=5, stale-if-error=60 | Age: 3", 62*s - 1, staleUsed},
		{"RFC 5861 4 with Age, and no longer", "Cache-Control: max-age=5, stale-if-error=60 | Age: 3", 62 * s, unanswered},
		{"RFC 5861 4 with Age beyond max-age, and no longer", "Cache-Control: max-age=5, stale-if-error=60 | Age: 15", 50 * s, unanswered},
		{"RFC 5861 4 the longer window counts", "Cache-Control: max-age=2, stale-while-revalidate=5, stale-if-error=60", 61 * s, staleUsed},
		{"RFC 5861 3 on errors too, within its own window", "Cache-Control: max-age=2, stale-while-revalidate=60", 61 * s, staleUsed},
		{"RFC 5861 3 and no longer", "Cache-Control: max-age=2, stale-while-revalidate=60", 62 * s, unanswered},
		{"RFC 5861 4 a window that is no number", "Cache-Control: max-age=2, stale-if-error=x", 3 * s, unanswered},
		{"5.2.2.2 must-revalidate forbids it", "Cache-Control: max-age=2, stale-if-error=60, must-revalidate", 3 * s, unanswered},
		{"5.2.2.4 no-cache forbids it", `Cache-Control: no-cache, stale-if-error=60 | ETag: "7"`, 3 * s, unanswered},
		{"5.2.2.4 no-cache for a field likewise", `Cache-Control: max-age=2, no-cache="a", stale-if-error=60 | ETag: "7"`, 3 * s, unanswered},
		{"5.2.2.5 no-store forbids it", "Cache-Control: no-store, stale-if-error=60", 3 * s, unanswered},
		{"5.2.2.8 proxy-revalidate does not", "Cache-Control: max-age=2, stale-if-error=60, proxy-revalidate", 3 * s, staleUsed},
		{"5.2.2.10 s-maxage does not", "Cache-Control: max-age=2, stale-if-error=60, s-maxage=2", 3 * s, staleUsed},
		{"4.1 what varies on all is never used", "Cache-Control: max-age=2, stale-if-error=60 | Vary: *", 3 * s, unanswered},
	} {
		for _, failure := range []string{"503", "closed"} {
			t.Run(r.name+", "+failure, func(t *testing.T) {
				follow(t, []step{{0, r.answer, fetched, nil}, {r.wait, failure, r.want, nil}})
			})
		}
	}
}

func TestOnlyErrorsOfServersAndNetworksAreCoveredByStaleIfError(t *testing.T) {
	for answer, want := range map[string]use{
		"500": staleUsed, "502": staleUsed, "503": staleUsed, "504": staleUsed, "refused": staleUsed, "closed": staleUsed, "hang": staleUsed,
		"429 | Retry-After: 1": staleUsed, "503 | Retry-After: 3600": staleUsed,
		"408": staleUsed, "421": staleUsed, "425": staleUsed,
		"400": unanswered, "401": unanswered, "403": unanswered, "418": unanswered, "422": unanswered, "499": unanswered,
		"404": "invalid, fresh by GET", "410": "invalid, fresh by GET",
	} {
		t.Run("RFC 5861 4 "+answer, func(t *testing.T) {
			follow(t, []step{{0, "Cache-Control: max-age=2, stale-if-error=60", fetched, nil}, {3 * time.Second, answer, want, nil}})
		})
	}
}

func TestWhatIsStaleIsAnsweredAtOnceOnceAskingFailed(t *testing.T) {
	once := func(cfg *sdk.Config) { cfg.Attempts = 1 }
	follow(t, []step{
		{0, "Cache-Control: max-age=1, stale-if-error=10", fetched, nil},
		{time.Second, "500", staleUsed, nil},
		{5 * time.Second, "200", staleUsed, nil}, // and asks behind, which heals
		{0, "", fetched, nil},
	}, once)
}
