package consul

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"ms2.internal/lb/discovery"
)

// failoverAfter is how long after the start a datacenter that has told of no set is waited for.
const failoverAfter = 3 * time.Second

// failover watches several datacenters and tells of the best that has an instance. It is used by one goroutine alone.
type failover struct {
	update  func(discovery.Snapshot)
	sites   []site
	last    []discovery.Snapshot // what each told last, with its whole set; nil before its first
	inUse   int                  // -1 before the first set
	settled bool                 // those that told of no set were waited for
}

// news is a snapshot of one datacenter.
type news struct {
	from     int
	snapshot discovery.Snapshot
}

func newFailover(sites []site, update func(discovery.Snapshot)) *failover {
	return &failover{update: update, sites: sites, last: make([]discovery.Snapshot, len(sites)), inUse: -1}
}

// run watches each datacenter on its own goroutine until ctx ends, and tells from the caller's.
func (f *failover) run(ctx context.Context) {
	all := make(chan news)
	var watchers sync.WaitGroup
	defer watchers.Wait()
	for i, s := range f.sites {
		w := newWatcher(s, func(snapshot discovery.Snapshot) { hand(ctx, all, news{i, snapshot}) })
		watchers.Go(func() { w.run(ctx) })
	}
	patience := time.NewTimer(failoverAfter)
	defer patience.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case n := <-all:
			f.note(n)
		case <-patience.C:
			f.settle()
		}
	}
}

// hand gives n to the goroutine that tells, unless ctx ends first.
func hand(ctx context.Context, all chan<- news, n news) {
	select {
	case all <- n:
	case <-ctx.Done():
	}
}

// settle ends the waiting for those that told of no set.
func (f *failover) settle() {
	f.settled = true
	if f.best() != f.inUse {
		f.choose(-1)
	}
}

// note keeps what a datacenter told.
func (f *failover) note(n news) {
	set := f.last[n.from].Instances
	f.last[n.from] = n.snapshot
	if n.snapshot.Instances == nil {
		f.last[n.from].Instances = set
		f.choose(-1)
		return
	}
	f.choose(n.from)
}

// choose tells of the best datacenter; changed is one whose set is new, -1 for none.
func (f *failover) choose(changed int) {
	best := f.best()
	if best == f.inUse && best < 0 {
		f.tell(f.last[0], nil) // nothing is known yet, but perhaps why
		return
	}
	var set []discovery.Instance
	if best != f.inUse || changed == best {
		set = slices.Clone(f.last[best].Instances)
	}
	f.inUse = best
	f.tell(f.last[best], set)
}

// best is the first datacenter with an instance, among none the first that knows of its set. One that has told of no set
// is waited for, and so are all after it.
func (f *failover) best() int {
	empty := -1
	for i, s := range f.last {
		switch {
		case len(s.Instances) > 0:
			return i
		case s.Instances == nil && !f.settled:
			return f.inUse
		case s.Instances != nil && empty < 0:
			empty = i
		}
	}
	if empty < 0 {
		return f.inUse
	}
	return empty
}

func (f *failover) tell(s discovery.Snapshot, set []discovery.Instance) {
	if s.Detail == nil {
		return // a datacenter that has told nothing at all
	}
	s.Instances, s.Dropped, s.Detail = set, slices.Clone(s.Dropped), maps.Clone(s.Detail)
	if f.inUse > 0 {
		s.Detail["failover"] = f.reason()
	}
	f.update(s)
}

// reason is why the first datacenter is not in use.
func (f *failover) reason() string {
	name := f.sites[0].name()
	switch first := f.last[0]; {
	case first.Err != nil:
		return fmt.Sprintf("%s can't be asked: %v", name, first.Err)
	case first.Instances == nil:
		return name + " has not answered"
	}
	return name + " has no usable instance"
}
