package web_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"ms2.internal/lb/examples/web"
)

func get(h http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// assets are the paths that the page asks for.
func assets(t *testing.T, h http.Handler) []string {
	t.Helper()
	page := get(h, "/").Body.String()
	var paths []string
	for _, m := range regexp.MustCompile(`(?:href|src)="(/web/[^"]+)"`).FindAllStringSubmatch(page, -1) {
		paths = append(paths, m[1])
	}
	if len(paths) != 3 {
		t.Fatalf("the page asks for %q, want icon, style and script", paths)
	}
	return paths
}

func TestThePageMayConnectToTheTwoServicesAlone(t *testing.T) {
	t.Parallel()
	const before = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src "
	const after = "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	for name, c := range map[string]struct {
		site web.Site
		want string
	}{
		"own origin":       {web.Site{}, "'self'"},
		"MS2 elsewhere":    {web.Site{MS2: "http://127.0.0.1:8082"}, "'self' http://127.0.0.1:8082"},
		"both elsewhere":   {web.Site{MS1: "https://ms1.example/api", MS2: "https://ms2.example"}, "'self' https://ms1.example https://ms2.example"},
		"another rule":     {web.Site{MS1: "http://a; script-src *"}, "'self'"},
		"another source":   {web.Site{MS2: "http://a *"}, "'self'"},
		"an IPv6 address":  {web.Site{MS2: "http://[::1]:8082"}, "'self'"},
		"a script for URL": {web.Site{MS2: "javascript:alert(1)"}, "'self'"},
	} {
		w := get(web.Handler(c.site), "/")
		if got := w.Header().Get("Content-Security-Policy"); got != before+c.want+after {
			t.Errorf("%s: got %s", name, got)
		}
		if inline := regexp.MustCompile(`<style|style=|<script[^>]*>[^<]|\son[a-z]+=`).FindString(w.Body.String()); inline != "" {
			t.Errorf("%s: the page has %q, which its policy forbids", name, inline)
		}
	}
}

func TestWhatASiteSaysIsTextOnThePage(t *testing.T) {
	t.Parallel()
	w := get(web.Handler(web.Site{
		Service: `<script>alert("MS1")</script>`,
		MS2:     "http://ms2.example:8082/a/",
		Links:   []web.Link{{Name: `"><b>`, URL: "javascript:alert(1)"}, {Name: "gateway", URL: "http://gateway.example"}},
	}), "/")
	body := w.Body.String()
	for _, bad := range []string{"<script>alert", "<b>", "javascript:alert"} {
		if strings.Contains(body, bad) {
			t.Errorf("the page has %s", bad)
		}
	}
	for _, good := range []string{`data-ms1=""`, `data-ms2="http://ms2.example:8082/a"`, `<a href="http://gateway.example/">gateway</a>`} {
		if !strings.Contains(body, good) {
			t.Errorf("the page has no %s", good)
		}
	}
}

func TestOnlyThroughTheGatewayNoSignatureIsAskedFor(t *testing.T) {
	t.Parallel()
	for gateway, state := range map[bool]string{true: "disabled", false: "checked"} {
		body, want := get(web.Handler(web.Site{Gateway: gateway}), "/").Body.String(), `aria-describedby="signed-why" `+state+">"
		if !strings.Contains(body, want) {
			t.Errorf("gateway %v: the page has no %s", gateway, want)
		}
	}
}

func TestEverythingHasItsTypeAndAVersion(t *testing.T) {
	t.Parallel()
	h := web.Handler(web.Site{})
	types := []string{"image/svg+xml", "text/css; charset=utf-8", "text/javascript; charset=utf-8"}
	for i, path := range append(assets(t, h), "/") {
		w, want, kept := get(h, path), "text/html; charset=utf-8", "no-cache"
		if path != "/" {
			want, kept = types[i], "public, max-age=31536000, immutable"
		}
		header := w.Header()
		if w.Code != http.StatusOK || header.Get("Content-Type") != want || header.Get("Cache-Control") != kept ||
			header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: got %d %v", path, w.Code, header)
		}
		again := get(h, path, "If-None-Match", header.Get("ETag"))
		if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
			t.Errorf("%s: asked with its ETag %q it is %d", path, header.Get("ETag"), again.Code)
		}
	}
}

func TestEveryModuleThatAModuleImportsIsServed(t *testing.T) {
	t.Parallel()
	h := web.Handler(web.Site{})
	todo, seen := []string{assets(t, h)[2]}, map[string]bool{}
	for len(todo) > 0 {
		path := todo[0]
		todo = todo[1:]
		w := get(h, path)
		if seen[path] = true; w.Code != http.StatusOK {
			t.Errorf("%s: got %d", path, w.Code)
		}
		for _, m := range regexp.MustCompile(`from "\./([a-z]+\.js)"`).FindAllStringSubmatch(w.Body.String(), -1) {
			if next := path[:strings.LastIndex(path, "/")+1] + m[1]; !seen[next] {
				todo = append(todo, next)
			}
		}
	}
	if len(seen) != 8 {
		t.Errorf("%d modules are used, want 8: %v", len(seen), seen)
	}
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	t.Parallel()
	h := web.Handler(web.Site{})
	style := assets(t, h)[1]
	folder := strings.TrimSuffix(style, "style.css")
	for _, path := range []string{"/index.html", "/orders", "/web/", "/web/old/style.css", "/web/style.css",
		folder, folder + "index.html", folder + "none.css", folder + "%2e%2e%2fweb.go", folder + "..%2fassets%2fapp.js"} {
		if w := get(h, path); w.Code != http.StatusNotFound || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: got %d %v", path, w.Code, w.Header())
		}
	}
}

func TestThePageIsOnlyRead(t *testing.T) {
	t.Parallel()
	h := web.Handler(web.Site{})
	for _, path := range []string{"/", assets(t, h)[0]} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, path, nil))
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" ||
			w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: got %d %v", path, w.Code, w.Header())
		}
		w = httptest.NewRecorder()
		if h.ServeHTTP(w, httptest.NewRequest(http.MethodHead, path, nil)); w.Code != http.StatusOK || w.Body.Len() != 0 {
			t.Errorf("HEAD %s: got %d with %d bytes", path, w.Code, w.Body.Len())
		}
	}
}
