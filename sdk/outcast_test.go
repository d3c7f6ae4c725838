package sdk_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
)

// outcasts are ways to be judged out, and what is said of it.
var outcasts = map[string]struct {
	answer http.HandlerFunc
	why    string
}{
	"a wrong token":       {status(401), `^refuses our token \(401\) while others accept it: .*[0-9]`},
	"another service":     {status(404), `^refuses what others answer \(HTTP 404\): .*[0-9]`},
	"an empty store":      {raw(`{"results":[]}`), `^refuses what others answer \(HTTP 200 without the results that were asked for\): .*[0-9]`},
	"one that falls over": {status(500), `(in a row|probe failed).*\(last: HTTP 500\)$`},
	"one that hangs":      {hang, `(in a row|probe failed).*\(last: no answer within 500ms \(MS2_ATTEMPT_TIMEOUT\)\)$`},
}

func TestWhatIsOutSaysWhyAndIsLoggedOnceWhenItGoesAndWhenItIsBack(t *testing.T) {
	for name, out := range outcasts {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				well := after(2*time.Millisecond, results("valid", 0, 0, 0))
				f.all(well)
				f.replicas["a"].answer(out.answer)
				var lines bytes.Buffer // one goroutine writes at a time
				c := f.clientWith(sdk.Config{Endpoints: []string{"a:80", "b:80", "c:80"}}, sdk.WithLogger(slog.New(slog.NewTextHandler(&lines, nil))))
				flow(t, c, 40, 5*time.Second)
				s := statsOf(c, "a")
				if s.State == "ready" || !regexp.MustCompile(out.why).MatchString(s.Why) || s.Since == nil {
					t.Errorf("state %s since %v: %s", s.State, s.Since, s.Why)
				}
				f.all(well)
				flow(t, c, 10, 30*time.Second)
				if s := statsOf(c, "a"); s.State != "ready" || s.Why != "" {
					t.Errorf("healed, it is %s: %s", s.State, s.Why)
				}
				synctest.Wait()
				got := linesWith(lines.String(), "replica=a:80")
				got = slices.DeleteFunc(got, func(line string) bool { return strings.Contains(line, "asked less") }) // before it was out
				if len(got) != 2 || !strings.Contains(got[0], "judged out") || !strings.Contains(got[1], "is back") || !strings.Contains(got[1], "lasted=") {
					t.Errorf("logged %q", got)
				}
			}, "a", "b", "c")
		})
	}
}

// flow makes so many checks a second for some time, and fails the test for each that brings no verdict.
func flow(t *testing.T, c *sdk.Client, rate int, d time.Duration) {
	t.Helper()
	pause := time.Second / time.Duration(rate)
	for i := range int(d / pause) {
		go func() {
			if _, err := c.Validate(t.Context(), fmt.Sprint(i)); err != nil {
				t.Error(err)
			}
		}()
		<-time.After(pause)
	}
	<-time.After(2 * time.Second)
}

// linesWith are the lines that hold a text.
func linesWith(lines, text string) []string {
	return slices.DeleteFunc(strings.Split(lines, "\n"), func(line string) bool { return !strings.Contains(line, text) })
}
