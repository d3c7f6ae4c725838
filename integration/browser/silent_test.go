package browser_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
)

// gathering is a reverse proxy before the health page that keeps back what is streamed, and has the sentence name another number each time.
func gathering(t *testing.T) string {
	t.Helper()
	to, err := url.Parse(services.HealthPage())
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	var times atomic.Int64
	summary := regexp.MustCompile(`"summary": "[^"]*"`)
	proxy.ModifyResponse = func(r *http.Response) error {
		if !strings.HasSuffix(r.Request.URL.Path, "/stats") {
			return nil
		}
		body, err := io.ReadAll(r.Body)
		text := summary.ReplaceAllString(string(body), fmt.Sprintf(`"summary": "%d of 900 checks failed."`, times.Add(1)))
		r.Body = io.NopCloser(strings.NewReader(text))
		r.Header.Del("Content-Length")
		return err
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/events") {
			proxy.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		_ = http.NewResponseController(w).Flush() // never fails
		<-r.Context().Done()
	}))
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL
}

func TestTheHealthPagePollsWhereItsStreamIsSilentAndSpeaksOfWordsAlone(t *testing.T) {
	t.Parallel()
	d := show(t, newPerson(t), gathering(t))
	d.await(`document.querySelector("#live").dataset.live === "on"`)
	d.await(`/failed/.test(document.querySelector("[role=status]").innerText)`)
	if n := evaluate[int](d, `new Promise((done) => {
		let [shown, spoken] = [0, 0];
		new MutationObserver(() => shown++).observe(document.querySelector(".summary"), {childList: true});
		new MutationObserver(() => spoken++).observe(document.querySelector("[role=status]"), {childList: true});
		setTimeout(() => done(shown > 1 ? spoken : -1), 9000);
	})`); n != 0 {
		t.Errorf("spoken %d times", n)
	}
}
