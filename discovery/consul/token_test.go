package consul_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/discovery/consul"
)

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// tokens are those that the queries carried, each once, in order.
func (f *fakeAgent) tokens() string {
	var sent []string
	for _, q := range f.asked() {
		if token := q.header.Get("X-Consul-Token"); len(sent) == 0 || sent[len(sent)-1] != token {
			sent = append(sent, token)
		}
	}
	return strings.Join(sent, " ")
}

func TestTokenFileIsReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "token")
		writeFile(t, path, "first-secret\n")
		f := newFakeAgent(t)
		f.set(10, replica("a"))
		config := f.api()
		config.TokenFile = path
		w := watch(t, newSourceOf(t, consul.Config{Service: "ms2", API: config}))
		writeFile(t, path, "second-secret\n")
		f.replyAlways(status(403, "ACL not found: first-secret or second-secret"))
		pass(2 * time.Second)
		if got := f.tokens(); got != "first-secret second-secret" {
			t.Errorf("sent the tokens %q", got)
		}
		if shown := w.last(t).Err.Error(); strings.Contains(shown, "secret") {
			t.Errorf("shown: %s", shown)
		}
		f.replyAlways(nil)
		pass(2 * time.Second)
		if s := w.last(t); s.Err != nil || s.Detail["token"] != "" {
			t.Errorf("told %+v", s)
		}
	})
}

func TestLastTokenStaysWhileItsFileIsGoneOrEmpty(t *testing.T) {
	for name, spoil := range map[string]func(path string) error{
		"gone":  os.Remove,
		"empty": func(path string) error { return os.Truncate(path, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "token")
				writeFile(t, path, "secret")
				t.Setenv("CONSUL_HTTP_TOKEN_FILE", path)
				f := newFakeAgent(t)
				f.set(10, replica("a"))
				w := watch(t, newSource(t, f))
				if err := spoil(path); err != nil {
					t.Fatal(err)
				}
				f.set(11, replica("b"))
				pass(time.Minute)
				if s := w.last(t); f.tokens() != "secret" || s.Err != nil || !strings.Contains(s.Detail["token"], "token file") {
					t.Errorf("sent %q and told %+v", f.tokens(), s)
				}
			})
		})
	}
}

func TestTokenIsChosenAsConsulsClientDoes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	other := filepath.Join(t.TempDir(), "other")
	writeFile(t, file, "environments-file")
	writeFile(t, other, "given-file")
	for name, c := range map[string]struct {
		change func(*api.Config)
		want   string
	}{
		"the environment's file over its token": {func(*api.Config) {}, "environments-file"},
		"a given token":                         {func(c *api.Config) { c.Token = "given" }, "given"},
		"a given file over a given token":       {func(c *api.Config) { c.Token, c.TokenFile = "given", other }, "given-file"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				t.Setenv("CONSUL_HTTP_TOKEN_FILE", file)
				t.Setenv("CONSUL_HTTP_TOKEN", "environments")
				f := newFakeAgent(t)
				f.set(10, replica("a"))
				config := f.api()
				c.change(config)
				watch(t, newSourceOf(t, consul.Config{Service: "ms2", API: config}))
				f.set(11, replica("a"))
				pass(time.Second)
				if got := f.tokens(); got != c.want {
					t.Errorf("sent %q, want %q", got, c.want)
				}
			})
		})
	}
}
