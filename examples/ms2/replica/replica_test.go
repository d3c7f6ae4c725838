package replica

import (
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"ms2.internal/lb/examples/ms2/catalog/catalogtest"
	"ms2.internal/lb/sdk"
)

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
		"/v1/entities/usb:046d":                     `{"sid":"usb:046d","kind":"vendor","name":"Logitech, Inc.","version":"1"}`,
		"/v1/entities?prefix=none":                  `{"entities":[]}`,
		"/v1/entities/usb:046d:c52b":                `"status":404`,
		"/v1/sids/usb:046d":                         `"sid":"usb:046d"`,
		"/v1/entities?prefix=usb:046d&kind=product": `"kind":"product"`,
		"/elsewhere":                                `"detail":"nothing is served at this path"`,
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

func TestRetiringAnUnknownSIDIsRefused(t *testing.T) {
	t.Parallel()
	o, err := parse([]string{"-listen", "127.0.0.1:0", "-db", catalogtest.Path(t), "-retire", "usb:none"})
	if err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), o, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "usb:none") {
		t.Errorf("got %v, want an error that names it", err)
	}
}

func TestItCountsWhatItIsAsked(t *testing.T) {
	t.Parallel()
	l := listen(t)
	base := "http://" + l.Addr().String()
	defer start(t, l, "-keys", filepath.Join(t.TempDir(), "signing-keys.json"))()
	client, err := sdk.New(sdk.Config{Endpoints: []string{l.Addr().String()}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := client.ValidateAll(t.Context(), sdk.SIDs("usb:046d", "usb:046d:c52b", "usb:046d:0000")); err != nil {
		t.Fatal(err)
	}
	preflight, err := http.NewRequest(http.MethodOptions, base+"/v1/entities", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(preflight)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	for _, path := range []string{
		"/v1/sids/usb:046d", "/v1/entities", "/v1/entities/usb:046d", "/v1/entities/usb:none", "/.well-known/jwks.json",
		"/healthz", "/elsewhere", "/counts",
	} {
		get(base + path)
	}
	if _, got := get(base + "/counts"); got != `{"checks":2,"keys":1,"pages":3,"sids":4}`+"\n" {
		t.Errorf("got %s", got)
	}
}

func TestThePageOfTheDemonstrationIsServedWithMS1sAddress(t *testing.T) {
	t.Parallel()
	l := listen(t)
	defer start(t, l, "-ms1", "http://127.0.0.1:8081", "-links", "MS1=http://127.0.0.1:8081")()
	for path, want := range map[string]string{"/": "http://127.0.0.1:8081", "/web": `"status":404`, "/v1/entities/usb:046d": "Logitech"} {
		if _, body := get("http://" + l.Addr().String() + path); !strings.Contains(body, want) {
			t.Errorf("%s: got %s", path, body)
		}
	}
}

func TestWhileItLeavesItsHealthCheckFailsAndItAnswersOn(t *testing.T) {
	t.Parallel()
	l := listen(t)
	stop := start(t, l, "-drain", "300ms")
	left := make(chan struct{})
	go func() {
		defer close(left)
		stop()
	}()
	for health := http.StatusOK; health != http.StatusServiceUnavailable; {
		if health, _ = get("http://" + l.Addr().String() + "/healthz"); health == 0 {
			t.Fatal("it is gone before its health check failed")
		}
	}
	if status, _ := get("http://" + l.Addr().String() + "/v1/sids/usb:046d"); status != http.StatusOK {
		t.Errorf("while it leaves: got %d", status)
	}
	<-left
}
