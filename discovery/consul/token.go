package consul

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/hashicorp/consul/api"
)

// maxToken is how much of a token file is read; a token is a UUID or, at the most, a few KiB.
const maxToken = 16 << 10

// token is the secret that goes with each query. Consul's client reads the file of one only once; here it is read again
// before each query, so that a token that was renewed or revoked on disk is the one in use. It is safe for concurrent use.
type token struct {
	file string // "" when the token is fixed

	mu      sync.Mutex
	value   string
	earlier string // the one before: the agent may still speak of it
	err     error  // why the file can't be read now; the last good token stays in use
}

// tokenFile is the file that the client takes the token of config from, by its own order: a file that was given, a token
// that was given, the environment's file, the environment's token.
func tokenFile(config *api.Config) string {
	environment := api.DefaultConfig()
	switch {
	case config.TokenFile != "" && config.TokenFile != environment.TokenFile:
		return config.TokenFile
	case config.Token != "" && config.Token != environment.Token:
		return ""
	}
	return environment.TokenFile
}

// current is the token to send now. An empty file counts as one that is being written.
func (t *token) current() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file == "" {
		return t.value
	}
	var read string
	read, t.err = readToken(t.file)
	if read != "" && read != t.value {
		t.earlier, t.value = t.value, read
	}
	return t.value
}

func readToken(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("the token file can't be read: %w", err)
	}
	defer func() { _ = file.Close() }()
	content, err := io.ReadAll(io.LimitReader(file, maxToken))
	if err != nil {
		return "", fmt.Errorf("the token file can't be read: %w", err)
	}
	read := strings.TrimSpace(string(content))
	if read == "" {
		return "", fmt.Errorf("the token file %s is empty", path)
	}
	return read, nil
}

// trouble says what is wrong with the file, "" when nothing is.
func (t *token) trouble() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err == nil {
		return ""
	}
	return t.err.Error() + "; the last token stays in use"
}

// strike takes the token, and the one before, out of words that are to be shown.
func (t *token) strike(words string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, secret := range []string{t.value, t.earlier} {
		if secret != "" {
			words = strings.ReplaceAll(words, secret, "[token]")
		}
	}
	return words
}
