package sdk_test

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// noBatch is a replica without the batch door.
func noBatch(code int, each func(protocol.Item) protocol.Result) http.HandlerFunc {
	return doors(status(code), pages(each))
}

// methods counts the requests of a replica by method.
func (r *replica) methods() (posts, gets int) {
	for _, a := range r.requests() {
		if a.method == http.MethodPost {
			posts++
		} else {
			gets++
		}
	}
	return posts, gets
}

func TestAFleetInTheMiddleOfARolloutServesEveryCheck(t *testing.T) {
	for _, code := range []int{404, 405, 501} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(batches(evens))
			f.replicas["a"].answer(noBatch(code, evens))
			f.replicas["b"].answer(noBatch(code, evens))
			c := f.client()
			for round := range 30 {
				sids := []string{}
				for i := range 10 {
					sids = append(sids, strconv.Itoa(round*10+i))
				}
				vs, err := c.ValidateAll(t.Context(), sdk.SIDs(sids...))
				if err != nil {
					t.Fatal(err)
				}
				for i, v := range vs {
					if v.Valid != (i%2 == 0) {
						t.Errorf("got %+v", v)
					}
				}
				<-time.After(100 * time.Millisecond)
			}
			for _, name := range []string{"a", "b"} {
				if posts, gets := f.replicas[name].methods(); posts > 8 || gets == 0 { // 8: all that were under way
					t.Errorf("%s: %d posts, %d gets", name, posts, gets)
				}
			}
			if s := c.Stats(); s.Checks.Fresh != 300 || s.Attempts != int64(f.requests()) || statsOf(c, "a").Failures != 0 {
				t.Errorf("got %+v", s)
			}
		}, "a", "b", "c", "d")
	}
}

func TestTheBatchDoorIsTriedAgainAfterAMinute(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(noBatch(404, evens))
		c := f.client(func(cfg *sdk.Config) { cfg.Attempts = 1 })
		expect(t, c, "2", true, sdk.Fresh)
		f.all(batches(evens)) // now it has the batch door alone
		<-time.After(time.Minute - 1)
		refuses(t, c, "4", nil)
		<-time.After(1)
		expect(t, c, "4", true, sdk.Fresh)
		if posts, _ := f.replicas["a"].methods(); posts != 2 {
			t.Errorf("%d posts", posts)
		}
	}, "a")
}

func TestTheBatchDoorIsTriedAgainWhenTheInstanceChanges(t *testing.T) {
	told(t, func(t *testing.T, f *fleet, source *teller, c *sdk.Client) {
		set := instances("a")
		source.tell(discovery.Snapshot{Instances: set})
		f.all(noBatch(404, evens))
		expect(t, c, "2", true, sdk.Fresh)
		f.all(batches(evens))
		set[0].Meta = map[string]string{"release": "2"}
		source.tell(discovery.Snapshot{Instances: set})
		expect(t, c, "4", true, sdk.Fresh)
	}, "a")
}

func TestADoorThatIsFixedIsNotLearnt(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(noBatch(404, evens))
		single := f.client(func(cfg *sdk.Config) { cfg.Protocol = "single" })
		expect(t, single, "2", true, sdk.Fresh)
		expect(t, single, "3", false, sdk.Fresh)
		if posts, gets := f.replicas["a"].methods(); posts != 0 || gets != 2 {
			t.Errorf("%d posts, %d gets", posts, gets)
		}
		batch := f.client(func(cfg *sdk.Config) { cfg.Protocol = "batch" })
		if err := refuses(t, batch, "2", nil); !strings.Contains(err.Error(), "MS2_PROTOCOL") {
			t.Errorf("got %v", err)
		}
	}, "a")
}

// everything answers each path with a page, as a login page or another service on a reused address does.
func everything(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "max-age=3600, stale-if-error=3600")
	io.WriteString(w, "<!doctype html><title>Welcome</title>") //nolint:errcheck // likewise
}

func TestAPageForEveryPathValidatesNoForgery(t *testing.T) {
	for _, protocol := range []string{"auto", "single", "batch"} {
		for _, page := range []http.HandlerFunc{everything, raw(`{"sid":"usb:another","kind":"x"}`), raw(`{"sid":["usb:forged"]}`), raw(`["usb:forged"]`)} {
			inBubble(t, func(t *testing.T, f *fleet) {
				f.all(page)
				c := f.client(func(cfg *sdk.Config) { cfg.Protocol = protocol })
				for range 5 {
					refuses(t, c, "usb:forged", nil)
				}
			}, "a", "b")
		}
	}
}

func TestAnotherServiceAtTheAddressOfAReplicaValidatesNoForgery(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(noBatch(404, evens))
		c := f.client(func(cfg *sdk.Config) { cfg.Protocol, cfg.NotFound = "single", "invalid" })
		expect(t, c, "2", true, sdk.Fresh)
		f.all(everything)
		for range 5 {
			refuses(t, c, "usb:forged", nil)
			<-time.After(3 * time.Second) // past an open breaker
		}
	}, "a")
}

