package cache_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unsafe"

	"ms2.internal/lb/sdk/internal/cache"
)

func of(t *testing.T, size int) *cache.Cache {
	t.Helper()
	c, err := cache.New(size)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAnEntryIsFoundInWhateverStateUntilItIsForgotten(t *testing.T) {
	c, e := of(t, 10), asked()
	e.Asked = e.Asked.Add(-time.Hour)
	c.Put("a", e)
	if c.Get("a") != e || c.Get("A") != nil {
		t.Error("not found, or found by another name")
	}
	c.Forget("a")
	c.Forget("a")
	if c.Get("a") != nil {
		t.Error("found after it was forgotten")
	}
}

func TestTheEntryThatWasAskedLastStays(t *testing.T) {
	c, old, young := of(t, 10), asked(), asked()
	young.Asked = old.Asked.Add(1)
	c.Put("a", young)
	c.Put("a", old)
	if c.Get("a") != young {
		t.Error("an older answer replaced a younger one")
	}
	c.Put("a", &cache.Entry{Asked: old.Asked})
	if c.Get("a") != young {
		t.Error("an older answer that may not be kept removed a younger one")
	}
	c.Put("a", &cache.Entry{Asked: young.Asked.Add(1)})
	if c.Get("a") != nil {
		t.Error("an answer that may not be kept left what was believed before")
	}
}

func TestARecheckIsBoundedAcrossTheEntriesOfASID(t *testing.T) {
	c, e := of(t, 10), asked()
	c.Put("a", e)
	e.ClaimRecheck(time.Now(), time.Hour)
	next := asked()
	c.Put("a", next)
	if next.ClaimRecheck(time.Now(), time.Hour) {
		t.Error("a new entry of the SID may be asked anew at once")
	}
}

func TestASIDIsKeptWithoutTheBodyItWasASliceOf(t *testing.T) {
	body := strings.Repeat("x", 1<<20) + "usb:046d"
	sid := body[1<<20:]
	c := of(t, 10)
	c.Put(sid, asked())
	for key := range c.Keys() {
		if unsafe.StringData(key) == unsafe.StringData(sid) {
			t.Error("the body is kept")
		}
	}
}

func TestTheCacheIsBoundedAndKeepsWhatIsAskedOften(t *testing.T) {
	const size, hot, rounds = 1000, 100, 50_000
	c, misses := of(t, size), 0
	for i := range rounds {
		c.Put(fmt.Sprint("cold", i), asked())
		if sid := fmt.Sprint("hot", i%hot); c.Get(sid) == nil {
			c.Put(sid, asked())
			misses++
		}
	}
	c.CleanUp()
	if entries, evictions := c.Stats(); entries > size || evictions < rounds-size {
		t.Errorf("%d entries, %d evictions", entries, evictions)
	}
	if misses > rounds/10 {
		t.Errorf("a flood of SIDs asked once drove out those asked often: %d misses of %d", misses, rounds)
	}
}

func TestForgettingIsNoEviction(t *testing.T) {
	c := of(t, 10)
	c.Put("a", asked())
	c.Put("a", asked())
	c.Forget("a")
	if entries, evictions := c.Stats(); entries != 0 || evictions != 0 {
		t.Errorf("%d entries, %d evictions", entries, evictions)
	}
}

func TestACacheOfNoSizeKeepsNothing(t *testing.T) {
	for _, size := range []int{0, -1} {
		c := of(t, size)
		c.Put("a", asked())
		c.Forget("a")
		if entries, evictions := c.Stats(); c.Get("a") != nil || entries != 0 || evictions != 0 {
			t.Errorf("size %d keeps something", size)
		}
	}
}

func TestAHitAllocatesNothing(t *testing.T) {
	c := of(t, 10)
	c.Put("a", asked())
	if n := testing.AllocsPerRun(1000, func() { c.Get("a") }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
