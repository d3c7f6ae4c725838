package attempt_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/cache"
)

// verdictOf is what an answer comes to.
type verdictOf struct {
	next   attempt.Next
	result balancer.Result
	says   string // part of the error; "" for none
}

var (
	failure = verdictOf{attempt.Retry, balancer.Failure, "failed"}
	shed    = verdictOf{attempt.Retry, balancer.Shed, "refused for load"}
	noEntry = verdictOf{attempt.Refused, balancer.Refused, "not let in"}
	other   = verdictOf{attempt.Refused, balancer.Refused, "refused"}
	learn   = verdictOf{attempt.Learn, balancer.Refused, "no batch door"}
	moved   = verdictOf{attempt.Retry, balancer.Failure, "not followed"}
	broken  = verdictOf{attempt.Retry, balancer.Failure, "malformed"}
	nowhere = verdictOf{attempt.Refused, balancer.Refused, "MS2_NOT_FOUND"}
)

var statuses = []struct {
	status        int
	after         string // Retry-After
	batch, single verdictOf
}{
	{200, "", broken, broken}, // with the problem details below for a body
	{204, "", failure, failure},
	{301, "", moved, moved},
	{302, "", moved, moved},
	{304, "", failure, broken},
	{307, "", moved, moved},
	{308, "", moved, moved},
	{400, "", other, other},
	{401, "", noEntry, noEntry},
	{403, "", noEntry, noEntry},
	{404, "", learn, nowhere},
	{405, "", learn, other},
	{408, "", failure, failure},
	{410, "", other, nowhere},
	{413, "", other, other},
	{415, "", other, other},
	{421, "", failure, failure},
	{422, "", other, other},
	{425, "", failure, failure},
	{429, "", shed, shed},
	{429, "7", shed, shed},
	{451, "", other, other},
	{500, "", failure, failure},
	{501, "", learn, failure},
	{502, "", failure, failure},
	{503, "", failure, failure},
	{503, "7", shed, shed},
	{503, "soon", shed, shed},
	{504, "", failure, failure},
	{599, "", failure, failure},
}

func TestAnAnswerCountsForTheReplicaAsItsStatusSays(t *testing.T) {
	for _, c := range statuses {
		fields := []string{"Location", "http://elsewhere.invalid/"}
		if c.after != "" {
			fields = append(fields, "Retry-After", c.after)
		}
		body := `{"type":"about:blank","title":"A title","detail":"a detail"}`
		if c.status == 204 || c.status == 304 {
			body = ""
		}
		s := against(t, answering(c.status, body, fields...))
		item := attempt.Item{SID: "usb:046d"}
		check(t, "batch", c.status, s.batch(t, item), c.batch)
		check(t, "single", c.status, s.single(t, item), c.single)
	}
}

func check(t *testing.T, door string, status int, r attempt.Reply, want verdictOf) {
	t.Helper()
	if r.Next != want.next || r.Outcome.Result != want.result || r.Status != status || r.Entries != nil {
		t.Errorf("%s, HTTP %d: next %d, result %d, status %d, entries %v; want next %d, result %d, no entries",
			door, status, r.Next, r.Outcome.Result, r.Status, r.Entries, want.next, want.result)
	}
	if r.Err == nil || !strings.Contains(r.Err.Error(), want.says) || strings.Contains(r.Err.Error(), "no answer") {
		t.Errorf("%s, HTTP %d: error %q does not say %q", door, status, r.Err, want.says)
	}
	if rest := r.Outcome.Rest; want.result != balancer.Shed && rest != 0 {
		t.Errorf("%s, HTTP %d: asks for a rest of %v", door, status, rest)
	}
}

func TestWhatTheReplicaSaysOfAnErrorIsPassedOn(t *testing.T) {
	s := against(t, answering(500, `{"title":"Out of paper","detail":"tray 2"}`))
	saying(t, s.batch(t, attempt.Item{SID: "a"}), "HTTP 500", "Out of paper", "tray 2")
	s = against(t, answering(500, `{"title":"`+strings.Repeat("x", 5000)+`"}`))
	if r := s.batch(t, attempt.Item{SID: "a"}); len(r.Err.Error()) > 300 {
		t.Errorf("the replica put %d bytes into the error", len(r.Err.Error()))
	}
}

