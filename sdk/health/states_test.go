package health

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// All that is served is read by several at once in all that a client may be in. This runs in real time, over sockets.

// reading is a reader of one path, again and again, and how often it got something whole.
type reading struct {
	path  string
	whole atomic.Int64
}

// patience is how long an answer takes at most that waits for nobody, on a machine that is busy.
const patience = 10 * time.Second

// read reads answers until the test is over; a stream is one answer of many messages.
func (r *reading) read(t *testing.T, url string, done <-chan struct{}) {
	client := &http.Client{}
	defer client.CloseIdleConnections()
	for {
		select {
		case <-done:
			return
		default:
		}
		began := time.Now()
		resp, err := client.Get(url + r.path)
		if err != nil {
			t.Errorf("%s: %v", r.path, err)
			return
		}
		if strings.HasPrefix(r.path, "/events") {
			r.stream(t, resp.Body, done)
			continue
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if d := time.Since(began); err != nil || d > patience || !isWhole(r.path, string(body)) {
			t.Errorf("%s: %v, %v, %.200s", r.path, err, d, body)
		}
		r.whole.Add(1)
	}
}

// stream reads messages until the stream ends.
func (r *reading) stream(t *testing.T, body io.ReadCloser, done <-chan struct{}) {
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		select {
		case <-done:
		case <-stop:
		}
		body.Close()
	}()
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 4<<20)
	last := ""
	for lines.Scan() {
		if data, is := strings.CutPrefix(lines.Text(), "data: "); is {
			last = data
		} else if lines.Text() == "" && last != "" { // the end of a message; one that the reader cut off has none
			if !json.Valid([]byte(last)) {
				t.Errorf("%s: %.200s", r.path, last)
			}
			last = ""
			r.whole.Add(1)
		}
	}
}

// isWhole reports whether an answer is a whole page, or JSON.
func isWhole(path, body string) bool {
	if path == "/" {
		return strings.HasSuffix(strings.TrimSpace(body), "</html>")
	}
	return json.Valid([]byte(body))
}

func TestAllIsWholeInEveryStateOfTheClient(t *testing.T) {
	c, tell, ms2 := running(t)
	server := httptest.NewServer(Handler(c))
	var group sync.WaitGroup
	done := make(chan struct{})
	defer server.Close()
	defer group.Wait()
	defer close(done)
	var all []*reading
	for _, path := range []string{"/", "/stats", "/stats?as=page", "/readyz", "/events", "/events?as=page"} {
		r := &reading{path: path}
		all = append(all, r)
		group.Go(func() { r.read(t, server.URL, done) })
	}
	meet := func(state string) { t.Helper(); meetAll(t, state, all[:4]) } // a stream tells once a second, where nothing happens
	meet("before the first snapshot")
	tell(20)
	meet("at rest")
	load(t, c, 2)
	meet("under load")
	ms2.down.Store(true)
	meetAll(t, "in an outage", all)
	ms2.down.Store(false)
	for range 500 {
		tell(3)
	}
	meet("through swaps")
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	meetAll(t, "after Close", all)
}

// meetAll waits until each reader got something whole in the state of the moment.
func meetAll(t *testing.T, state string, readings []*reading) {
	t.Helper()
	for _, r := range readings {
		for want, end := r.whole.Load()+1, time.Now().Add(patience); r.whole.Load() < want; <-time.After(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s: nothing more from %s", state, r.path)
			}
		}
	}
}
