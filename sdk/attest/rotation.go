package attest

import (
	"fmt"
	"slices"
	"time"
)

// rotation decides which key signs and which keys are published, by the set in use, what was published before, and the time.
//
// A key that a later set brings is published at once and signs after lead at the earliest: by then every verifier has fetched it.
// A key that a later set lacks signs on only until another may, and stays published for keep after: by then no token of its is
// left.
type rotation struct {
	lead, keep time.Duration
	set        []*held // in the order given
	retired    []*held // no longer in the set, still published
	current    *held   // of set or retired
}

// replace makes keys, which were checked, the set in use. After an error nothing has changed.
func (r *rotation) replace(keys []SigningKey, now time.Time) error {
	withdrawn := map[string]bool{}
	var set []*held
	for _, k := range keys {
		if k.Withdrawn {
			withdrawn[k.ID] = true
			continue
		}
		h, err := r.hold(k, now)
		if err != nil {
			return err
		}
		set = append(set, h)
	}
	retired := r.retire(set, withdrawn, now)
	if n := len(set) + len(retired); n > maxSetKeys {
		return fmt.Errorf("%d keys would be published and %d may be: remove some, or wait until removed ones are over", n, maxSetKeys)
	}
	r.set, r.retired = set, retired
	if r.current != nil {
		r.current = byID(r.published(), r.current.id)
	}
	return nil
}

// hold prepares k, or carries on the key that it is.
func (r *rotation) hold(k SigningKey, now time.Time) (*held, error) {
	fresh, err := prepare(k)
	if err != nil {
		return nil, err
	}
	old := byID(r.published(), k.ID)
	switch {
	case old != nil && string(old.public) != string(fresh.public):
		return nil, fmt.Errorf("key %q is another than before: give the new one an ID of its own", k.ID)
	case old != nil:
		fresh.ready = old.ready
	case r.current != nil:
		fresh.ready = now.Add(r.lead)
	}
	return fresh, nil
}

// retire lists the keys that are published on though set lacks them.
func (r *rotation) retire(set []*held, withdrawn map[string]bool, now time.Time) (retired []*held) {
	for _, h := range r.published() {
		if byID(set, h.id) != nil || withdrawn[h.id] {
			continue
		}
		if h.until.IsZero() {
			h = h.ending(now.Add(r.keep))
		}
		retired = append(retired, h)
	}
	return retired
}

// settle brings the rotation to a time: it chooses the key that signs, and forgets those that are over.
func (r *rotation) settle(now time.Time) {
	old := r.current
	r.current = r.choose(now)
	if i := slices.Index(r.retired, old); i >= 0 && r.current != old {
		r.retired[i] = old.ending(now.Add(r.keep)) // it signed up to now
	}
	r.retired = slices.DeleteFunc(r.retired, func(h *held) bool { return h != r.current && !now.Before(h.until) })
}

// choose is the usable key whose From is the latest, of equal ones the first. While none is, the last choice stands; after it was
// withdrawn, and in a first set, it is the key that is usable soonest. Before the first set it is nil.
func (r *rotation) choose(now time.Time) (best *held) {
	for _, h := range r.set {
		if !now.Before(h.usable()) && (best == nil || h.begins.After(best.begins)) {
			best = h
		}
	}
	if best != nil {
		return best
	}
	if r.current != nil || len(r.set) == 0 {
		return r.current
	}
	return slices.MinFunc(r.set, func(a, b *held) int { return a.usable().Compare(b.usable()) })
}

// next is when settle will find something to do; zero for never.
func (r *rotation) next(now time.Time) (next time.Time) {
	sooner := func(at time.Time) {
		if at.After(now) && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	for _, h := range r.set {
		sooner(h.usable())
	}
	for _, h := range r.retired {
		sooner(h.until)
	}
	return next
}

// coming says of each key that will sign later from when, the soonest first.
func (r *rotation) coming(now time.Time) []string {
	later := slices.DeleteFunc(slices.Clone(r.set), func(h *held) bool { return !h.usable().After(now) || r.choose(h.usable()) != h })
	slices.SortStableFunc(later, func(a, b *held) int { return a.usable().Compare(b.usable()) })
	texts := make([]string, len(later))
	for i, h := range later {
		texts[i] = h.id + " from " + h.usable().UTC().Format(time.RFC3339)
	}
	return texts
}

// published are all keys whose tokens count.
func (r *rotation) published() []*held { return slices.Concat(r.set, r.retired) }