func TestTheSIDMayStandDeepInTheBodyAndBeANumber(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, `{"data":{"attributes":[],"id":%s},"id":"7","kind":"vendor"}`, itemsOf(r)[0].SID)
		})
		c := f.client(func(cfg *sdk.Config) { cfg.Protocol, cfg.SingleSIDField = "single", "/data/id" })
		if v := expect(t, c, "12345", true, sdk.Fresh); v.Kind != "vendor" {
			t.Errorf("got %+v", v)
		}
		f.all(raw(`{"data":{"id":8},"id":"7"}`))
		if err := refuses(t, c, "7", nil); !strings.Contains(err.Error(), `"8" at "/data/id"`) {
			t.Errorf("got %v", err)
		}
	}, "a")
}

func TestAnUnknownSIDThatIsNotNamedMakesNoOtherInvalid(t *testing.T) {
	for _, sids := range [][]string{nil, {"y"}} {
		for _, notFound := range []string{"error", "invalid"} {
			inBubble(t, func(t *testing.T, f *fleet) {
				f.all(func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Cache-Control", "max-age=600")
					protocol.WriteProblem(w, protocol.Problem{Status: 404, Type: protocol.ProblemUnknownSID, SIDs: sids})
				})
				c := f.client(func(cfg *sdk.Config) { cfg.Protocol, cfg.NotFound, cfg.Attempts = "single", notFound, 1 })
				refuses(t, c, "x", nil)
				f.all(noBatch(404, func(protocol.Item) protocol.Result { return protocol.Result{Status: "valid"} }))
				expect(t, c, "x", true, sdk.Fresh)
				if s := statsOf(c, "a"); s.Failures != 1 || s.Successes != 1 {
					t.Errorf("got %+v", s)
				}
			}, "a")
		}
	}
}

func TestABareNotFoundSaysWhatToSet(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) })
		asError := f.client(func(cfg *sdk.Config) { cfg.Protocol = "single" })
		for range 20 {
			if err := refuses(t, asError, "x", nil); !strings.Contains(err.Error(), "MS2_NOT_FOUND") {
				t.Errorf("got %v", err)
			}
		}
		if s := statsOf(asError, "a"); s.Refused != 20 || s.Breaker != "closed" {
			t.Errorf("got %+v", s)
		}
		asInvalid := f.client(func(cfg *sdk.Config) { cfg.Protocol, cfg.NotFound = "single", "invalid" })
		if err := refuses(t, asInvalid, "x", nil); !strings.Contains(err.Error(), "called a SID valid") {
			t.Errorf("got %v", err)
		}
	}, "a")
}

func TestTheETagIsTheVersionAndNotModifiedRenews(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(pages(func(i protocol.Item) protocol.Result {
			if i.Version == `"7"` {
				return protocol.Result{Status: "unchanged", Version: `"7"`, MaxAge: 5}
			}
			return protocol.Result{Status: "valid", Kind: "vendor", Version: `"7"`, MaxAge: 1}
		}))
		c := f.client(func(cfg *sdk.Config) { cfg.Protocol = "single" })
		for _, want := range []sdk.Origin{sdk.Fresh, sdk.Fresh, sdk.Cached, sdk.Cached, sdk.Cached, sdk.Cached, sdk.Fresh} {
			if v := expect(t, c, "usb:a/b?c%20", true, want); v.Version != "7" || v.Kind != "vendor" {
				t.Errorf("got %+v", v)
			}
			<-time.After(time.Second)
		}
	}, "a")
}

func TestTheSameVersionSufficesByEitherDoor(t *testing.T) {
	for _, tag := range []string{`"7"`, `W/"7"`, "7"} {
		for _, protocol := range []string{"batch", "single"} {
			inBubble(t, func(t *testing.T, f *fleet) {
				f.all(doors(versioned("valid", "7", 60, 0, 0), versioned("valid", tag, 60, 0, 0)))
				c := f.client(func(cfg *sdk.Config) { cfg.Protocol = protocol })
				expect(t, c, "a", true, sdk.Fresh)
				for range 30 {
					<-time.After(time.Second)
					if v := expect(t, c, "a", true, sdk.Cached, sdk.HasVersion("7")); v.Version != "7" {
						t.Errorf("got %+v", v)
					}
				}
				if n := f.requests(); n != 1 {
					t.Errorf("%s, ETag %s: %d requests", protocol, tag, n)
				}
				expect(t, c, "a", true, sdk.Fresh, sdk.HasVersion("8"))
			}, "a")
		}
	}
}

func TestTheAgeOfAnAnswerCountsByEitherDoor(t *testing.T) {
	for _, protocol := range []string{"batch", "single"} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Age", "3")
				results("valid", 5, 0, 0)(w, r)
			})
			c := f.client(func(cfg *sdk.Config) { cfg.Protocol = protocol })
			expect(t, c, "a", true, sdk.Fresh)
			<-time.After(2*time.Second - 1)
			expect(t, c, "a", true, sdk.Cached)
			<-time.After(1)
			expect(t, c, "a", true, sdk.Fresh)
		}, "a")
	}
}

func TestNotModifiedUnaskedIsNoVerdict(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(status(304))
		c := f.client(func(cfg *sdk.Config) { cfg.Protocol = "single" })
		f.all(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) })
		refuses(t, c, "x", nil)
	}, "a")
}
