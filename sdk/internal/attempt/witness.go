package attempt

import (
	"slices"
	"time"
)

// A witness is a replica that brought a verdict lately, under the token that is in use: what it refuses, it does not refuse
// for being something else than MS2.

// witnessTime is how long a verdict makes a witness.
const witnessTime = 5 * time.Second

// brought notes a verdict that names its SID.
func (s *Sender) brought(site *site, a *answer) {
	if under := site.token.Load(); under == nil || *under != a.token {
		token := a.token // a copy, so that only this one is on the heap
		site.token.Store(&token)
	}
	site.verdict.Store(int64(a.asked.Sub(s.born)))
}

// Witness reports whether a replica is one, and was not overruled since.
func (s *Sender) Witness(id string) bool {
	site := s.site(id)
	if site == nil {
		return false
	}
	last := s.last(site)
	return last > int64(time.Since(s.born)-witnessTime) && last >= site.overruled.Load() && *site.token.Load() == s.Token()
}

// Strangers adds to IDs those of the replicas that are no witnesses.
func (s *Sender) Strangers(ids []string) []string {
	all := slices.Clone(ids)
	for id := range *s.sites.Load() {
		if !s.Witness(id) {
			all = append(all, id)
		}
	}
	return all
}

// Overrule notes that another replica answered what these refused.
func (s *Sender) Overrule(ids []string) {
	for _, id := range ids {
		if site := s.site(id); site != nil {
			site.overruled.Store(int64(time.Since(s.born)))
		}
	}
}

// Brought reports whether a replica has brought a verdict that was asked for after then, and after it was last overruled.
func (s *Sender) Brought(id string, then time.Time) bool {
	site := s.site(id)
	return site != nil && s.last(site) > max(int64(then.Sub(s.born)), site.overruled.Load())
}

// AnyBrought reports whether any replica has.
func (s *Sender) AnyBrought(then time.Time) bool {
	for _, site := range *s.sites.Load() {
		if s.last(site) > int64(then.Sub(s.born)) {
			return true
		}
	}
	return false
}

// AsLately reports whether a replica brought its last verdict as lately as any, at most witnessTime before the last of all, and was not
// overruled since.
func (s *Sender) AsLately(id string) bool {
	site := s.site(id)
	if site == nil || site.overruled.Load() > max(0, s.last(site)) {
		return false
	}
	mine := s.last(site)
	for _, other := range *s.sites.Load() {
		if s.last(other)-mine > int64(witnessTime) {
			return false
		}
	}
	return true
}

// last is when the last verdict of a replica was asked for, since born; far in the past for none.
func (s *Sender) last(site *site) int64 {
	if site.token.Load() == nil {
		return -1 << 62
	}
	return site.verdict.Load()
}

// Token is the one in use.
func (s *Sender) Token() string { return s.options.Token.Last() }