func TestARefusalForLoadSaysHowLongToRest(t *testing.T) {
	s := against(t, answering(503, "", "Retry-After", "7"))
	if r := s.single(t, attempt.Item{SID: "a"}); r.Outcome.Rest != 7*time.Second {
		t.Errorf("rest %v, want 7s", r.Outcome.Rest)
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	var paths []string
	s := against(t, func(w http.ResponseWriter, r *http.Request) {
		paths = append(paths, r.URL.Path)
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	s.batch(t, attempt.Item{SID: "a"})
	s.single(t, attempt.Item{SID: "a"})
	if got := strings.Join(paths, " "); got != "/v1/sids:validate /v1/sids/a" {
		t.Errorf("asked %s", got)
	}
}

func TestLoadAndDrainingAreTakenFromEveryAnswer(t *testing.T) {
	for _, status := range []int{200, 401, 404, 422, 429, 500} {
		s := against(t, answering(status, "{}", "MS2-Draining", "1", "endpoint-load-metrics", `JSON {"application_utilization":0.7}`))
		for _, r := range []attempt.Reply{s.batch(t, attempt.Item{SID: "a"}), s.single(t, attempt.Item{SID: "a"})} {
			if !r.Outcome.Draining || r.Outcome.Load != 0.7 {
				t.Errorf("HTTP %d: draining %v, load %v", status, r.Outcome.Draining, r.Outcome.Load)
			}
		}
	}
	s := against(t, answering(500, "", "MS2-Draining", "0"))
	if r := s.batch(t, attempt.Item{SID: "a"}); r.Outcome.Draining {
		t.Error("draining by MS2-Draining: 0")
	}
}

func TestAReplicaThatCannotBeReachedFailed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	r := over(t, l.Addr().String(), options(t)).batch(t, attempt.Item{SID: "a"})
	if r.Next != attempt.Retry || r.Outcome.Result != balancer.Failure || r.Status != 0 {
		t.Errorf("%+v", r)
	}
}

// ends are the ways in which an attempt can end before its answer.
var ends = []struct {
	name  string
	cause error
	want  verdictOf
}{
	{"the attempt timeout", attempt.ErrAttemptTimeout, verdictOf{attempt.Retry, balancer.Failure, "within the attempt timeout"}},
	{"callers who left", context.Canceled, verdictOf{attempt.GaveUp, balancer.Ignored, "canceled"}},
	{"our end", errors.New("closing"), verdictOf{attempt.GaveUp, balancer.Ignored, "closing"}},
}

func TestAnAttemptThatEndsEarlyIsBlamedOnWhoEndedIt(t *testing.T) {
	for _, end := range ends {
		for _, door := range []cache.Door{cache.Batch, cache.Single} {
			asked := make(chan struct{})
			s := against(t, func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(404) // the body, which decides, does not come
				_ = http.NewResponseController(w).Flush()
				close(asked)
				<-r.Context().Done()
			})
			ctx, cancel := context.WithCancelCause(guarded(t))
			go func() {
				<-asked
				cancel(end.cause)
			}()
			r := s.Send(ctx, s.instance, door, []attempt.Item{{SID: "a"}}, time.Second)
			if r.Next != end.want.next || r.Outcome.Result != end.want.result {
				t.Errorf("%s, door %d: next %d, result %d", end.name, door, r.Next, r.Outcome.Result)
			}
			saying(t, r, end.want.says)
		}
	}
}

func TestAnAnswerThatIsCutOffIsAFailure(t *testing.T) {
	for _, status := range []int{200, 404} {
		s := against(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "500")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(`{"results":[]`))
		}, func(o *attempt.Options) { o.BareNotFound = true })
		for _, r := range []attempt.Reply{s.batch(t, attempt.Item{SID: "a"}), s.single(t, attempt.Item{SID: "a"})} {
			if r.Next != attempt.Retry || r.Outcome.Result != balancer.Failure || r.Entries != nil {
				t.Errorf("HTTP %d: %+v", status, r)
			}
			saying(t, r, "cut off")
		}
	}
}

func TestAnAnswerThatIsTooLargeIsAFailureAndNotReadWhole(t *testing.T) {
	block := []byte(strings.Repeat(" ", 1<<20))
	wrote := make(chan int, 1)
	s := against(t, func(w http.ResponseWriter, _ *http.Request) {
		blocks := 0
		for ; blocks < 1000; blocks++ {
			if _, err := w.Write(block); err != nil {
				break
			}
		}
		wrote <- blocks
	})
	r := s.batch(t, attempt.Item{SID: "a"})
	saying(t, r, "larger than")
	if blocks := <-wrote; r.Next != attempt.Retry || r.Outcome.Result != balancer.Failure || blocks > 100 {
		t.Errorf("next %d, result %d, %d MiB sent", r.Next, r.Outcome.Result, blocks)
	}
}
