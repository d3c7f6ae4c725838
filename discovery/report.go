package discovery

import (
	"maps"
	"slices"
	"time"
)

// repeatAfter is how often what did not change is told again, be it a confirmation or an error: often enough for an age
// that an operator can read, seldom enough to cost nothing.
const repeatAfter = 10 * time.Second

// report tells the consumer what a source that polls found out, and keeps from it what it knows already. One call of
// Watch owns it.
type report struct {
	update func(Snapshot)
	source string
	detail map[string]string // may be changed between calls

	set     []Instance // in use; nil before the first
	dropped []Dropped
	at      time.Time // when set was last confirmed
	err     error     // why it could not be confirmed since
	toldAt  time.Time
}

// confirmed takes found as the complete set of this moment.
func (r *report) confirmed(found []Instance, dropped []Dropped) {
	changed := r.set == nil || !Same(r.set, found)
	news := r.err != nil || !slices.Equal(r.dropped, dropped)
	r.set, r.dropped, r.err, r.at = found, dropped, nil, time.Now()
	if changed {
		r.tell(found)
		return
	}
	r.repeat(news)
}

// failed notes that nothing could be confirmed. The set stays in use.
func (r *report) failed(err error) {
	news := r.err == nil || r.err.Error() != err.Error()
	r.err = err
	r.repeat(news)
}

// again notes that a new look found what the last one had, were it an error.
func (r *report) again() {
	if r.err == nil {
		r.at = time.Now()
	}
	r.repeat(false)
}

// held notes that the set stays in use though it was not confirmed, and that detail says why.
func (r *report) held(dropped []Dropped) {
	r.dropped, r.err = dropped, nil
	r.tell(nil)
}

// repeat tells that the set is unchanged, if there is other news or the last telling was long ago.
func (r *report) repeat(news bool) {
	if news || time.Since(r.toldAt) >= repeatAfter {
		r.tell(nil)
	}
}

// tell hands over set, nil for unchanged. What it hands over is the consumer's.
func (r *report) tell(set []Instance) {
	r.toldAt = time.Now()
	r.update(Snapshot{
		Instances: slices.Clone(set), Source: r.source, At: r.at, Err: r.err,
		Dropped: slices.Clone(r.dropped), Detail: maps.Clone(r.detail),
	})
}
