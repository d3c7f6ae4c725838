package panel_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"ms2.internal/lb/examples/quickstart/faults"
	"ms2.internal/lb/examples/quickstart/panel"
)

// process is one that lives and dies without a real one.
type process struct{ gone atomic.Bool }

func (p *process) Kill()                         { p.gone.Store(true) }
func (p *process) Leave()                        { p.gone.Store(true) }
func (p *process) Pause() error                  { return nil }
func (p *process) Resume() error                 { return nil }
func (p *process) Restart(context.Context) error { p.gone.Store(false); return nil }
func (p *process) Running() bool                 { return !p.gone.Load() }

const addr = "127.0.0.1:4000"

// newPanel is the panel of a run without Consul.
func newPanel(t *testing.T) http.Handler {
	t.Helper()
	set := &faults.Set{NoWay: "start with -consul=dev to have one"}
	for _, name := range []string{"replica 1", "replica 2"} {
		set.Replicas = append(set.Replicas, faults.NewReplica(name, "127.0.0.1:1", filepath.Join(t.TempDir(), "faults"), &process{}))
	}
	return panel.Handler(t.Context(), addr, panel.Options{
		Set: set, HealthPage: "http://127.0.0.1:5000/",
		Summary: func(context.Context) (string, error) { return "2 of 3 <replicas> answer.", nil },
	})
}

// call is one request.
func call(h http.Handler, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = addr
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// on are the faults of each replica, from the panel's JSON.
func on(t *testing.T, h http.Handler) string {
	t.Helper()
	var state struct{ Replicas []struct{ On []string } }
	if err := json.Unmarshal(call(h, http.MethodGet, "/faults", "").Body.Bytes(), &state); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range state.Replicas {
		all = append(all, strings.Join(r.On, " "))
	}
	return strings.Join(all, "|")
}

const (
	asJSON = "application/json"
	asForm = "application/x-www-form-urlencoded"
)

func TestFaultsAreSwitchedByFormsAndByJSON(t *testing.T) {
	t.Parallel()
	h := newPanel(t)
	for _, c := range []struct {
		path, kind, body string
		status           int
		want             string
	}{
		{"/faults", asJSON, `{"replica":"replica 1","fault":"kill","on":true}`, http.StatusOK, "kill|"},
		{"/faults", asForm + "; charset=utf-8", "replica=replica+2&fault=slow&on=true", http.StatusSeeOther, "kill|slow"},
		{"/faults?fault=fail&on=true", asForm, "replica=replica+2", http.StatusSeeOther, "kill|slow fail"},
		{"/faults", asJSON, `{"replica":"replica 1","fault":"kill","on":false}`, http.StatusOK, "|slow fail"},
		{"/end", asForm, "", http.StatusSeeOther, "|"},
		{"/faults", asJSON, `{"replica":"replica 2","fault":"drain","on":true}`, http.StatusOK, "|drain"},
		{"/end", asJSON, "", http.StatusOK, "|"},
	} {
		w := call(h, http.MethodPost, c.path, c.body, "Content-Type", c.kind)
		if got := on(t, h); w.Code != c.status || got != c.want {
			t.Errorf("%s %s: %d %s; on are %q, want %q", c.path, c.body, w.Code, w.Body, got, c.want)
		}
	}
}

func TestWhatCanNotBeIsToldInWordsAndChangesNothing(t *testing.T) {
	t.Parallel()
	h := newPanel(t)
	for _, c := range []struct {
		method, path, kind, body string
		status                   int
		says                     string
	}{
		{"POST", "/faults", asJSON, `{"replica":"replica 9","fault":"kill","on":true}`, 404, "replica 9"},
		{"POST", "/faults", asJSON, `{"replica":"replica 1","fault":"explode","on":true}`, 400, "kill, stop, drain"},
		{"POST", "/faults", asJSON, `{"fault":"consul","on":true}`, 409, "-consul=dev"},
		{"POST", "/faults", asJSON, `{"replica":"replica 1","fault":"kill"}`, 400, "true or false"},
		{"POST", "/faults", asJSON, `{"replica":"replica 1","fault":"kill","on":true,"hard":1}`, 400, "hard"},
		{"POST", "/faults", asJSON, `{`, 400, "no change"},
		{"POST", "/faults", asJSON, `{"replica":"` + strings.Repeat("x", 1<<13), 400, "too large"},
		{"POST", "/faults", asForm, "replica=replica+1&fault=kill", 400, "true or false"},
		{"POST", "/faults", "text/plain", "kill", 400, "text/plain"},
		{"POST", "/faults", "", "kill", 400, "application/json"},
		{"PUT", "/faults", asJSON, "{}", 405, "GET, HEAD, POST"},
		{"GET", "/end", "", "", 405, "POST"},
		{"GET", "/faults?replica=replica+1&fault=kill&on=true", "", "", 200, "well"},
		{"GET", "/elsewhere", "", "", 404, "nothing"},
	} {
		w := call(h, c.method, c.path, c.body, "Content-Type", c.kind)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) || on(t, h) != "|" {
			t.Errorf("%s %s %.60s: %d %s; on are %q", c.method, c.path, c.body, w.Code, w.Body, on(t, h))
		}
	}
}

