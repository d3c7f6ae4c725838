package attempt

import (
	"context"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk/internal/cache"
	"ms2.internal/lb/sdk/internal/hook"
	"ms2.internal/lb/sdk/internal/transport"
)

// Options are what a [Sender] needs to know. All of them were checked before.
type Options struct {
	transport.Options
	Context      context.Context // ends when the client closes
	Scheme       string
	Protocol     string // "auto", "batch" or "single"
	Single       Template
	SIDAt        Pointer // in the body of the single door's 200
	BareNotFound bool    // a 404 of the single door without a word of the SID is invalid, if the control is valid
	MaxAge       time.Duration
	Token        *transport.Token
}

// Sender sends attempts. It may be used concurrently.
type Sender struct {
	options   Options
	transport *transport.Transport
	born      time.Time
	sites     atomic.Pointer[map[string]*site] // by instance ID
	running   sync.WaitGroup                   // what asks for controls
	controls  atomic.Int64
	valid     atomic.Pointer[string] // a SID that a replica called valid, where that is needed; nil for none
}

// New returns a sender that knows no replica. The error names what of the TLS files is wrong.
func New(o Options, guard *hook.Guard) (*Sender, error) {
	t, err := transport.New(o.Options, guard)
	if err != nil {
		return nil, err
	}
	s := &Sender{options: o, transport: t, born: time.Now()}
	s.sites.Store(&map[string]*site{})
	return s, nil
}

// Update replaces the set of replicas: first with the new ones added, so that then may tell others of them, and
// with the removed ones gone, their idle connections closed, when it returns.
func (s *Sender) Update(instances []discovery.Instance, then func()) {
	old := *s.sites.Load()
	sites := make(map[string]*site, len(instances))
	for _, instance := range instances {
		sites[instance.ID] = renew(old[instance.ID], instance)
	}
	all := maps.Clone(old)
	maps.Copy(all, sites)
	s.transport.Update(instances, func() {
		s.sites.Store(&all)
		then()
		s.sites.Store(&sites)
	})
}

// Close closes the idle connections, once Options.Context has ended.
func (s *Sender) Close() {
	s.running.Wait()
	s.transport.Close()
}

// Controls is how many requests for controls were made.
func (s *Sender) Controls() int64 { return s.controls.Load() }

// Connections is how many connections are open to an address; not known where the adopter's transport makes its own.
func (s *Sender) Connections(addr string) (open int64, known bool) {
	return s.transport.Connections(addr)
}

// Knows reports whether a replica is in the set.
func (s *Sender) Knows(id string) bool { return s.site(id) != nil }

// site is what is remembered of a replica, nil for one that is not known.
func (s *Sender) site(id string) *site { return (*s.sites.Load())[id] }

// Doored returns the door to ask the replica by for now.
func (s *Sender) Doored(id string) cache.Door {
	switch s.options.Protocol {
	case "batch":
		return cache.Batch
	case "single":
		return cache.Single
	}
	if site := s.site(id); site != nil && !site.batchDoor(time.Now()) {
		return cache.Single
	}
	return cache.Batch
}

// Send asks a replica for the items, which name different SIDs, by the given door; the single door takes one item.
// remaining is what is left of the callers' time, which the replica is told of.
func (s *Sender) Send(ctx context.Context, instance discovery.Instance, door cache.Door, items []Item, remaining time.Duration) Reply {
	site := s.site(instance.ID)
	if site == nil {
		return Reply{Next: Retry, Err: transport.ErrRemoved}
	}
	var r Reply
	if door == cache.Single {
		r = s.single(ctx, site, items[0], remaining)
	} else {
		r = s.batch(ctx, site, items, remaining)
	}
	r.Door = door
	return r
}
