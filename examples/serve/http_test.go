package serve_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"ms2.internal/lb/examples/serve"
	"ms2.internal/lb/sdk/protocol"
)

func TestUnknownPathsAndWrongMethodsAreProblemDetails(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders", func(http.ResponseWriter, *http.Request) {})
	mux.Handle("/orders", serve.Only("POST"))
	mux.HandleFunc("/", serve.NotFound)
	for request, want := range map[[2]string]struct {
		status int
		allow  string
	}{
		{"POST", "/orders"}:   {200, ""},
		{"GET", "/orders"}:    {405, "POST"},
		{"DELETE", "/orders"}: {405, "POST"},
		{"GET", "/order"}:     {404, ""},
	} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(request[0], request[1], nil))
		if w.Code != want.status || w.Header().Get("Allow") != want.allow {
			t.Errorf("%v: got %d, %v", request, w.Code, w.Header())
		}
		if w.Code >= 400 && w.Header().Get("Content-Type") != protocol.ContentTypeProblem {
			t.Errorf("%v: not problem details: %s", request, w.Body)
		}
	}
}

func TestPagesOfTheOriginsAndNoOthersMayCall(t *testing.T) {
	t.Parallel()
	next := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	may := serve.CORS{Methods: []string{"POST"}, Headers: []string{"Content-Type"}, Exposed: []string{"Location"}}
	for _, c := range []struct {
		origins serve.Origins
		origin  string
		header  string
		want    string
	}{
		{serve.Origins{"http://a", "http://b"}, "http://b", "content-type", "http://b"},
		{serve.Origins{"http://a"}, "http://b", "content-type", ""},
		{serve.Origins{"http://a"}, "http://a", "authorization", ""},
		{serve.Origins{"http://a"}, "null", "content-type", ""},
		{nil, "http://a", "content-type", ""},
	} {
		preflight := httptest.NewRequest("OPTIONS", "/orders", nil)
		preflight.Header.Set("Origin", c.origin)
		preflight.Header.Set("Access-Control-Request-Method", "POST")
		preflight.Header.Set("Access-Control-Request-Headers", c.header)
		w := httptest.NewRecorder()
		c.origins.Allow(may, next).ServeHTTP(w, preflight)
		if got := w.Header().Get("Access-Control-Allow-Origin"); got != c.want {
			t.Errorf("%+v: got %q", c, got)
		}
	}
}
