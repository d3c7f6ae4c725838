package protocol_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

const oneItem = `{"items":[{"sid":"usb:046d"}]}`

func TestTheDoorsOpenOnlyToTheToken(t *testing.T) {
	h := protocol.NewHandler(usb, protocol.HandlerOptions{Token: "s3cret"})
	for authorization, c := range map[string]struct {
		status    int
		challenge string
	}{
		"Bearer s3cret":  {200, ""},
		"bearer  s3cret": {200, ""},
		"Bearer s3cre":   {401, `Bearer realm="ms2", error="invalid_token"`},
		"Bearer s3cret2": {401, `Bearer realm="ms2", error="invalid_token"`},
		"Bearer ":        {401, `Bearer realm="ms2", error="invalid_token"`},
		"Basic s3cret":   {401, `Bearer realm="ms2"`},
		"s3cret":         {401, `Bearer realm="ms2"`},
		"":               {401, `Bearer realm="ms2"`},
	} {
		for door, response := range map[string]*http.Response{
			"batch":  post(h, oneItem, "Authorization", authorization),
			"single": get(h, "/v1/sids/usb:046d", "Authorization", authorization),
		} {
			if response.StatusCode != c.status {
				t.Errorf("%s with %q: got %d, want %d", door, authorization, response.StatusCode, c.status)
			}
			wantHeader(t, response, "WWW-Authenticate", c.challenge)
			if c.status == http.StatusUnauthorized {
				wantProblem(t, response, c.status)
			}
		}
	}
}

func TestWithATokenKeptAnswersVaryByIt(t *testing.T) {
	h := protocol.NewHandler(usb, protocol.HandlerOptions{Token: "s3cret", MaxAge: time.Minute})
	for _, target := range []string{"/v1/sids/usb:046d", "/v1/sids/usb:ffff"} {
		wantHeader(t, get(h, target, "Authorization", "Bearer s3cret"), "Vary", "Authorization")
	}
}

func TestEachPathNamesTheMethodsItAllows(t *testing.T) {
	h := protocol.NewHandler(usb, protocol.HandlerOptions{})
	for _, c := range []struct{ method, path, allow string }{
		{"GET", protocol.PathBatch, "POST"},
		{"PUT", protocol.PathBatch, "POST"},
		{"POST", "/v1/sids/usb:046d", "GET, HEAD"},
		{"DELETE", "/v1/sids/usb:046d", "GET, HEAD"},
		{"POST", protocol.PathHealth, "GET, HEAD"},
	} {
		response := ask(h, c.method, c.path, "")
		wantProblem(t, response, http.StatusMethodNotAllowed)
		wantHeader(t, response, "Allow", c.allow)
	}
}

func TestWithTheBatchDoorClosedOnlyTheSingleOneAnswers(t *testing.T) {
	h := protocol.NewHandler(usb, protocol.HandlerOptions{SingleOnly: true})
	if p := wantProblem(t, post(h, oneItem), http.StatusNotFound); p.Type != "about:blank" {
		t.Errorf("got %+v, want about:blank", p)
	}
	if response := get(h, "/v1/sids/usb:046d"); response.StatusCode != http.StatusOK {
		t.Errorf("got %d, want 200", response.StatusCode)
	}
}

func TestOneRequestOverTheLimitIsTurnedAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := protocol.NewHandler(slow(time.Second), protocol.HandlerOptions{MaxInFlight: 2})
		for range 2 {
			go func() {
				if response := post(h, oneItem); response.StatusCode != http.StatusOK {
					t.Errorf("got %d, want 200", response.StatusCode)
				}
			}()
		}
		synctest.Wait() // both are in the store
		for _, response := range []*http.Response{post(h, oneItem), get(h, "/v1/sids/x")} {
			wantProblem(t, response, http.StatusTooManyRequests)
			wantHeader(t, response, "Retry-After", "1")
		}
		if response := get(h, protocol.PathHealth); response.StatusCode != http.StatusOK {
			t.Errorf("the health check counts: got %d", response.StatusCode)
		}
		<-time.After(2 * time.Second) // both are through
		if response := post(h, oneItem); response.StatusCode != http.StatusOK {
			t.Errorf("afterwards: got %d, want 200", response.StatusCode)
		}
	})
}

// slow answers after d, or fails when ctx ends before.
func slow(d time.Duration) storeFunc {
	return func(ctx context.Context, sids []string) (map[string]protocol.Entity, error) {
		select {
		case <-time.After(d):
			return usb(ctx, sids)
		case <-ctx.Done():
			return nil, fmt.Errorf("select: %w", ctx.Err())
		}
	}
}

func TestTheStoreHasTheTimeThatTheClientHasLeft(t *testing.T) {
	for name, c := range map[string]struct {
		left   string
		status int
		took   time.Duration
	}{
		"less than it takes": {"99", 504, 99 * time.Millisecond},
		"more than it takes": {"101", 200, 100 * time.Millisecond},
		"the most":           {"2147483647", 200, 100 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := protocol.NewHandler(slow(100*time.Millisecond), protocol.HandlerOptions{})
				for _, door := range []func() *http.Response{
					func() *http.Response { return post(h, oneItem, protocol.HeaderTimeout, c.left) },
					func() *http.Response { return get(h, "/v1/sids/usb:046d", protocol.HeaderTimeout, c.left) },
				} {
					start := time.Now()
					response := door()
					if took := time.Since(start); response.StatusCode != c.status || took != c.took {
						t.Errorf("got %d after %v, want %d after %v", response.StatusCode, took, c.status, c.took)
					}
				}
			})
		})
	}
}

