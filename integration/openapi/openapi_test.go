package openapi

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestTheDocumentIsWellFormed(t *testing.T) {
	if err := load(t).validate(); err != nil {
		t.Error(err)
	}
}

func TestEveryAnswerIsDocumentedAndEveryDocumentedStatusOccurs(t *testing.T) {
	d := load(t)
	var seen []string
	for _, e := range exchanges() {
		t.Run(strings.ReplaceAll(key(e.method, e.path, e.name), "/", "|"), func(t *testing.T) {
			request, response := e.perform(t)
			if response.StatusCode != e.status {
				t.Errorf("got %d, want %d", response.StatusCode, e.status)
			}
			if err := d.validateResponse(request, response); err != nil {
				t.Errorf("the answer is not as documented: %v", err)
			}
			if err := d.validateRequest(request); (err != nil) != e.unfit && !e.untested {
				t.Errorf("the document says of the request: %v; want it refused: %v", err, e.unfit)
			}
			seen = append(seen, key(e.method, e.path, strconv.Itoa(response.StatusCode)))
		})
	}
	for _, documented := range d.statuses {
		if !slices.Contains(seen, documented) {
			t.Errorf("%s is documented, and no exchange shows it", documented)
		}
	}
}

func TestTheDocumentRefusesWhatItDoesNotName(t *testing.T) {
	d := load(t)
	request := httptest.NewRequest(http.MethodGet, "/v1/sids/usb:046d", nil)
	for name, spoil := range map[string]func(*http.Response){
		"a status":                  func(r *http.Response) { r.StatusCode = http.StatusTeapot },
		"a header field":            func(r *http.Response) { r.Header.Set("X-Surprise", "1") },
		"a value of a header field": func(r *http.Response) { r.Header.Set("Cache-Control", "public") },
		"a member":                  func(r *http.Response) { r.Body = io.NopCloser(strings.NewReader(`{"sid":"usb:046d","valid":true}`)) },
		"a type":                    func(r *http.Response) { r.Body = io.NopCloser(strings.NewReader(`{"sid":7}`)) },
		"two attestations":          func(r *http.Response) { r.Header.Set("MS2-Attestation", "a.b.c,d.e.f") },
		"a media type":              func(r *http.Response) { r.Header.Set("Content-Type", "text/html") },
	} {
		w := httptest.NewRecorder()
		well(t).ServeHTTP(w, request)
		response := w.Result()
		if spoil(response); d.validateResponse(request, response) == nil {
			t.Errorf("the document lets %s through", name)
		}
	}
}

func TestOtherPathsAndMethodsAreAnsweredAsTheDocumentSaysInWords(t *testing.T) {
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/", 404, ""},
		{"GET", "/v1/sids/a/b", 404, ""},
		{"GET", batch, 405, "POST"},
		{"PUT", "/v1/sids/usb:046d", 405, "GET, HEAD"},
		{"POST", health, 405, "GET, HEAD"},
		{"POST", keys, 404, ""},
	} {
		w := httptest.NewRecorder()
		well(t).ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
		if w.Code != c.status || w.Header().Get("Allow") != c.allow || !strings.Contains(w.Body.String(), `"about:blank"`) {
			t.Errorf("%s %s: got %d, Allow %q: %s", c.method, c.path, w.Code, w.Header().Get("Allow"), w.Body)
		}
	}
}

// perform sends the request over a real connection. Both bodies can be read again.
func (e exchange) perform(t *testing.T) (*http.Request, *http.Response) {
	t.Helper()
	server := httptest.NewServer(e.at(t))
	defer server.Close()
	target := e.target
	if target == "" {
		target = e.path
	}
	request, err := http.NewRequestWithContext(t.Context(), e.method, server.URL+target, strings.NewReader(e.body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(e.fields); i += 2 {
		request.Header.Add(e.fields[i], e.fields[i+1])
	}
	response, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	request.Body = io.NopCloser(strings.NewReader(e.body))
	return request, response
}

func key(method, path, last string) string {
	return strings.ToUpper(method) + " " + path + " " + last
}
