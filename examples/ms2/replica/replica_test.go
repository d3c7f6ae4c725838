package replica

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ms2.internal/lb/examples/ms2/catalog"
	"ms2.internal/lb/sdk"
)

// filled is a catalog as it is after the first start, made once: under the race detector that takes seconds.
var filled = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "replica")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "ms2.db")
	c, err := catalog.Open(context.Background(), path)
	if err != nil {
		return nil, err
	}
	if err := c.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// newDB is the path of a filled catalog of the test's own.
func newDB(t *testing.T) string {
	t.Helper()
	file, err := filled()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ms2.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// start runs a replica until stop is called, which waits for it and fails the test when it ended badly.
func start(t *testing.T, l net.Listener, args ...string) (stop func()) {
	t.Helper()
	addr := l.Addr().String()
	args = append([]string{"-listen", addr, "-db", newDB(t), "-drain", "1ms"}, args...)
	o, err := parse(args)
	if err != nil {
		t.Fatal(err)
	}
	store, err := open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, o, store, l, slog.New(slog.DiscardHandler)) }()
	await(t, addr)
	return func() {
		t.Helper()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the replica ended with %v", err)
		}
	}
}

// await waits until the replica is healthy.
func await(t *testing.T, addr string) {
	t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	limit := time.After(time.Minute)
	for {
		if status, _ := get("http://" + addr + "/healthz"); status == http.StatusOK {
			return
		}
		select {
		case <-ticker.C:
		case <-limit:
			t.Fatal("the replica does not become healthy")
		}
	}
}

// get returns status and body of a page, 0 when there is no answer.
func get(url string) (int, string) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(url)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return response.StatusCode, string(body)
}

func TestChecksAndPages(t *testing.T) {
	t.Parallel()
	l := listen(t)
	addr := l.Addr().String()
	defer start(t, l, "-retire", "usb:046d:c52b,usb:046d:c52f")()
	client, err := sdk.New(sdk.Config{Endpoints: []string{addr}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	verdicts, err := client.ValidateAll(t.Context(), sdk.SIDs("usb:046d", "usb:046d:c52b", "usb:046d:0000"))
	if err != nil || !verdicts[0].Valid || verdicts[0].Kind != "vendor" || verdicts[1].Valid || verdicts[2].Valid {
		t.Errorf("got %+v, %v; want the vendor valid, a retired product and a forged one not", verdicts, err)
	}
	for path, want := range map[string]string{
		"/v1/entities/usb:046d":                       `{"sid":"usb:046d","kind":"vendor","name":"Logitech, Inc.","version":"1"}`,
		"/v1/entities?prefix=usb:046d&limit=1":        `{"entities":[{"sid":"usb:046d",`,
		"/v1/entities?prefix=none":                    `{"entities":[]}`,
		"/v1/entities/usb:046d:c52b":                  `"status":404`,
		"/v1/entities?limit=0":                        "limit is not a number from 1 to",
		"/v1/sids/usb:046d":                           `"sid":"usb:046d"`,
		"/v1/entities?prefix=usb:046d&kind=product":   `"kind":"product"`,
		"/v1/entities?prefix=usb:046d%25&limit=10000": `"status":400`,
	} {
		if _, body := get("http://" + addr + path); !strings.Contains(body, want) {
			t.Errorf("%s: got %s, want %s", path, body, want)
		}
	}
}

func TestAClientBelievesThePageOfAnEntityAndThatThereIsNone(t *testing.T) {
	t.Parallel()
	l := listen(t)
	defer start(t, l, "-retire", "usb:046d:c52b,usb:046d:c52f")()
	client, err := sdk.New(sdk.Config{Endpoints: []string{l.Addr().String()}, Protocol: "single", SinglePath: "/v1/entities/{sid}"})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for sid, valid := range map[string]bool{"usb:046d": true, "usb:046d:c52b": false, "usb:046d:0000": false, "usb:/%2F?": false} {
		if v, err := client.Validate(t.Context(), sid); err != nil || v.Valid != valid {
			t.Errorf("%s: got %+v, %v; want valid %t", sid, v, err, valid)
		}
	}
}

// A stand-in for Consul's agent looks at the replica while it leaves: it must say so already, and still answer.
func TestRegistersAndLeavesInOrder(t *testing.T) {
	t.Parallel()
	l := listen(t)
	addr := l.Addr().String()
	registered, left := make(chan map[string]any, 10), make(chan int, 1)
	agent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/v1/agent/service/register":
			var body map[string]any
			_ = json.NewDecoder(r.Body).Decode(&body) // an empty one fails the test
			registered <- body
		case "/v1/agent/service/deregister/one":
			status, _ := get("http://" + addr + "/healthz")
			left <- status
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer agent.Close()
	stop := start(t, l, "-consul", agent.URL, "-id", "one", "-zone", "east", "-weight", "3")
	got := <-registered
	host, _, _ := net.SplitHostPort(addr)
	if got["Name"] != "ms2" || got["ID"] != "one" || got["Address"] != host || got["Meta"].(map[string]any)["zone"] != "east" ||
		got["Weights"].(map[string]any)["Passing"] != 3.0 || got["Check"].(map[string]any)["HTTP"] != "http://"+addr+"/healthz" {
		t.Errorf("registered %v", got)
	}
	stop()
	if status := <-left; status != http.StatusServiceUnavailable {
		t.Errorf("its health check said %d while it deregistered", status)
	}
}

func TestOptionsThatCannotWorkAreRefused(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{ // it prints why
		{"-listen", ":8082", "-consul", "127.0.0.1:8500"},
		{"-listen", "0.0.0.0:8082", "-consul", "127.0.0.1:8500"},
		{"-listen", "nowhere"},
		{"-no-such-flag"},
	} {
		if o, err := parse(args); err == nil {
			t.Errorf("%v: taken as %+v", args, o)
		}
	}
}

func TestRetiringAnUnknownSIDIsRefused(t *testing.T) {
	t.Parallel()
	o := options{listen: "127.0.0.1:0", db: newDB(t), retire: []string{"usb:none"}}
	if err := run(t.Context(), o, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "usb:none") {
		t.Errorf("got %v, want an error that names it", err)
	}
}
