package bounds_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"ms2.internal/lb/integration/registry/registrytest"
	"ms2.internal/lb/sdk"
)

var (
	entriesFlag = flag.Int("cache-entries", 10_000, "how many verdicts the cache of TestAFlood keeps; the SDK's default is 100000")
	floodFlag   = flag.Int("flood", defaultFlood, "how many SIDs that nobody knows TestAFlood throws at it")
	hotFlag     = flag.Int("hot", 2000, "how many SIDs are asked for again and again meanwhile, all of them as often")
)

const (
	// askers check side by side, one SID after the other.
	askers = 64

	// unknownPerHot is how many SIDs that nobody knows come with one of the hot ones.
	unknownPerHot = 4

	// warmth is how often each hot SID is asked for, on average, before and after the flood.
	warmth = 10

	// stages is how many parts of the flood are told of apart.
	stages = 10

	// mostDrop is by how many points the flood may lower the hot set's hit ratio.
	mostDrop = 5.0

	// floodBound is what may be live beside a full cache while it is flooded: what the callers and the batches under way hold.
	floodBound = 16 * mebibyte
)

// What is thrown at the cache is different SIDs, each asked for once, by many callers beside the hot ones: so do forgeries
// come. MS2 says of them that they are invalid, and that this may be kept.
func TestAFloodOfUnknownSIDsTakesNoMoreMemoryAndLeavesTheHotSetItsHits(t *testing.T) {
	f := &flood{t: t, client: newClient(t, sdk.Config{CacheEntries: *entriesFlag})}
	f.run(*hotFlag, 0)
	filling := f.fill()
	f.run(*hotFlag*warmth, 0)
	warm := liveNow()
	before := f.run(*hotFlag*warmth, 0)
	during := f.stages()
	after := f.run(*hotFlag*warmth, 0)
	registrytest.Eventually(t, "the cache is within its bound", func() bool { return f.entries() <= *entriesFlag })
	f.tellHits(filling, before, during, after)
	f.tellMemory(warm)
}

// flood is a client that is asked for hot SIDs and for unknown ones.
type flood struct {
	t      *testing.T
	client *sdk.Client
	thrown int // unknown SIDs, so far

	peak memory
	most int // entries at once
}

// part is what became of the hot checks of a part of the test.
type part struct{ hot, hits int64 }

func (p part) ratio() float64 { return 100 * float64(p.hits) / float64(p.hot) }

// fill has the cache full, as it is when a process has run for a while: until it is half full it counts nobody's popularity.
func (f *flood) fill() part { return f.run(*entriesFlag/unknownPerHot, unknownPerHot) }

// stages throws the flood in parts, and returns what became of the hot checks in each.
func (f *flood) stages() []part {
	stop := watch(f.look)
	defer stop()
	parts := make([]part, stages)
	for i := range parts {
		parts[i] = f.run(*floodFlag/stages/unknownPerHot, unknownPerHot)
	}
	return parts
}

func (f *flood) look() {
	now := memoryNow()
	f.peak.live, f.peak.objects = max(f.peak.live, now.live), max(f.peak.objects, now.objects)
	f.most = max(f.most, f.entries())
}

func (f *flood) entries() int { return f.client.Stats().Cache.Entries }

// run asks for so many hot SIDs, each drawn at random, and for some unknown ones after each.
func (f *flood) run(hot, unknown int) part {
	var next, hits atomic.Int64
	var asking sync.WaitGroup
	first := f.thrown
	for asker := range askers {
		chance := rand.New(rand.NewPCG(uint64(first), uint64(asker)))
		asking.Go(func() {
			for i := int(next.Add(1)) - 1; i < hot; i = int(next.Add(1)) - 1 {
				if f.check(fmt.Sprintf("hot:%d", 2*chance.IntN(*hotFlag))) == sdk.Cached {
					hits.Add(1)
				}
				for j := range unknown {
					f.check(fmt.Sprintf("unknown:%d", 2*(first+i*unknown+j)+1))
				}
			}
		})
	}
	asking.Wait()
	f.thrown += hot * unknown
	return part{hot: int64(hot), hits: hits.Load()}
}

// check asks for a SID, fails the test unless the verdict is right, and returns where it comes from.
func (f *flood) check(sid string) sdk.Origin {
	v, err := f.client.Validate(f.t.Context(), sid)
	if err != nil || v.SID != sid || v.Valid != genuine(sid) {
		f.t.Errorf("%s: %+v, %v", sid, v, err)
	}
	return v.Origin
}

// tellHits says what the flood did to the hot set, and fails the test when that is too much.
func (f *flood) tellHits(filling, before part, during []part, after part) {
	var whole part
	worst := during[0]
	for _, p := range during {
		whole.hot, whole.hits = whole.hot+p.hot, whole.hits+p.hits
		if p.ratio() < worst.ratio() {
			worst = p
		}
	}
	f.t.Logf("%d hot SIDs and %d unknown ones, 1:%d, at a cache of %d", *hotFlag, *floodFlag, unknownPerHot, *entriesFlag)
	f.t.Logf("hits of the hot set: while it filled %.2f %%, before %.2f %%, during %.2f %% (worst tenth %.2f %%), after %.2f %%; "+
		"drop %.2f points (promised %.0f)", filling.ratio(), before.ratio(), whole.ratio(), worst.ratio(), after.ratio(),
		before.ratio()-whole.ratio(), mostDrop)
	for _, p := range []part{whole, after} {
		if drop := before.ratio() - p.ratio(); drop >= mostDrop {
			f.t.Errorf("the hot set's hit ratio fell by %.2f points", drop)
		}
	}
}

// tellMemory says what the cache holds beside what it held before the flood, and fails the test when that is too much.
func (f *flood) tellMemory(warm int64) {
	f.t.Logf("entries at most %d, now %d; %d evicted; live before %.1f MiB, at most %.1f, now %.1f; with garbage at most %.1f",
		f.most, f.entries(), f.client.Stats().Cache.Evictions, inMebibytes(warm), inMebibytes(f.peak.live), inMebibytes(liveNow()),
		inMebibytes(f.peak.objects))
	if more := f.peak.live - warm; more > floodBound {
		f.t.Errorf("%.1f MiB more were live than before, want at most %d", inMebibytes(more), floodBound/mebibyte)
	}
}
