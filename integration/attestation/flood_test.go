package attestation_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/attest"
)

const (
	// senders send a flood, one token after the other each.
	senders = 64

	// stages is how many parts of a flood there are, after each of which the heap is measured.
	stages = 4

	// mostGrowth is by how much the live heap may differ between them.
	mostGrowth = 4 << 20

	// cooldown is how often a bad token may bring a request for keys.
	cooldown = 30 * time.Second

	// calmFor is how long checks are measured without a flood, for 100,000 tokens.
	calmFor = 5 * time.Second
)

// A bad signature may be that of another key by the same ID, so it has the keys fetched as an unknown key has.
func TestAFloodOfBadSignaturesIsRefusedAndFetchesOnceACooldown(t *testing.T) {
	w := newWorld(t)
	calm := w.calm()
	text, signature := lastDot(w.token("sid-flood"))
	keys, requests := w.keys.Load(), w.requests.Load()
	var refused atomic.Int64
	busy, took := w.flood("bad signatures", func(n int) {
		bad := fmt.Sprintf("%08d", n)
		v, err := w.client.Validate(t.Context(), fmt.Sprint("sid-flood-", n), sdk.AttestedBy(text+"."+bad+signature[len(bad):]))
		if errors.Is(err, sdk.ErrForged) && !v.Valid {
			refused.Add(1)
		}
	})
	asked := int64(len(busy["asked"])) + 1 // and what the cached ones are cached from
	if refused.Load() != int64(*floodFlag) || w.requests.Load()-requests > asked {
		t.Errorf("%d of %d refused, %d requests", refused.Load(), *floodFlag, w.requests.Load()-requests)
	}
	w.fetchedOnceACooldown(w.keys.Load()-keys, took)
	if got := w.stats().Forged[attest.ReasonSignature]; got != int64(*floodFlag) {
		t.Errorf("%d counted", got)
	}
	w.beside("beside a flood of bad signatures, and without", busy, calm)
}

// What names a key that nobody has is asked. Such a flood is one of checks, as without tokens, and beside those costs one fetch a
// cooldown. What bounds it is what bounds those: MS2_QUEUE_MAX, the batches in flight, and the limit of a user in sdk/middleware.
func TestAFloodOfUnknownKeysIsAskedAndFetchesOnceACooldown(t *testing.T) {
	w := newWorld(t)
	calm := w.calm()
	_, rest, _ := strings.Cut(w.token("sid-flood"), ".")
	keys := w.keys.Load()
	var invalid atomic.Int64
	asks := func(n int, opts ...sdk.CheckOption) {
		v, err := w.client.Validate(t.Context(), fmt.Sprint("flood-", n), opts...)
		if err == nil && !v.Valid && v.Origin == sdk.Fresh {
			invalid.Add(1)
		}
	}
	without, _ := w.flood("no tokens", func(n int) { asks(n) })
	if got := w.keys.Load() - keys; got != 0 {
		t.Errorf("%d requests for keys without a token", got)
	}
	busy, took := w.flood("unknown keys", func(n int) {
		head := fmt.Sprintf(`{"alg":"EdDSA","kid":"k%d","typ":"ms2-attest+jwt"}`, n)
		asks(n, sdk.AttestedBy(base64.RawURLEncoding.EncodeToString([]byte(head))+"."+rest))
	})
	if invalid.Load() != 2*int64(*floodFlag) {
		t.Errorf("%d of %d asked", invalid.Load(), 2**floodFlag)
	}
	w.fetchedOnceACooldown(w.keys.Load()-keys, took)
	if got := w.stats().Unusable[attest.ReasonUnknownKey]; got != int64(*floodFlag) {
		t.Errorf("%d counted", got)
	}
	w.beside("beside a flood of unknown keys, and without", busy, calm)
	w.beside("beside a flood of unknown keys, and one of SIDs without tokens", busy, without)
}

// fetchedOnceACooldown wants as many requests for keys as a flood of this length may bring.
func (w *world) fetchedOnceACooldown(got int64, took time.Duration) {
	w.Helper()
	if most := 1 + int64(took/cooldown); got < 1 || got > most {
		w.Errorf("%d requests for keys in %v, want 1 to %d", got, took, most)
	}
}

func lastDot(token string) (text, signature string) {
	i := strings.LastIndexByte(token, '.')
	return token[:i], token[i+1:]
}

// calm measures checks without a flood.
func (w *world) calm() probes {
	w.probe(func() { <-time.After(calmFor / 50) }) // connections, pools, code
	return w.probe(func() { <-time.After(calmFor * time.Duration(*floodFlag) / 100_000) })
}

// flood sends as many tokens as the flag says, as fast as they are answered, and measures other checks meanwhile.
func (w *world) flood(name string, send func(n int)) (busy probes, took time.Duration) {
	w.Helper()
	busy = probes{}
	least := live()
	most := least
	began := time.Now()
	for stage := range stages {
		from, to := *floodFlag*stage/stages, *floodFlag*(stage+1)/stages
		busy.add(w.probe(func() { sendAll(from, to, send) }))
		now := live()
		least, most = min(least, now), max(most, now)
	}
	took = time.Since(began)
	w.Logf("%d %s in %v: %.0f a second, live heap %d to %d KiB", *floodFlag, name, took.Round(time.Millisecond),
		float64(*floodFlag)/took.Seconds(), least>>10, most>>10)
	if most-least > mostGrowth {
		w.Errorf("the live heap differs by %d KiB", (most-least)>>10)
	}
	return busy, took
}

func sendAll(from, to int, send func(n int)) {
	var next atomic.Int64
	next.Store(int64(from))
	var group sync.WaitGroup
	for range senders {
		group.Go(func() {
			for n := next.Add(1) - 1; n < int64(to); n = next.Add(1) - 1 {
				send(int(n))
			}
		})
	}
	group.Wait()
}

// live is the heap in use after a collection.
func live() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
