package chromium

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// The one version of axe-core, and its checksum as npm has it.
const (
	axeVersion  = "4.14.1"
	axeChecksum = "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
)

// AxeReady has axe-core in the user's cache directory, below ms2-lb: from npm's registry as npm is configured, the first time. When
// there is no npm, it installs Debian's package, as [Ready] does.
func AxeReady(ctx context.Context, progress io.Writer) error {
	_, err := axePackage(ctx, progress)
	return err
}

// axePackage is npm's package of axe-core, with the right checksum.
func axePackage(ctx context.Context, progress io.Writer) ([]byte, error) {
	dir, err := cacheDir()
	if err != nil {
		return nil, err
	}
	name := "axe-core-" + axeVersion + ".tgz"
	kept := filepath.Join(dir, name)
	if text, err := os.ReadFile(kept); err == nil && checksum(text) == axeChecksum {
		return text, nil
	}
	temp, err := os.MkdirTemp(dir, "axe-core-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp)
	if err := npmPack(ctx, progress, temp); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(temp, name))
	if err != nil {
		return nil, err
	}
	if sum := checksum(text); sum != axeChecksum {
		return nil, fmt.Errorf("npm's axe-core %s has the checksum %s, not the pinned %s: nothing of it was run", axeVersion, sum, axeChecksum)
	}
	return text, os.Rename(filepath.Join(temp, name), kept)
}

// npmPack has npm put the package into a directory.
func npmPack(ctx context.Context, progress io.Writer, dir string) error {
	npm, err := ready(ctx, progress, func() (string, error) { return exec.LookPath("npm") }, "npm")
	if err != nil {
		return fmt.Errorf("axe-core comes from npm: %w", err)
	}
	cmd := exec.CommandContext(ctx, npm, "pack", "--silent", "axe-core@"+axeVersion)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm pack axe-core@%s: %w\n%s", axeVersion, err, out)
	}
	return nil
}

// checksum is the SHA-512 of a package as npm writes it.
func checksum(text []byte) string {
	sum := sha512.Sum512(text)
	return "sha512-" + base64.StdEncoding.EncodeToString(sum[:])
}

// axeScript is axe-core's script, read once.
var axeScript = sync.OnceValues(func() (string, error) {
	text, err := axePackage(context.Background(), os.Stderr)
	if err != nil {
		return "", err
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return "", err
	}
	for files := tar.NewReader(unzipped); ; {
		file, err := files.Next()
		if errors.Is(err, io.EOF) {
			return "", errors.New("axe-core's package has no axe.min.js")
		}
		if err != nil {
			return "", err
		}
		if file.Name == "package/axe.min.js" {
			script, err := io.ReadAll(files)
			return string(script), err
		}
	}
})

// Violation is a rule of axe-core's that the page breaks.
type Violation struct {
	// Rule is axe-core's name of it, such as color-contrast.
	Rule string `json:"id"`

	// Impact is minor, moderate, serious or critical.
	Impact string `json:"impact"`

	// Help says what to do.
	Help string `json:"help"`

	// Nodes are the elements that break it.
	Nodes []Node `json:"nodes"`
}

// Node is an element of the page.
type Node struct {
	// HTML is its beginning.
	HTML string `json:"html"`

	// Summary is how to mend it.
	Summary string `json:"failureSummary"`
}

// Grave reports whether the violation keeps some people from using the page: its impact is serious or critical.
func (v Violation) Grave() bool { return v.Impact == "serious" || v.Impact == "critical" }

// Axe has axe-core look at the page as it is now, and returns what it finds.
func (p *Page) Axe(ctx context.Context) ([]Violation, error) {
	there, err := Evaluate[bool](ctx, p, "!!window.axe")
	if err != nil {
		return nil, err
	}
	look := `axe.run({resultTypes: ["violations"]}).then(result => result.violations)`
	if !there {
		script, err := axeScript()
		if err != nil {
			return nil, err
		}
		look = script + ";" + look
	}
	return Evaluate[[]Violation](ctx, p, look)
}
