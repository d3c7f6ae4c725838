package sdk_test

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// The token file is replaced, and MS2 takes the old token no more from then on.

// paced calls do so many times a second, each on a goroutine of its own, and waits for the last.
func paced(perSecond int, d time.Duration, do func(i int)) {
	var group sync.WaitGroup
	for i := range perSecond * int(d) / int(time.Second) {
		group.Go(func() { do(i) })
		<-time.After(time.Second / time.Duration(perSecond))
	}
	group.Wait()
}

// bearer answers those alone that bear the token of the moment.
func bearer(token *atomic.Value) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+token.Load().(string) {
			status(401)(w, r)
			return
		}
		results("valid", 0, 0, 0)(w, r)
	}
}

// tokenFile is a file that holds a token, and what MS2 takes: the same, until one of them changes.
func tokenFile(t *testing.T) (file string, takes *atomic.Value) {
	file, takes = filepath.Join(t.TempDir(), "token"), &atomic.Value{}
	write(t, file, "first")
	takes.Store("first")
	return file, takes
}

// doorsOf are the ways in which the replicas answer those that bear the token, and how they are asked.
var doorsOf = map[string]struct {
	protocol string
	answer   func(http.HandlerFunc) http.HandlerFunc
}{
	"batch":                 {"auto", func(next http.HandlerFunc) http.HandlerFunc { return next }},
	"single":                {"single", func(next http.HandlerFunc) http.HandlerFunc { return next }},
	"single, yet to learn":  {"auto", func(next http.HandlerFunc) http.HandlerFunc { return doors(status(404), next) }},
	"batch alone, as fixed": {"batch", func(next http.HandlerFunc) http.HandlerFunc { return doors(next, status(404)) }},
}

func TestATokenIsReplacedUnderLoadAndNoCheckFails(t *testing.T) {
	for name, door := range doorsOf {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				file, takes := tokenFile(t)
				f.all(after(2*time.Millisecond, door.answer(bearer(takes))))
				c := f.client(func(cfg *sdk.Config) { cfg.TokenFile, cfg.Protocol = file, door.protocol })
				for i, next := range []string{"second", "third"} {
					time.AfterFunc(time.Duration(i+1)*1500*time.Millisecond+time.Millisecond, func() {
						write(t, file, next)
						takes.Store(next)
					})
				}
				paced(played(300, 100), 4*time.Second, func(i int) { expect(t, c, fmt.Sprint(i), true, sdk.Fresh) })
				if s := c.Stats(); s.Budget < 80 || takes.Load() != "third" {
					t.Errorf("a budget of %v", s.Budget)
				}
			}, "a", "b", "c")
		})
	}
}

func TestATokenThatIsNotReplacedIsTheErrorOfEachCheck(t *testing.T) {
	for name, door := range doorsOf {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				file, takes := tokenFile(t)
				f.all(door.answer(bearer(takes)))
				c := f.client(func(cfg *sdk.Config) { cfg.TokenFile, cfg.Protocol = file, door.protocol })
				expect(t, c, "x", true, sdk.Fresh)
				takes.Store("second")
				for i := range 5 {
					err := refuses(t, c, fmt.Sprint(i), nil)
					var call *sdk.CallError
					if !errors.As(err, &call) || call.Status != 401 || !strings.Contains(err.Error(), "MS2_TOKEN_FILE") {
						t.Errorf("got %v", err)
					}
				}
				<-time.After(time.Second)
				write(t, file, "second")
				expect(t, c, "x", true, sdk.Fresh) // at once
			}, "a", "b", "c")
		})
	}
}

func TestARenewedTokenIsTriedOnceAndNotInALoop(t *testing.T) {
	for _, protocol := range []string{"batch", "single"} {
		inBubble(t, func(t *testing.T, f *fleet) {
			file, _ := tokenFile(t)
			var n atomic.Int32
			f.all(after(200*time.Millisecond, func(w http.ResponseWriter, r *http.Request) {
				write(t, file, fmt.Sprint("renewed", n.Add(1))) // by the time that it is refused there is another one
				status(401)(w, r)
			}))
			c := f.client(func(cfg *sdk.Config) { cfg.TokenFile, cfg.Protocol = file, protocol })
			refuses(t, c, "x", nil)
			var bore []string
			for _, a := range f.replicas["a"].requests() {
				bore = append(bore, a.header.Get("Authorization"))
			}
			if len(bore) != 2 || bore[0] != "Bearer first" || bore[1] != "Bearer renewed1" {
				t.Errorf("asked with %q", bore)
			}
		}, "a")
	}
}
