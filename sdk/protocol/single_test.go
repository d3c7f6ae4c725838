package protocol_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

var minutes = protocol.HandlerOptions{MaxAge: time.Minute, NegativeMaxAge: 5 * time.Second, StaleWhileRevalidate: 30 * time.Second, StaleIfError: 10 * time.Minute}

func TestAKnownSIDIsToldWithItsTagAndItsAge(t *testing.T) {
	response := get(protocol.NewHandler(usb, minutes), "/v1/sids/usb:046d")
	if got, want := bodyOf(t, response), `{"sid":"usb:046d","kind":"vendor","version":"7"}`; response.StatusCode != http.StatusOK || got != want {
		t.Errorf("got %d %s, want 200 %s", response.StatusCode, got, want)
	}
	wantHeader(t, response, "Content-Type", "application/json")
	wantHeader(t, response, "ETag", `"7"`)
	wantHeader(t, response, "Cache-Control", "private, max-age=60, stale-while-revalidate=30, stale-if-error=600")
	wantHeader(t, response, "Vary", "")
}

func TestWithoutMaxAgeTheSingleDoorForbidsToKeep(t *testing.T) {
	h := protocol.NewHandler(usb, protocol.HandlerOptions{StaleIfError: time.Hour})
	wantHeader(t, get(h, "/v1/sids/usb:046d"), "Cache-Control", "no-store")
	wantHeader(t, get(h, "/v1/sids/usb:ffff"), "Cache-Control", "no-store")
}

func TestOnlyAnUnknownSIDHasTheTypeThatSaysSo(t *testing.T) {
	h := protocol.NewHandler(usb, minutes)
	for target, unknown := range map[string]string{
		"/v1/sids/usb:ffff": "usb:ffff",
		"/v1/sids/usb:dead": "usb:dead",
		"/v1/sids/a%2Fb%3C": "a/b<",
		"/v1/sids/a/b":      "",
		"/v1/sids":          "",
		"/v2/sids/usb:ffff": "",
		"//v1/sids/x":       "",
		"/":                 "",
	} {
		response := get(h, target)
		p := wantProblem(t, response, http.StatusNotFound)
		if unknown == "" {
			if p.Type != "about:blank" {
				t.Errorf("%s: got type %s, want about:blank", target, p.Type)
			}
			wantHeader(t, response, "Cache-Control", "no-store")
			continue
		}
		if p.Type != protocol.ProblemUnknownSID || !slices.Equal(p.SIDs, []string{unknown}) {
			t.Errorf("%s: got %+v, want unknown %s", target, p, unknown)
		}
		wantHeader(t, response, "Cache-Control", "private, max-age=5")
	}
}

func TestTheSIDIsDecodedFromThePathExactlyOnce(t *testing.T) {
	for _, sid := range []string{"usb:046d", "a/b", "a//b", "/a/", "../b", "a/../b", "100%", "%2F", "%252F", "a?b#c", "a+b", `"<\>"`, "v1/sids:validate"} {
		mux := http.NewServeMux()
		h := protocol.NewHandler(holding(map[string]protocol.Entity{sid: {}}), protocol.HandlerOptions{})
		mux.Handle("/", h)
		mux.Handle("/ms2/", http.StripPrefix("/ms2", h))
		want := string(append(protocol.AppendRequest(nil, []protocol.Item{{SID: sid}})[len(`{"items":[`):], "\n"...))
		want = want[:len(want)-len("]}\n")]
		for _, prefix := range []string{"", "/ms2"} {
			response := get(mux, prefix+"/v1/sids/"+url.PathEscape(sid))
			if got := bodyOf(t, response); response.StatusCode != http.StatusOK || got != want {
				t.Errorf("%s behind %q: got %d %s, want 200 %s", sid, prefix, response.StatusCode, got, want)
			}
		}
	}
}

func TestAMalformedSIDIsNeitherLookedUpNorUnknown(t *testing.T) {
	h := protocol.NewHandler(failing(nil), protocol.HandlerOptions{})
	for _, target := range []string{"/v1/sids/", "/v1/sids/%2e", "/v1/sids/..", "/v1/sids/a%20b", "/v1/sids/%C3%A9", "/v1/sids/%00"} {
		if p := wantProblem(t, get(h, target), http.StatusBadRequest); p.Type != "about:blank" || p.Detail == "" {
			t.Errorf("%s: got %+v", target, p)
		}
	}
}

