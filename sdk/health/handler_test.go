package health

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
)

// ask asks a handler whose clients are closed when the test ends.

func ask(t *testing.T, h http.Handler, method, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w
}

func handlerOf(t *testing.T, all ...func() sdk.Stats) *handler {
	t.Helper()
	var sources []source
	for _, stats := range all {
		m := newMade(stats)
		t.Cleanup(func() { close(m.done) })
		sources = append(sources, m)
	}
	return newHandler(sources)
}

func named(name string, ready bool) func() sdk.Stats {
	return func() sdk.Stats {
		s := idleStats()
		s.Client.Name, s.Ready, s.Discovery.Instances = name, ready, 2
		return s
	}
}

func TestOnlyGetAndHeadAreServed(t *testing.T) {
	h := handlerOf(t, idleStats)
	for _, path := range []string{"/", "/stats", "/readyz", "/events"} {
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
			if w := ask(t, h, method, path); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: %d, allow %q", method, path, w.Code, w.Header().Get("Allow"))
			}
		}
	}
	if w := ask(t, h, http.MethodHead, "/"); w.Code != http.StatusOK {
		t.Errorf("HEAD: %d", w.Code)
	}
	if w := ask(t, h, http.MethodGet, "/nothing"); w.Code != http.StatusNotFound {
		t.Errorf("unknown path: %d", w.Code)
	}
}

func TestItWorksBelowAPrefix(t *testing.T) {
	h := handlerOf(t, idleStats)
	for _, prefix := range []string{"/ms2", "/ms2/", "/a/b"} {
		below := http.StripPrefix(prefix, h)
		for _, path := range []string{"/", "/stats", "/readyz"} {
			w := ask(t, below, http.MethodGet, strings.TrimSuffix(prefix, "/")+path)
			if w.Code != http.StatusOK && w.Code != http.StatusServiceUnavailable {
				t.Errorf("%s below %s: %d %s", path, prefix, w.Code, w.Header().Get("Location"))
			}
		}
	}
	page := ask(t, h, http.MethodGet, "/").Body.String() + scriptText
	for _, absolute := range []string{`href="/`, `src="/`, `"/events`, `"/stats`, "http://", "https://"} {
		if strings.Contains(page, absolute) {
			t.Errorf("the page has %s", absolute)
		}
	}
}

func TestSeveralClientsAreToldApartByName(t *testing.T) {
	h := handlerOf(t, named("ms1", true), named("ms1", true), named("", true), named("ms1-2", true), named("ms1", true))
	var names []string
	for _, w := range h.watches {
		names = append(names, w.name)
	}
	if want := []string{"ms1", "ms1-2", "ms2", "ms1-2-2", "ms1-3"}; !slices.Equal(names, want) {
		t.Fatalf("got %v, want %v", names, want)
	}
	for _, name := range names {
		if w := ask(t, h, http.MethodGet, "/"+query(name)); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `aria-current="page">`+name+"</a>") {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	for _, path := range []string{"/", "/stats", "/events"} {
		w := ask(t, h, http.MethodGet, path+"?client=elsewhere")
		var body unknownClient
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || w.Code != http.StatusNotFound || !slices.Equal(body.Clients, names) {
			t.Errorf("%s: %d, %v, %s", path, w.Code, err, w.Body)
		}
	}
}

func TestReadyMeansAllClients(t *testing.T) {
	for _, c := range []struct {
		ready []bool
		code  int
		parts int
	}{{[]bool{true}, 200, 0}, {[]bool{false}, 503, 0}, {[]bool{true, true}, 200, 2}, {[]bool{true, false}, 503, 2}, {[]bool{false, true}, 503, 2}} {
		var all []func() sdk.Stats
		for _, ready := range c.ready {
			all = append(all, named("ms1", ready))
		}
		w := ask(t, handlerOf(t, all...), http.MethodGet, "/readyz")
		var body readiness
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || w.Code != c.code || len(body.Clients) != c.parts || body.Ready != (c.code == 200) {
			t.Errorf("%v: %d, %v, %s", c.ready, w.Code, err, w.Body)
		}
		if len(c.ready) == 1 && strings.Contains(w.Body.String(), "clients") {
			t.Errorf("one client: %s", w.Body)
		}
	}
}

func TestWhateverIsServedIsValidAndHasTheHeaders(t *testing.T) {
	closed := idleStats()
	closed.Closed = true
	h := handlerOf(t, idleStats, func() sdk.Stats { return closed }, func() sdk.Stats { return sdk.Stats{} }, func() sdk.Stats { return incident(130) })
	for _, c := range h.watches {
		for _, path := range []string{"/stats" + query(c.name), "/stats" + query(c.name) + "&as=page", "/readyz"} {
			w := ask(t, h, http.MethodGet, path)
			if !json.Valid(w.Body.Bytes()) || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: %v, %s", path, w.Header(), w.Body)
			}
		}
	}
}

func TestThePageWithoutItsSlashLeadsToIt(t *testing.T) {
	h := handlerOf(t, idleStats)
	for asked, want := range map[string]string{
		"/ms2": "./ms2/", "/ms2?client=payments-ms1": "./ms2/?client=payments-ms1", "/a/javascript:alert(1)": "./javascript:alert(1)/",
	} {
		path, _, _ := strings.Cut(asked, "?")
		w := ask(t, http.StripPrefix(path, h), http.MethodGet, asked)
		if w.Code != http.StatusTemporaryRedirect || w.Header().Get("Location") != want {
			t.Errorf("%s: %d, %q", asked, w.Code, w.Header().Get("Location"))
		}
	}
	if w := ask(t, http.StripPrefix("/ms2/", h), http.MethodGet, "/ms2/"); w.Code != http.StatusOK {
		t.Errorf("with its slash: %d", w.Code)
	}
}

func TestAnAnswerSaysItsLength(t *testing.T) {
	h := handlerOf(t, func() sdk.Stats { return incident(130) })
	for _, path := range []string{"/", "/stats", "/stats?as=page", "/readyz", "/stats?client=nobody"} {
		if w := ask(t, h, http.MethodGet, path); w.Header().Get("Content-Length") != strconv.Itoa(w.Body.Len()) {
			t.Errorf("%s: length %q of %d", path, w.Header().Get("Content-Length"), w.Body.Len())
		}
	}
}

func TestWhatNobodyHoldsEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // which fails when a goroutine is left
		c := newMade(idleStats)
		for range 100 {
			newHandler([]source{c})
		}
		runtime.GC()
		time.Sleep(2 * time.Second)
	})
}
