package sdk_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/maypok86/otter/v2"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// genuineStore is a store in which every SID is genuine, which takes its time.
type genuineStore struct{ takes time.Duration }

func (s genuineStore) Lookup(_ context.Context, sids []string) (map[string]protocol.Entity, error) {
	if s.takes > 0 {
		<-time.After(s.takes)
	}
	found := make(map[string]protocol.Entity, len(sids))
	for _, sid := range sids {
		found[sid] = protocol.Entity{Kind: "product", Version: "3"}
	}
	return found, nil
}

// benchServer is an MS2 on loopback, and a client of it.
func benchServer(tb testing.TB, store genuineStore, o protocol.HandlerOptions, cfg sdk.Config, opts ...sdk.Option) (*wireServer, *sdk.Client) {
	tb.Helper()
	s := newWireServer(protocol.NewHandler(store, o).ServeHTTP)
	s.Start()
	tb.Cleanup(s.Close)
	cfg.Endpoints, cfg.Timeout, cfg.AttemptTimeout = []string{s.addr()}, time.Minute, 30*time.Second
	client, err := sdk.New(cfg, opts...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { client.Close() })
	return s, client
}

// cachedClient is a client that has a fresh verdict for usb:046d.
func cachedClient(tb testing.TB) *sdk.Client {
	tb.Helper()
	_, client := benchServer(tb, genuineStore{}, protocol.HandlerOptions{MaxAge: time.Hour}, sdk.Config{})
	if v, err := client.Validate(tb.Context(), "usb:046d"); err != nil || !v.Valid {
		tb.Fatal(err)
	}
	return client
}

func TestACachedVerdictAllocatesNothingOptionsIncluded(t *testing.T) {
	client, ctx := cachedClient(t), t.Context()
	for name, check := range map[string]func() (sdk.Verdict, error){
		"bare": func() (sdk.Verdict, error) { return client.Validate(ctx, "usb:046d") },
		"MaxAge and HasVersion": func() (sdk.Verdict, error) {
			return client.Validate(ctx, "usb:046d", sdk.MaxAge(time.Hour), sdk.HasVersion("3"))
		},
		"another version, asked anew just now": func() (sdk.Verdict, error) {
			return client.Validate(ctx, "usb:046d", sdk.HasVersion("4"))
		},
	} {
		if _, err := check(); err != nil {
			t.Fatal(err)
		}
		var v sdk.Verdict
		allocs := testing.AllocsPerRun(1000, func() { v, _ = check() })
		if allocs != 0 || v.Origin != sdk.Cached {
			t.Errorf("%s: %v allocations, origin %v", name, allocs, v.Origin)
		}
	}
}

// BenchmarkValidateCached sets a check that is answered from memory beside the get of the cache library.
func BenchmarkValidateCached(b *testing.B) {
	client, ctx := cachedClient(b), b.Context()
	bare := otter.Must(&otter.Options[string, *sdk.Verdict]{MaximumSize: 1000})
	bare.Set("usb:046d", &sdk.Verdict{Valid: true})
	const chunk = 1000
	var ours, theirs time.Duration
	b.ReportAllocs()
	for left := b.N; left > 0; left -= chunk {
		began := time.Now()
		for range min(chunk, left) {
			if v, _ := client.Validate(ctx, "usb:046d"); !v.Valid {
				b.Fatal("not valid")
			}
		}
		between := time.Now()
		for range min(chunk, left) {
			if v, _ := bare.GetIfPresent("usb:046d"); !v.Valid {
				b.Fatal("not valid")
			}
		}
		ours, theirs = ours+between.Sub(began), theirs+time.Since(between)
	}
	reportBeside(b, ours, theirs, b.N, "otter-get")
}

// reportBeside reports n runs of ours beside n of a baseline.
func reportBeside(b *testing.B, ours, theirs time.Duration, n int, baseline string) {
	b.Helper()
	b.ReportMetric(0, "ns/op") // it would count both
	b.ReportMetric(float64(ours.Nanoseconds())/float64(n), "ns/validate")
	b.ReportMetric(float64(theirs.Nanoseconds())/float64(n), "ns/"+baseline)
	b.ReportMetric(float64(ours)/float64(theirs), "ratio")
}

