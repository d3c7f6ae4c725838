package faulty

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

// answers is a replica that is well.
var answers = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })

// ask returns the status of a request, and how long it took.
func ask(ctx context.Context, h http.Handler, path string) (status int, took time.Duration) {
	begin := time.Now()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodPost, path, nil))
	return w.Code, time.Since(begin)
}

func TestChecksGoWrongAsTheFileSaysAndNothingElseDoes(t *testing.T) {
	t.Parallel()
	const single = "/v1/sids/usb:046d"
	for name, c := range map[string]struct {
		faults []string
		status int
		took   time.Duration
	}{
		"none":            {nil, http.StatusOK, 0},
		"slow":            {[]string{Slow}, http.StatusOK, Delay},
		"fail":            {[]string{Fail}, http.StatusInternalServerError, 0},
		"refuse":          {[]string{Refuse}, http.StatusUnauthorized, 0},
		"slow and refuse": {[]string{Slow, Refuse}, http.StatusUnauthorized, Delay},
		"all":             {[]string{Refuse, Slow, Fail}, http.StatusInternalServerError, Delay},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "faults")
			h := Handler(file, answers)
			if status, _ := ask(t.Context(), h, single); status != http.StatusOK {
				t.Fatalf("without a file: %d", status)
			}
			if err := Write(file, c.faults...); err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				for _, path := range []string{protocol.PathBatch, single} {
					if status, took := ask(t.Context(), h, path); status != c.status || took != c.took {
						t.Errorf("%s: %d after %v, want %d after %v", path, status, took, c.status, c.took)
					}
				}
				for _, path := range []string{protocol.PathHealth, protocol.PathKeys, "/v1/entities", "/"} {
					if status, took := ask(t.Context(), h, path); status != http.StatusOK || took != 0 {
						t.Errorf("%s: %d after %v", path, status, took)
					}
				}
			})
		})
	}
}

func TestASlowCheckEndsWithItsAsker(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "faults")
	if err := Write(file, Slow); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), Delay/3)
		defer cancel()
		if _, took := ask(ctx, Handler(file, answers), protocol.PathBatch); took != Delay/3 {
			t.Errorf("it took %v", took)
		}
	})
}

func TestWithoutAFileItDoesNotStart(t *testing.T) {
	t.Parallel()
	if code := Main(nil); code != 2 {
		t.Errorf("exit code %d", code)
	}
}
