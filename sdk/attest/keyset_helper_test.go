package attest

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
)

// The keys of these tests, as JSON Web Keys.
var (
	keyA = edKey("a", 1)
	keyB = edKey("b", 2)
	keyC = edKey("c", 3)
	keyE = ecKey("e")
)

// edKey is the same for the same seed.
func edKey(id string, seed byte) string {
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
	return fmt.Sprintf(`{"kty":"OKP","crv":"Ed25519","kid":%q,"use":"sig","alg":"EdDSA","x":%q}`, id, encoded(private.Public().(ed25519.PublicKey)))
}

func ecKey(id string) string {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	point, err := private.PublicKey.Bytes()
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf(`{"kty":"EC","crv":"P-256","kid":%q,"use":"sig","alg":"ES256","x":%q,"y":%q}`, id, encoded(point[1:33]), encoded(point[33:]))
}

func encoded(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// setOf is a key set of the issuer ms2.
func setOf(keys ...string) string { return setBy("ms2", keys...) }

func setBy(issuer string, keys ...string) string {
	return fmt.Sprintf(`{"ms2_issuer":%q,"keys":[%s]}`, issuer, strings.Join(keys, ","))
}

// keyServer is a RoundTripper with answers from a script.
type keyServer struct {
	began time.Time

	mu       sync.Mutex
	answer   func(*http.Request) (*http.Response, error)
	requests []*http.Request
	times    []time.Duration // of the requests, since it began
}

func (s *keyServer) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	s.requests, s.times = append(s.requests, r), append(s.times, time.Since(s.began))
	answer := s.answer
	s.mu.Unlock()
	return answer(r)
}

// answers sets what is answered from now on.
func (s *keyServer) answers(answer func(*http.Request) (*http.Response, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

// serves has it answer a set, with header fields in pairs.
func (s *keyServer) serves(set string, header ...string) { s.says(http.StatusOK, set, header...) }

func (s *keyServer) says(status int, body string, header ...string) {
	s.answers(func(*http.Request) (*http.Response, error) { return response(status, body, header...), nil })
}

func (s *keyServer) fails(err error) {
	s.answers(func(*http.Request) (*http.Response, error) { return nil, err })
}

func (s *keyServer) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.requests)
}

// last is the last request.
func (s *keyServer) last() *http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[len(s.requests)-1]
}

func response(status int, body string, header ...string) *http.Response {
	r := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

// keyBench is a Verifier under test.
type keyBench struct {
	*Verifier
	t      *testing.T
	server *keyServer
	logs   []string // guarded by mu
	mu     sync.Mutex
}

// inKeyBench runs a story in a bubble, with the keys kept from its begin on. prepare, which may be nil, is called before.
func inKeyBench(t *testing.T, prepare func(*keyServer), story func(*keyBench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := newKeyBench(t, VerifierOptions{Issuer: "ms2", Algorithms: []string{EdDSA}})
		if prepare != nil {
			prepare(b.server)
		}
		if err := b.Open(b.setup()); err != nil {
			t.Fatal(err)
		}
		b.run()
		story(b)
	})
}

func newKeyBench(t *testing.T, o VerifierOptions) *keyBench {
	b := &keyBench{Verifier: &Verifier{options: o}, t: t, server: &keyServer{began: time.Now()}}
	b.server.serves(setOf(keyA))
	return b
}

func (b *keyBench) setup() sdk.AttestationSetup {
	return sdk.AttestationSetup{Transport: b.server, Encrypted: true, Log: b.log}
}

// run keeps the keys until the test ends, and sees that this ends with its context.
func (b *keyBench) run() {
	ctx, cancel := context.WithCancel(b.t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		b.Run(ctx)
	}()
	synctest.Wait()
	b.t.Cleanup(func() {
		now := time.Now()
		cancel()
		<-ended
		if late := time.Since(now); late != 0 {
			b.t.Errorf("Run ended %v after its context", late)
		}
	})
}

func (b *keyBench) log(level slog.Level, message string, attrs ...slog.Attr) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.logs = append(b.logs, fmt.Sprint(level, " ", message, " ", attrs))
}

// logged counts the records of a level that have a text in them.
func (b *keyBench) logged(level slog.Level, text string) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, l := range b.logs {
		if strings.HasPrefix(l, level.String()+" ") && strings.Contains(l, text) {
			n++
		}
	}
	return n
}

func (b *keyBench) wantLogged(level slog.Level, text string, want int) {
	b.t.Helper()
	if got := b.logged(level, text); got != want {
		b.t.Errorf("%d records of %v with %q, want %d: %q", got, level, text, want, b.logs)
	}
}

// pass lets time pass.
func (b *keyBench) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// until is the time of the bench after its begin.
func (b *keyBench) until(at time.Duration) { b.pass(at - time.Since(b.server.began)) }

// renewed lets time pass until the next request was made, to a tenth of a second.
func (b *keyBench) renewed() {
	for n := b.server.count(); b.server.count() == n; {
		b.pass(100 * time.Millisecond)
	}
}

// asks has an unknown key seen.
func (b *keyBench) asks() {
	b.ring.unknown()
	synctest.Wait()
}

// has compares the keys in use.
func (b *keyBench) has(ids ...string) {
	b.t.Helper()
	got := slices.Sorted(maps.Keys(b.ring.current()))
	if !slices.Equal(got, ids) {
		b.t.Errorf("at %v: the keys are %q, want %q", time.Since(b.server.began), got, ids)
	}
}

// fetched compares how many requests there were.
func (b *keyBench) fetched(want int) {
	b.t.Helper()
	if got := b.server.count(); got != want {
		b.t.Errorf("at %v: %d requests, want %d: %v", time.Since(b.server.began), got, want, b.server.times)
	}
}

// key returns a key in use.
func (b *keyBench) key(id string) *key {
	b.t.Helper()
	k, _ := b.ring.find(id)
	if k == nil {
		b.t.Fatalf("no key %q", id)
	}
	return k
}

// trouble is what the statistics say is wrong, "" for nothing.
func (b *keyBench) trouble() string {
	if s := b.ring.stats(); s.Error != nil {
		return *s.Error
	}
	return ""
}

// hang answers nothing before the request's end.
func hang(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}
