package consulagent

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
)

// consulPackage is the command that the module integration/consultool pins as a Go tool.
const consulPackage = "github.com/hashicorp/consul"

// pin is the module that pins the agent.
type pin struct {
	dir     string // of the module
	version string // of the agent
}

var pinnedVersion = regexp.MustCompile(`(?m)^\s*(?:require\s+)?` + regexp.QuoteMeta(consulPackage) + `\s+(v\S+)`)

// findPin reads the version from the module file itself, so that no second place can disagree with it.
func findPin(ctx context.Context) (pin, error) {
	integration, err := moduleDir(ctx)
	if err != nil {
		return pin{}, fmt.Errorf("finding the module that pins the Consul agent: %w", err)
	}
	dir := filepath.Join(integration, "consultool")
	file := filepath.Join(dir, "go.mod")
	text, err := os.ReadFile(file)
	if err != nil {
		return pin{}, fmt.Errorf("reading the pinned version of the Consul agent: %w", err)
	}
	match := pinnedVersion.FindSubmatch(text)
	if match == nil {
		return pin{}, fmt.Errorf("%s requires no %s", file, consulPackage)
	}
	return pin{dir: dir, version: string(match[1])}, nil
}

// moduleDir is the directory of the module integration: two above this file where the compiler recorded its path, else
// (-trimpath) where the go command finds it from the working directory.
func moduleDir(ctx context.Context) (string, error) {
	if _, file, _, ok := runtime.Caller(0); ok && filepath.IsAbs(file) && isFile(file) {
		return filepath.Dir(filepath.Dir(file)), nil
	}
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "ms2.internal/lb/integration").Output()
	return strings.TrimSpace(string(out)), err
}