func TestPagesOfOthersCanNeitherSwitchNorSeeAnything(t *testing.T) {
	t.Parallel()
	h := newPanel(t)
	const body = "replica=replica+1&fault=kill&on=true"
	for name, c := range map[string]struct {
		status int
		header []string
	}{
		"another site":            {http.StatusForbidden, []string{"Sec-Fetch-Site", "cross-site"}},
		"another port":            {http.StatusForbidden, []string{"Sec-Fetch-Site", "same-site"}},
		"an old browser":          {http.StatusForbidden, []string{"Origin", "http://evil.example"}},
		"a sandbox":               {http.StatusForbidden, []string{"Origin", "null"}},
		"a name that leads here":  {http.StatusMisdirectedRequest, []string{"Host", "evil.example:4000", "Origin", "http://evil.example:4000"}},
		"the same with no port":   {http.StatusMisdirectedRequest, []string{"Host", "evil.example"}},
		"the address, other port": {http.StatusMisdirectedRequest, []string{"Host", "127.0.0.1:4001"}},
		"localhost, other port":   {http.StatusMisdirectedRequest, []string{"Host", "localhost:4001"}},
		"no host":                 {http.StatusMisdirectedRequest, []string{"Host", ""}},
	} {
		if w := call(h, http.MethodPost, "/faults", body, append(c.header, "Content-Type", asForm)...); w.Code != c.status || on(t, h) != "|" {
			t.Errorf("%s: %d %s; on are %q", name, w.Code, w.Body, on(t, h))
		}
		if w := call(h, http.MethodGet, "/faults", "", c.header...); c.status == http.StatusMisdirectedRequest && w.Code != c.status {
			t.Errorf("%s reads: %d %s", name, w.Code, w.Body)
		}
	}
	for name, header := range map[string][]string{
		"the page itself": {"Sec-Fetch-Site", "same-origin", "Origin", "http://" + addr},
		"localhost":       {"Host", "localhost:4000", "Origin", "http://localhost:4000"},
		"a program":       nil,
	} {
		if w := call(h, http.MethodPost, "/faults", body, append(header, "Content-Type", asForm)...); w.Code != http.StatusSeeOther {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

func TestThePageShowsWhatIsOnAndTrustsNobody(t *testing.T) {
	t.Parallel()
	h := newPanel(t)
	call(h, http.MethodPost, "/faults", `{"replica":"replica 1","fault":"kill","on":true}`, "Content-Type", asJSON)
	w := call(h, http.MethodGet, "/", "")
	text := w.Body.String()
	for _, want := range []string{
		`aria-pressed="true" aria-label="kill replica 1"`, `aria-pressed="false" aria-label="stop replica 1" disabled`,
		`aria-pressed="false" aria-label="kill replica 2">`, "killed", "2 of 3 &lt;replicas&gt; answer.", "http://127.0.0.1:5000/",
		"start with -consul=dev to have one", "End all faults",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %s in\n%s", want, text)
		}
	}
	for _, inline := range []string{"<style", "style=", "onclick", "javascript:"} {
		if strings.Contains(text, inline) {
			t.Errorf("its policy forbids %s", inline)
		}
	}
	policy := w.Header().Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers %v", w.Header())
	}
	for _, asset := range []string{"/assets/panel.js", "/assets/panel.css"} {
		if w := call(h, http.MethodGet, asset, ""); w.Code != http.StatusOK || w.Body.Len() == 0 {
			t.Errorf("%s: %d", asset, w.Code)
		}
	}
}

func TestAnMS1ThatIsSilentIsToldInItsPlace(t *testing.T) {
	t.Parallel()
	h := panel.Handler(t.Context(), addr, panel.Options{
		Set: &faults.Set{}, Summary: func(context.Context) (string, error) { return "", errors.New("it is gone") },
	})
	text, err := io.ReadAll(call(h, http.MethodGet, "/faults", "").Body)
	if err != nil || !strings.Contains(string(text), "MS1 does not tell: it is gone") {
		t.Errorf("got %s, %v", text, err)
	}
}
