package serve_test

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"testing"

	"ms2.internal/lb/examples/serve"
	"ms2.internal/lb/examples/web"
)

func TestThePageIsThereOnlyWithTheOtherServiceAndOnlyRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args         []string
		method, path string
		status       int
		allow        string
	}{
		{nil, "GET", "/", 404, ""},
		{[]string{"-ms2", "http://ms2.example"}, "GET", "/", 200, ""},
		{[]string{"-ms2", "http://ms2.example"}, "HEAD", "/", 200, ""},
		{[]string{"-ms2", "http://ms2.example"}, "POST", "/", 405, "GET, HEAD"},
		{[]string{"-ms2", "http://ms2.example"}, "GET", "/web/none", 404, ""},
		{[]string{"-ms2", "http://ms2.example"}, "POST", "/orders", 404, ""},
	} {
		var b serve.Browsers
		flags := flag.NewFlagSet("", flag.ContinueOnError)
		b.Define(flags, "ms2")
		if err := flags.Parse(c.args); err != nil {
			t.Fatal(err)
		}
		mux := http.NewServeMux()
		mux.HandleFunc("/", serve.NotFound)
		b.Mount(mux, web.Site{MS2: b.Other})
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
		if w.Code != c.status || w.Header().Get("Allow") != c.allow {
			t.Errorf("%v %s %s: got %d, %v", c.args, c.method, c.path, w.Code, w.Header())
		}
	}
}
