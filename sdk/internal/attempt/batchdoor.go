package attempt

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/cache"
	"ms2.internal/lb/sdk/protocol"
)

// batch asks for all items with one POST.
func (s *Sender) batch(ctx context.Context, site *site, items []Item, remaining time.Duration) Reply {
	target := &url.URL{Scheme: s.options.Scheme, Host: site.instance.Addr, Path: protocol.PathBatch}
	req := request(ctx, http.MethodPost, target, protocol.AppendRequest(nil, wireItems(items)))
	req.Header.Set("Content-Type", "application/json")
	a, err := s.exchange(req, remaining)
	if err != nil {
		return s.broken(ctx, err)
	}
	defer a.release()
	r := s.batchReply(site, a, items)
	observe(&r.Outcome, a.header)
	return r
}

func wireItems(items []Item) []protocol.Item {
	wire := make([]protocol.Item, len(items))
	for i, item := range items {
		wire[i] = protocol.Item{SID: item.SID, Version: item.heldVersion(cache.Batch)}
	}
	return wire
}

// heldVersion is the version to revalidate by a door: only of a valid verdict that was learnt by the same one.
func (i Item) heldVersion(door cache.Door) string {
	if i.Held == nil || !i.Held.Valid || i.Held.Door != door {
		return ""
	}
	return i.Held.Version
}

func (s *Sender) batchReply(site *site, a *answer, items []Item) Reply {
	switch a.status {
	case http.StatusOK:
		response, err := protocol.DecodeResponse(a.body)
		if err != nil {
			return malformed(a, err)
		}
		site.learnBatchDoor(true)
		return s.results(a, items, response.Results)
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return s.noBatchDoor(site, a)
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		r := Reply{Next: Split, Outcome: balancer.Outcome{Result: balancer.Success}, Status: a.status}
		r.Err = fmt.Errorf("refused (%s)", a.say())
		return r
	}
	return statusReply(a)
}

func (s *Sender) noBatchDoor(site *site, a *answer) Reply {
	if s.options.Protocol == "batch" {
		return refused(a.status, fmt.Errorf("has no batch door (%s): set MS2_PROTOCOL to auto or single", a.say()))
	}
	site.learnBatchDoor(false)
	return Reply{Next: Learn, Status: a.status, Err: fmt.Errorf("has no batch door (%s)", a.say())}
}

var errUnchanged = errors.New("it calls unchanged a version that was not asked about")

// results matches the results to the items: each is believed for the SID it names, and for no other.
func (s *Sender) results(a *answer, items []Item, results []protocol.Result) Reply {
	r := Reply{Outcome: balancer.Outcome{Result: balancer.Success}, Status: a.status, Entries: make([]*cache.Entry, len(items))}
	places := make(map[string][]int, len(items))
	for i, item := range items {
		places[item.SID] = append(places[item.SID], i)
	}
	first := make(map[string]protocol.Result, len(items))
	for _, result := range results {
		at, asked := places[result.SID]
		switch {
		case !asked:
			r.Unasked++
			continue
		case result.Status == protocol.StatusUnchanged && !allHold(items, at, result.Version):
			return malformed(a, errUnchanged)
		}
		if earlier, twice := first[result.SID]; twice {
			if earlier != result {
				clearAt(r.Entries, at)
			}
			continue
		}
		first[result.SID] = result
		for _, i := range at {
			r.Entries[i] = s.entry(a, items[i], result)
		}
	}
	if slices.Contains(r.Entries, nil) {
		r.Err = errNoResult
	}
	return r
}

// allHold says that each of these items was sent with a version, and that it is the one named, if any is.
func allHold(items []Item, at []int, named string) bool {
	for _, i := range at {
		if held := items[i].heldVersion(cache.Batch); held == "" || named != "" && named != held {
			return false
		}
	}
	return true
}

func clearAt(entries []*cache.Entry, at []int) {
	for _, i := range at {
		entries[i] = nil
	}
}

// entry is what a result says of an item.
func (s *Sender) entry(a *answer, item Item, result protocol.Result) *cache.Entry {
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
	e.Cap(s.options.MaxAge)
	return e
}
