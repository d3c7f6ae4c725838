package cache

import (
	"sync/atomic"
	"time"
)

// Entry is what MS2 said of a SID, and for how long it may be believed. All but the marks is fixed once it is shared.
type Entry struct {
	Valid         bool
	Kept          bool // may be kept though there is no time at which it may be answered, to be revalidated at each use
	Kind, Version string
	Tag           string // the entity tag that Version was taken from, as it was sent; "" by the batch door
	Door          Door   // by which Version was learnt: another door is not asked about it

	Asked           time.Time     // when the attempt was sent; must carry a monotonic reading
	MaxAge          time.Duration // fresh for that long after Asked, but for what Spread took; below 0 when it had expired for so long before
	WhileRevalidate time.Duration // after that, usable while it is asked anew
	IfError         time.Duration // after MaxAge, usable when asking fails
	Aged            time.Duration // how old it was when it was asked; MaxAge is what was left

	Matches func() bool // whether it answers a request made now (RFC 9111, 4.1); nil for always. Must not block.

	early     time.Duration // taken from MaxAge by Spread
	expires   time.Time     // Asked and what is left of MaxAge, set by Spread
	failing   atomic.Bool   // asking anew failed since
	rechecked atomic.Int64  // Unix nanoseconds at which it was last asked anew for a caller with another version
}

// Door is a way to ask MS2.
type Door int

// The doors.
const (
	Batch  Door = iota // POST of many SIDs
	Single             // GET of one
)

// State says how an entry may be used.
type State int

// The states of an entry, in the order of its life.
const (
	Fresh    State = iota // answer
	Serving               // answer, and ask anew behind
	Fallback              // answer only when asking fails
	Expired               // good for revalidation by its version
)

// Age is the time since it was asked (RFC 9111, 4.2.3; its Date is not used).
func (e *Entry) Age(now time.Time) time.Duration { return Elapsed(e.Asked, now) }

// Elapsed is the time between by whichever clock, wall or monotonic, says more: a machine that was suspended or whose clock was set
// forward may end a life early, and nothing prolongs it.
func Elapsed(from, now time.Time) time.Duration {
	return max(now.Sub(from), time.Duration(now.UnixNano()-from.UnixNano()))
}

// State is the entry's state at an age.
func (e *Entry) State(age time.Duration) State {
	switch late := age - e.MaxAge + e.early; {
	case !e.matches():
		return Expired
	case late < 0:
		return Fresh
	case late < e.WhileRevalidate:
		return Serving
	case late < e.IfError && e.failing.Load():
		return Serving
	case late < e.IfError:
		return Fallback
	}
	return Expired
}

// Within is the state of the entry for a check that accepts no verdict older than maxAge, 0 for any. What it was old when it
// was asked for counts.
func (e *Entry) Within(now time.Time, maxAge time.Duration) State {
	age := e.Age(now)
	if maxAge > 0 && age+e.Aged > maxAge {
		return Expired
	}
	return e.State(age)
}

// UsableWithin reports whether the entry may be answered when asking has failed, to a check as in [Entry.Within].
func (e *Entry) UsableWithin(now time.Time, maxAge time.Duration) bool {
	return e.Usable(now) && (maxAge == 0 || e.Age(now)+e.Aged <= maxAge)
}

// Usable says that the entry may be answered when asking has failed.
func (e *Entry) Usable(now time.Time) bool {
	return e.Age(now) < e.MaxAge-e.early+max(e.WhileRevalidate, e.IfError) && e.matches()
}

// Expires is until when the entry is fresh, once it was spread.
func (e *Entry) Expires() time.Time { return e.expires }

// Spread ends an entry early by up to a tenth of its age, in proportion to its place, from 0 to 1, among those that came
// together: a popular set must not expire, and be asked anew, all at once.
func (e *Entry) Spread(place float64) {
	const most = 0.1
	e.early = time.Duration(most * place * float64(max(0, e.MaxAge)))
	e.expires = e.Asked.Add(max(0, e.MaxAge-e.early))
}

func (e *Entry) matches() bool { return e.Matches == nil || e.Matches() }

// Storable says that the entry is worth keeping: that there is a time at which it may be answered, or that it may be
// revalidated at each use (RFC 9111, 5.2.2.4).
func (e *Entry) Storable() bool {
	return e.MaxAge+max(e.WhileRevalidate, e.IfError) > 0 || e.Kept && e.Valid && (e.Version != "" || e.Tag != "")
}

// Fail marks that asking anew failed: from now on it is answered at once where [Fallback] allows, and asked anew behind.
func (e *Entry) Fail() { e.failing.Store(true) }

// Recover takes the mark of [Entry.Fail] back: asking was answered, though not with a verdict.
func (e *Entry) Recover() { e.failing.Store(false) }

// ClaimRecheck says, at most once in a period, that the entry may be asked anew for a caller that holds another version.
func (e *Entry) ClaimRecheck(now time.Time, period time.Duration) bool {
	last, at := e.rechecked.Load(), now.UnixNano()
	since := time.Duration(at - last)
	return (since >= period || since < 0) && e.rechecked.CompareAndSwap(last, at) // below 0: the clock was set back
}

// InheritRecheck takes over the mark of the entry that this one replaces, so that the bound of [Entry.ClaimRecheck] is the
// SID's and not the entry's.
func (e *Entry) InheritRecheck(from *Entry) {
	if from != nil {
		e.rechecked.Store(from.rechecked.Load())
	}
}

// Renewed is the entry with the ages of an answer that said that it still holds.
func (e *Entry) Renewed(ages *Entry) *Entry {
	return &Entry{
		Valid: e.Valid, Kept: ages.Kept, Kind: e.Kind, Version: e.Version, Tag: e.Tag, Door: e.Door,
		Asked: ages.Asked, MaxAge: ages.MaxAge, WhileRevalidate: ages.WhileRevalidate, IfError: ages.IfError,
		Aged: ages.Aged, Matches: ages.Matches,
	}
}

// Cap shortens each period of the entry to at most limit.
func (e *Entry) Cap(limit time.Duration) {
	e.MaxAge = min(e.MaxAge, limit)
	e.WhileRevalidate = min(e.WhileRevalidate, limit)
	e.IfError = min(e.IfError, limit)
}