func TestATimeThatIsNoneIsRefused(t *testing.T) {
	h := protocol.NewHandler(usb, protocol.HandlerOptions{})
	for _, left := range []string{"0", "-5", "+5", "1.5", "1s", "", " ", "2147483648", "99999999999999999999"} {
		if p := wantProblem(t, post(h, oneItem, protocol.HeaderTimeout, left), 400); !strings.Contains(p.Detail, "MS2-Timeout-Ms") {
			t.Errorf("%q: got %+v", left, p)
		}
	}
	wantProblem(t, post(h, oneItem, protocol.HeaderTimeout, "5", protocol.HeaderTimeout, "6"), 400)
}

func TestAStoreThatFailsIsAnsweredWithoutItsSecrets(t *testing.T) {
	for name, c := range map[string]struct {
		err        error
		status     int
		retryAfter string
		logged     bool
	}{
		"an error":                     {errors.New("dial db: password hunter2"), 500, "", true},
		"a timeout of its own":         {fmt.Errorf("hunter2: %w", context.DeadlineExceeded), 500, "", true},
		"it says to come back":         {fmt.Errorf("hunter2: %w", protocol.ErrUnavailable), 503, "1", false},
		"it says so and has more, too": {errors.Join(errors.New("hunter2"), protocol.ErrUnavailable), 503, "1", false},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			h := protocol.NewHandler(failing(c.err), protocol.HandlerOptions{Logger: slog.New(slog.NewTextHandler(&log, nil))})
			response := post(h, oneItem)
			wantHeader(t, response, "Retry-After", c.retryAfter)
			if p := wantProblem(t, response, c.status); strings.Contains(fmt.Sprint(p), "hunter2") {
				t.Errorf("the answer gives it away: %+v", p)
			}
			if got := strings.Contains(log.String(), "hunter2"); got != c.logged {
				t.Errorf("logged: %v, want %v: %s", got, c.logged, &log)
			}
		})
	}
}

func TestAClientThatHangsUpIsNoFaultOfTheStore(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	h := protocol.NewHandler(slow(time.Hour), protocol.HandlerOptions{})
	hangUp := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cancel()
		h.ServeHTTP(w, r.WithContext(ctx))
	})
	wantProblem(t, post(hangUp, oneItem, protocol.HeaderTimeout, "5000"), http.StatusServiceUnavailable)
}

func TestAPanicSpoilsItsOwnAnswerAlone(t *testing.T) {
	var log bytes.Buffer
	h := protocol.NewHandler(storeFunc(func(ctx context.Context, sids []string) (map[string]protocol.Entity, error) {
		if sids[0] == "boom" {
			panic("hunter2")
		}
		return usb(ctx, sids)
	}), protocol.HandlerOptions{MaxInFlight: 1, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if p := wantProblem(t, get(h, "/v1/sids/boom"), 500); strings.Contains(fmt.Sprint(p), "hunter2") {
		t.Errorf("the answer gives it away: %+v", p)
	}
	if !strings.Contains(log.String(), "hunter2") {
		t.Errorf("nothing logged: %s", &log)
	}
	if response := get(h, "/v1/sids/usb:046d"); response.StatusCode != http.StatusOK {
		t.Errorf("afterwards: got %d, want 200", response.StatusCode)
	}
}

func TestAStoreMayCutAnAnswerOff(t *testing.T) {
	h := protocol.NewHandler(storeFunc(func(context.Context, []string) (map[string]protocol.Entity, error) {
		panic(http.ErrAbortHandler)
	}), protocol.HandlerOptions{})
	defer func() {
		if cause := recover(); cause != http.ErrAbortHandler {
			t.Errorf("got panic %v, want http.ErrAbortHandler", cause)
		}
	}()
	post(h, oneItem)
}

func TestTheLoadIsReportedWithEveryAnswer(t *testing.T) {
	for _, c := range []struct {
		load float64
		want string
	}{
		{0.7, `JSON {"application_utilization":0.7}`},
		{0, `JSON {"application_utilization":0}`},
		{1.23456, `JSON {"application_utilization":1.235}`},
		{1e-7, `JSON {"application_utilization":1e-07}`},
		{-0.1, ""},
		{math.NaN(), ""},
		{math.Inf(1), ""},
	} {
		h := protocol.NewHandler(usb, protocol.HandlerOptions{Load: func() float64 { return c.load }})
		for _, response := range []*http.Response{post(h, oneItem), get(h, "/v1/sids/x"), get(h, "/healthz"), get(h, "/")} {
			wantHeader(t, response, protocol.HeaderLoad, c.want)
		}
	}
}

func TestALoadThatCannotBeMeasuredCostsNoAnswer(t *testing.T) {
	h := protocol.NewHandler(usb, quiet(protocol.HandlerOptions{Load: func() float64 { panic("no meter") }}))
	response := post(h, oneItem)
	wantHeader(t, response, protocol.HeaderLoad, "")
	if response.StatusCode != http.StatusOK {
		t.Errorf("got %d, want 200", response.StatusCode)
	}
}
