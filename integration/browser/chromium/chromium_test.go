package chromium_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"ms2.internal/lb/integration/browser/chromium"
)

// browser is one for all tests.
var browser *chromium.Browser

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if browser, err = chromium.Start(context.Background(), os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if err := browser.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// guarded is a context against hanging.
func guarded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// newProfile is one that is closed with the test.
func newProfile(t *testing.T) *chromium.Profile {
	t.Helper()
	profile, err := browser.NewProfile(guarded(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := profile.Close(); err != nil {
			t.Error(err)
		}
	})
	return profile
}

func open(t *testing.T, profile *chromium.Profile, url string) *chromium.Page {
	t.Helper()
	page, err := profile.Open(guarded(t), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(page.Close)
	return page
}

// serve serves one page with scripts, under a policy as strict as can be. All else is not found.
func serve(t *testing.T, body string, scripts ...string) string {
	t.Helper()
	mux := http.NewServeMux()
	for i, script := range scripts {
		body += fmt.Sprintf(`<script src="/%d.js"></script>`, i)
		mux.HandleFunc(fmt.Sprintf("/%d.js", i), func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprint(w, script)
		})
	}
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; connect-src 'self' http://127.0.0.1:1")
		fmt.Fprint(w, `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>test</title>`+body)
	})
	mux.HandleFunc("/favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func evaluate[T any](t *testing.T, page *chromium.Page, expression string) T {
	t.Helper()
	value, err := chromium.Evaluate[T](guarded(t), page, expression)
	if err != nil {
		t.Fatal(err)
	}
	return value
}