// bareClient is what one would write without this package.
func bareClient() *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 128, MaxConnsPerHost: 128, DisableCompression: true}}
}

// barePost asks for SIDs by net/http alone.
func barePost(tb testing.TB, client *http.Client, url string, body []byte) {
	resp, err := client.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		tb.Error(err)
		return
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != 200 {
		tb.Error(resp.Status, err)
	}
	resp.Body.Close()
}

// BenchmarkValidateUncached sets a lone check that has to be asked beside a bare POST of the same body.
func BenchmarkValidateUncached(b *testing.B) {
	s, client := benchServer(b, genuineStore{}, protocol.HandlerOptions{}, sdk.Config{CacheEntries: sdk.Off})
	bare, ctx := bareClient(), b.Context()
	defer bare.CloseIdleConnections()
	body := protocol.AppendRequest(nil, []protocol.Item{{SID: "usb:046d"}})
	barePost(b, bare, s.URL+protocol.PathBatch, body)
	if _, err := client.Validate(ctx, "usb:046d"); err != nil {
		b.Fatal(err)
	}
	var ours, theirs time.Duration
	b.ResetTimer()
	for range b.N {
		began := time.Now()
		if _, err := client.Validate(ctx, "usb:046d"); err != nil {
			b.Fatal(err)
		}
		between := time.Now()
		barePost(b, bare, s.URL+protocol.PathBatch, body)
		ours, theirs = ours+between.Sub(began), theirs+time.Since(between)
	}
	reportBeside(b, ours, theirs, b.N, "post")
	b.ReportMetric(float64((ours-theirs).Microseconds())/float64(b.N), "µs-overhead")
}

// BenchmarkManyChecks sets 5,000 concurrent checks of 500 SIDs, without a cache, beside one request for each check.
func BenchmarkManyChecks(b *testing.B) {
	for _, takes := range []time.Duration{0, time.Millisecond} {
		b.Run(fmt.Sprintf("service=%v", takes), func(b *testing.B) { manyChecks(b, takes) })
	}
}

func manyChecks(b *testing.B, takes time.Duration) {
	const checks, distinct = 5000, 500
	s, client := benchServer(b, genuineStore{takes}, protocol.HandlerOptions{}, sdk.Config{CacheEntries: sdk.Off})
	bare, ctx := bareClient(), b.Context()
	defer bare.CloseIdleConnections()
	var sids [distinct]string
	var bodies [distinct][]byte
	for i := range distinct {
		sids[i] = fmt.Sprintf("usb:%04x", i)
		bodies[i] = protocol.AppendRequest(nil, []protocol.Item{{SID: sids[i]}})
	}
	var ours, theirs time.Duration
	var requests int64
	b.ResetTimer()
	for range b.N {
		before := s.requests.Load()
		ours += allAtOnce(checks, func(i int) {
			if v, err := client.Validate(ctx, sids[i%distinct]); err != nil || !v.Valid {
				b.Error(err)
			}
		})
		requests += s.requests.Load() - before
		theirs += allAtOnce(checks, func(i int) { barePost(b, bare, s.URL+protocol.PathBatch, bodies[i%distinct]) })
	}
	reportBeside(b, ours, theirs, b.N*checks, "post")
	b.ReportMetric(float64(requests)/float64(b.N*checks), "requests/check")
	b.ReportMetric(float64(theirs)/float64(ours), "times-the-throughput")
}

// allAtOnce is how long n concurrent calls take, from the moment that all of them may begin.
func allAtOnce(n int, call func(i int)) time.Duration {
	var group, ready sync.WaitGroup
	var next atomic.Int64
	start := make(chan struct{})
	ready.Add(n)
	for range n {
		group.Go(func() {
			i := int(next.Add(1) - 1)
			ready.Done()
			<-start
			call(i)
		})
	}
	ready.Wait()
	began := time.Now()
	close(start)
	group.Wait()
	return time.Since(began)
}