func TestAClientThatHoldsTheVersionIsToldThatNothingChanged(t *testing.T) {
	h := protocol.NewHandler(holding(map[string]protocol.Entity{
		"a": {Version: "7"}, "comma": {Version: "1,2"}, "untagged": {Version: `a"b`}, "gone": {Version: "7", Retired: true},
	}), minutes)
	for name, c := range map[string]struct {
		sid, held string
		status    int
	}{
		"the tag":                  {"a", `"7"`, 304},
		"its weak form":            {"a", `W/"7"`, 304},
		"in a list":                {"a", `"5", W/"6" ,"7"`, 304},
		"with empty elements":      {"a", ` , ,"7"`, 304},
		"anything":                 {"a", "*", 304},
		"anything, without a tag":  {"untagged", "*", 304},
		"a tag with a comma":       {"comma", `"x", "1,2"`, 304},
		"another":                  {"a", `"8"`, 200},
		"the tag without quotes":   {"a", `7`, 200},
		"a tag that does not end":  {"a", `"7`, 200},
		"behind a broken one":      {"a", `x, "7"`, 200},
		"half of one with a comma": {"comma", `"1"`, 200},
		"an empty tag":             {"untagged", `""`, 200},
		"nothing":                  {"a", ``, 200},
		"a retired one":            {"gone", `"7"`, 404},
		"an unknown one":           {"b", `*`, 404},
	} {
		t.Run(name, func(t *testing.T) {
			response := get(h, "/v1/sids/"+c.sid, "If-None-Match", c.held)
			if response.StatusCode != c.status {
				t.Fatalf("got %d, want %d", response.StatusCode, c.status)
			}
			if c.status == http.StatusNotModified && bodyOf(t, response) != "" {
				t.Error("the answer has a body")
			}
		})
	}
}

func TestNothingChangedStillTellsTagAndAge(t *testing.T) {
	response := get(protocol.NewHandler(usb, minutes), "/v1/sids/usb:046d", "If-None-Match", `"5"`, "If-None-Match", `"7"`)
	if response.StatusCode != http.StatusNotModified {
		t.Fatalf("got %d, want 304", response.StatusCode)
	}
	wantHeader(t, response, "ETag", `"7"`)
	wantHeader(t, response, "Cache-Control", "private, max-age=60, stale-while-revalidate=30, stale-if-error=600")
	wantHeader(t, response, "Content-Type", "")
}

func TestAVersionThatNoTagCanHoldGoesWithoutOne(t *testing.T) {
	for version, want := range map[string]string{
		"7": `"7"`, "W/x": `"W/x"`, "é": `"é"`, "": "", `a"b`: "", "a b": "", "a\nb": "", "a\x7f": "",
	} {
		h := protocol.NewHandler(holding(map[string]protocol.Entity{"a": {Version: version}}), protocol.HandlerOptions{})
		wantHeader(t, get(h, "/v1/sids/a"), "ETag", want)
	}
}

func TestHEADIsAnsweredLikeGETWithoutTheBody(t *testing.T) {
	server := httptest.NewServer(protocol.NewHandler(usb, minutes))
	defer server.Close()
	for target, status := range map[string]int{"/v1/sids/usb:046d": 200, "/v1/sids/usb:ffff": 404, "/healthz": 200} {
		response, err := http.Head(server.URL + target)
		if err != nil {
			t.Fatal(err)
		}
		full, err := http.Get(server.URL + target)
		if err != nil {
			t.Fatal(err)
		}
		if body := bodyOf(t, full); response.StatusCode != status || response.ContentLength != int64(len(body)) {
			t.Errorf("%s: got %d and length %d, want %d and %d", target, response.StatusCode, response.ContentLength, status, len(body))
		}
		wantHeader(t, response, "ETag", full.Header.Get("ETag"))
		wantHeader(t, response, "Cache-Control", full.Header.Get("Cache-Control"))
	}
}

func FuzzIfNoneMatch(f *testing.F) {
	f.Add(`"5", W/"7"`, "7")
	f.Add(`*`, "a b")
	h := protocol.NewHandler(usb, protocol.HandlerOptions{})
	f.Fuzz(func(t *testing.T, field, path string) {
		response := ask(h, http.MethodGet, "/v1/sids/usb:046d", "", "If-None-Match", field)
		if response.StatusCode != http.StatusOK && response.StatusCode != http.StatusNotModified {
			t.Errorf("got %d", response.StatusCode)
		}
		if response := get(h, "/v1/sids/"+url.PathEscape(path)); response.StatusCode >= 500 {
			t.Errorf("%q: got %d", path, response.StatusCode)
		}
	})
}
