package adopter_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// blocks are the fenced blocks of a language below a heading of the README.
func blocks(t *testing.T, heading, language string) (blocks []string) {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(readme), "\n## "+heading+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	for i, part := range strings.Split(section, "\n```") {
		if text, ok := strings.CutPrefix(part, language+"\n"); ok && i%2 == 1 {
			blocks = append(blocks, text)
		}
	}
	if len(blocks) == 0 {
		t.Fatalf("the README has no block of %q below %q", language, heading)
	}
	return blocks
}

// module is the adopter's.
type module struct {
	t   *testing.T
	dir string
}

// newModule makes a module with one file, and runs the README's lines in it.
func newModule(t *testing.T, source string, lines ...string) module {
	t.Helper()
	m := module{t, t.TempDir()}
	m.run("go", "mod", "init", "adopter.test")
	if err := os.WriteFile(filepath.Join(m.dir, "main.go"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		m.run("sh", "-ec", strings.ReplaceAll(line, "../ms2-lb", root))
	}
	m.run("go", "mod", "tidy")
	return m
}

// run runs a command in the module and returns what it prints.
func (m module) run(name string, args ...string) string {
	m.t.Helper()
	cmd := exec.CommandContext(m.t.Context(), name, args...)
	cmd.Dir = m.dir
	cmd.Env = append(cmd.Environ(), "GOWORK=off", "GOFLAGS=")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		m.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, &stderr)
	}
	return string(out)
}

// jose is what attestations need and nobody else must have.
const jose = "go-jose"

const ms1 = `package main

import (
	"context"
	"errors"
	"log/slog"

	"ms2.internal/lb/sdk"
)

func main() {}

func check(ctx context.Context, order struct{ ProductSID, VendorSID string }) error {
	SNIPPET
	return err
}
`

func TestTheREADMEsLinesForMS1BuildAndBringNoJOSE(t *testing.T) {
	t.Parallel()
	const heading = "Use it from MS1"
	m := newModule(t, strings.Replace(ms1, "SNIPPET", blocks(t, heading, "go")[0], 1), blocks(t, heading, "")...)
	m.run("go", "vet", "./...")
	for _, list := range []string{m.run("go", "list", "-m", "all"), m.run("go", "list", "-deps", "./..."), m.run("cat", "go.sum")} {
		if strings.Contains(list, jose) || strings.Contains(list, "sdk/attest") {
			t.Errorf("who imports the SDK alone gets %s", list)
		}
	}
}

const attested = `package main

import (
	"context"
	"net/http"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/attest"
	"ms2.internal/lb/sdk/middleware"
	"ms2.internal/lb/sdk/protocol"
)

func main() {}

func sign(store protocol.Store, userID string) error {
	SIGNER
	_, _ = handler, token
	return err
}

func check(ctx context.Context, cfg sdk.Config, checks []sdk.Check, productToken, vendorToken, userID string) error {
	VERIFIER
	_ = verdicts
	return err
}

func guard(client *sdk.Client, mux *http.ServeMux, orders http.Handler, userOf func(*http.Request) string) error {
	MIDDLEWARE
	return nil
}
`

func TestTheREADMEsLinesForAttestationsBuild(t *testing.T) {
	t.Parallel()
	const heading = "Without a request: attestations"
	code := blocks(t, heading, "go")
	lines := append(blocks(t, "Use it from MS1", ""), blocks(t, heading, "")...)
	m := newModule(t, strings.NewReplacer("SIGNER", code[0], "VERIFIER", code[1], "MIDDLEWARE", code[2]).Replace(attested), lines...)
	m.run("go", "vet", "./...")
	if !strings.Contains(m.run("go", "list", "-deps", "./..."), jose) {
		t.Error("this test looks for the wrong name")
	}
}
