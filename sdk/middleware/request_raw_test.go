package middleware_test

import (
	"bufio"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"ms2.internal/lb/sdk/middleware"
)

// over serves a handler behind the middleware on a real socket and returns the status for the raw request.
func over(t *testing.T, raw string, o middleware.Options, handle http.HandlerFunc) int {
	t.Helper()
	o.Logger = slog.New(slog.DiscardHandler)
	check, err := middleware.New(genuine(), o)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/{$}", check(handle))
	mux.Handle("/x/{sid}", check(handle))
	mux.Handle("/tail/{sid...}", check(handle))
	s := httptest.NewServer(mux)
	defer s.Close()
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second)) //nolint:errcheck // the read tells
	io.WriteString(conn, raw)                          //nolint:errcheck // the test would see
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode
}

func TestChunkedBodiesReachTheHandlerAsTheyWereCheckedWithTheirTrailer(t *testing.T) {
	o := middleware.Options{SIDs: []middleware.Field{middleware.JSON("/sid", "product")}}
	var once sync.Once
	code := over(t, "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"+
		"c\r\n{\"sid\":\"p1\"}\r\n0\r\nX-Sum: 42\r\n\r\n", o, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		once.Do(func() {
			if string(body) != `{"sid":"p1"}` || r.ContentLength != 12 || len(r.TransferEncoding) != 0 || r.Trailer.Get("X-Sum") != "42" {
				t.Errorf("%q, %d, %v, %v", body, r.ContentLength, r.TransferEncoding, r.Trailer)
			}
		})
	})
	if code != 200 {
		t.Error(code)
	}
}

func TestABodyThatIsChunkedAndEmptyIsNone(t *testing.T) {
	o := middleware.Options{SIDs: []middleware.Field{middleware.JSON("/sid", "product").Optional()}}
	for _, method := range []string{"GET", "POST"} {
		if code := over(t, method+" / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", o, func(http.ResponseWriter, *http.Request) {}); code != 200 {
			t.Errorf("%s: %d", method, code)
		}
	}
}

func TestWhatAPathHidesIsChecked(t *testing.T) {
	o := middleware.Options{SIDs: []middleware.Field{middleware.Path("sid", "product")}}
	for path, want := range map[string]int{
		"/x/p1": 200, "/x/%70%31": 200, "/x/p1%2Fevil": 422, "/x/p1%00": 422, "/x/evil%2F..%2Fp1": 422, "/x/p1;evil": 422, "/x/p1%20": 422,
		"/tail/p1": 200, "/tail/p1/evil": 422, "/tail/": 422, "/tail/p1%2Fevil": 422, "/tail/p1/": 422, "/": 500,
	} {
		code := over(t, "GET "+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", o, func(_ http.ResponseWriter, r *http.Request) {
			if r.PathValue("sid") != "p1" {
				t.Errorf("%s reached the handler as %q", path, r.PathValue("sid"))
			}
		})
		if code != want {
			t.Errorf("%s: %d, want %d", path, code, want)
		}
	}
}
