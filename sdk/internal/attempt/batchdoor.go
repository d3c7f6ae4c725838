package attempt

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/cache"
	"ms2.internal/lb/sdk/protocol"
)

// batch asks for all items with one POST.
func (s *Sender) batch(ctx context.Context, site *site, items []Item, remaining time.Duration) Reply {
	target := &url.URL{Scheme: s.options.Scheme, Host: site.instance.Addr, Path: protocol.PathBatch}
	asked := wireItems(items)
	req := request(ctx, http.MethodPost, target, protocol.AppendRequest(nil, asked))
	req.Header.Set("Content-Type", "application/json")
	pastCaches(req, items...)
	a, err := s.exchange(req, remaining)
	if err != nil {
		return s.broken(ctx, err)
	}
	defer a.release()
	r := s.batchReply(site, a, items, asked)
	observe(&r.Outcome, a.header)
	return r
}

func wireItems(items []Item) []protocol.Item {
	wire := make([]protocol.Item, len(items))
	for i, item := range items {
		wire[i] = protocol.Item{SID: item.SID, Version: item.version()}
	}
	return wire
}

// version returns what the batch door is to revalidate, "" for nothing.
func (i Item) version() string {
	if i.renewable(cache.Batch) {
		return i.Held.Version
	}
	return ""
}

// renewable reports whether what is held can be revalidated by a door: a valid verdict that was learnt by the same one.
func (i Item) renewable(door cache.Door) bool {
	return i.Held != nil && i.Held.Valid && i.Held.Door == door
}

func (s *Sender) batchReply(site *site, a *answer, items []Item, asked []protocol.Item) Reply {
	switch a.status {
	case http.StatusOK:
		room := rooms.Get().(*[]protocol.Result)
		defer leave(room)
		results, err := protocol.AppendResults((*room)[:0], asked, a.body)
		if err != nil {
			return malformed(a, err)
		}
		*room = results
		site.opened()
		return s.results(site, a, items, results)
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return s.noBatchDoor(a)
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		if a.wantsTLS() {
			return wrongScheme(a)
		}
		return refusedByName(a, items)
	}
	return statusReply(a)
}

// refusedByName is the reply for a batch of which some items were refused. Where the problem details name those, the others
// may well be answered: that is a success, but for the part that was refused.
func refusedByName(a *answer, items []Item) Reply {
	r := refused(a.status, fmt.Errorf("refused (%s)", a.say()))
	p, err := protocol.DecodeProblem(a.body)
	if err != nil || len(p.SIDs) == 0 {
		return r
	}
	count, named, places := 0, make([]bool, len(items)), places{items: items}
	for n, sid := range p.SIDs {
		if i, asked := places.find(n, sid); asked && !named[i] {
			named[i] = true
			count++
		}
	}
	if count > 0 {
		r.Named, r.Outcome = named, lacking(count, len(items))
	}
	return r
}

// rooms are slices for results, which nobody needs once their entries are made.
var rooms = sync.Pool{New: func() any { return new([]protocol.Result) }}

func leave(room *[]protocol.Result) {
	clear(*room)
	rooms.Put(room)
}

// noBatchDoor is the reply for a replica without that door: a refusal, unless the single one is asked and answers.
func (s *Sender) noBatchDoor(a *answer) Reply {
	if s.options.Protocol == "batch" {
		return refused(a.status, fmt.Errorf("has no batch door (%s): set MS2_PROTOCOL to auto or single", a.say()))
	}
	r := refused(a.status, fmt.Errorf("has no batch door (%s), and brought no verdict by the single one when that was last tried: check MS2_SINGLE_PATH", a.say()))
	r.Next = Learn
	return r
}

var errUnchanged = errors.New("it calls unchanged a version that was not asked about")

// results matches the results to the items: each is believed for the SID it names, and for no other.
func (s *Sender) results(site *site, a *answer, items []Item, results []protocol.Result) Reply {
	r := Reply{Outcome: balancer.Outcome{Result: balancer.Success}, Status: a.status, Entries: make([]*cache.Entry, len(items))}
	said, places := make([]*protocol.Result, len(items)), places{items: items}
	for n := range results {
		result := &results[n]
		i, asked := places.find(n, result.SID)
		switch {
		case !asked:
			r.Unasked++
		case result.Status == protocol.StatusUnchanged && !items[i].holds(result.Version):
			return malformed(a, errUnchanged)
		case said[i] == nil:
			said[i], r.Entries[i] = result, s.entry(a, items[i], result)
		case *said[i] != *result:
			r.Entries[i] = nil
		}
	}
	if r = leftOut(r); r.Entries != nil {
		s.brought(site, a)
	}
	return r
}

// places finds items by their SIDs, at once where the answer has the order of the question.
type places struct {
	items []Item
	index map[string]int // nil until it is needed
}

func (p *places) find(near int, sid string) (int, bool) {
	if near < len(p.items) && p.items[near].SID == sid {
		return near, true
	}
	if p.index == nil {
		p.index = make(map[string]int, len(p.items))
		for i, item := range p.items {
			p.index[item.SID] = i
		}
	}
	i, ok := p.index[sid]
	return i, ok
}

// holds reports whether the item was sent with a version, and with the one named, if any is.
func (i Item) holds(named string) bool {
	held := i.version()
	return held != "" && (named == "" || named == held)
}

// entry makes a cache entry of an item's result.
func (s *Sender) entry(a *answer, item Item, result *protocol.Result) *cache.Entry {
	e := &cache.Entry{
		Valid: result.Status == protocol.StatusValid, Kind: result.Kind, Version: result.Version, Door: cache.Batch,
		Asked:           a.asked,
		MaxAge:          time.Duration(result.MaxAge) * time.Second,
		WhileRevalidate: time.Duration(result.StaleWhileRevalidate) * time.Second,
		IfError:         time.Duration(result.StaleIfError) * time.Second,
	}
	switch result.Status {
	case protocol.StatusUnchanged:
		e = item.Held.Renewed(e)
	case protocol.StatusInvalid:
		e.Kind = "" // there is no such entity for it to be the kind of
	}
	spend(e, age(a.header))
	e.Cap(s.options.MaxAge)
	return e
}
