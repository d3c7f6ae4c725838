package sdk_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// What we send is the same for all requests of a SID, but for the token, which may be renewed, the time left, and
// the word that caches on the way must ask.
func TestAnAnswerIsReusedForWhatItVariesOnAsTheRulesSay(t *testing.T) {
	const s = time.Second
	const first = `Cache-Control: max-age=5000 | ETag: "7" | `
	rules(t, []rule{
		{"4.1 what we send alike", first + "Vary: Accept", 3 * s, cached},
		{"4.1 what we never send", first + "Vary: Foo", 3 * s, cached},
		{"4.1 several of both", first + "Vary: Foo, Accept, Bar | Vary: Accept-Encoding", 3 * s, cached},
		{"4.1 nothing", first + "Vary:", 3 * s, cached},
		{"4.1 the token, which is the same", first + "Vary: Authorization", 3 * s, cached},
		{"3.5 an answer to a request with a token is a private cache's to keep", "Cache-Control: max-age=5000", 3 * s, cached},
		{"4.1 the time left is never alike", first + "Vary: ms2-timeout-ms", 3 * s, fetched},
		{"4.1 nor is the word that caches must ask", first + "Vary: Cache-Control", 3 * s, fetched},
		{"4.1 a star", first + "Vary: *", 3 * s, fetched},
		{"4.1 two stars", first + "Vary: *, *", 3 * s, fetched},
		{"4.1 two stars in two lines", first + "Vary: * | Vary: *", 3 * s, fetched},
		{"4.1 nothing and a star", first + "Vary: , *", 3 * s, fetched},
		{"4.1 nothing and a star in two lines", first + "Vary: | Vary: *", 3 * s, fetched},
		{"4.1 a star and a field", first + "Vary: *, Accept", 3 * s, fetched},
		{"4.1 a field and a star", first + "Vary: Accept, *", 3 * s, fetched},
		{"4.1 a star in a name is none", first + "Vary: x*", 3 * s, cached},
	}, func(cfg *sdk.Config) { cfg.Token = "one" })
}

// The cases of a list that ask with another value of a field than before, for us the token.
func TestAnAnswerIsNotReusedForAnotherTokenThanItVariesOn(t *testing.T) {
	const first = "Cache-Control: max-age=5000 | "
	for _, c := range []struct {
		name     string
		answers  []string // one for each token
		tokens   []string
		wantLast use
	}{
		{"4.1 it must not match", []string{first + "Vary: Authorization", ""}, []string{"one", "two"}, fetched},
		{"4.1 byte by byte", []string{first + "Vary: Authorization", ""}, []string{"one", "ONE"}, fetched},
		{"4.1 among others, in any case", []string{first + "Vary: Foo, AUTHORIZATION,Bar", ""}, []string{"one", "two"}, fetched},
		{"4.1 in a second line", []string{first + "Vary: Foo | Vary: authorization", ""}, []string{"one", "two"}, fetched},
		{"4.1 its tag may be asked about", []string{first + `Vary: Authorization | ETag: "7"`, ""}, []string{"one", "two"}, revalidated},
		{"4.1 nor is it used on errors", []string{first + "Cache-Control: stale-if-error=5000 | Vary: Authorization", "500"}, []string{"one", "two"}, unanswered},
		{"4.1 nor while it is revalidated", []string{"Cache-Control: max-age=1, stale-while-revalidate=5000 | Vary: Authorization", ""}, []string{"one", "two"}, fetched},
		{"4.1 a file written anew with the same token", []string{first + "Vary: Authorization", ""}, []string{"one", "one"}, cached},
		{"4.1 another field", []string{first + "Vary: Accept", ""}, []string{"one", "two"}, cached},
		{"4.1 no field", []string{first, ""}, []string{"one", "two"}, cached},
		{"3.2 a 304 leaves Vary as it was", []string{first + `Vary: Authorization | ETag: "7"`, "304", ""}, []string{"one", "two", "three"}, revalidated},
		{"4.1 and is an answer to its own token", []string{first + `Vary: Authorization | ETag: "7"`, "304", ""}, []string{"one", "two", "two"}, cached},
		{"3.2 or replaces it", []string{first + `Vary: Authorization | ETag: "7"`, "304 | Vary: Accept", ""}, []string{"one", "two", "three"}, cached},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				file := filepath.Join(t.TempDir(), "token")
				write(t, file, c.tokens[0])
				a := newAsker(t, f, func(cfg *sdk.Config) { cfg.TokenFile = file })
				a.check(0, step{answer: c.answers[0], want: fetched})
				for i := 1; i < len(c.tokens); i++ {
					write(t, file, c.tokens[i])
					<-time.After(11 * time.Second) // the file is read again by the next request
					expect(t, a.client, "another", true, sdk.Fresh, sdk.NoCache())
					want := c.wantLast
					if i < len(c.tokens)-1 {
						want = revalidated
					}
					a.check(i, step{answer: c.answers[i], want: want})
				}
			}, "a")
		})
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
