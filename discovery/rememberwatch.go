package discovery

import (
	"fmt"
	"time"
)

// saveRetry is the least time between two tries to write while the disk does not let us.
const saveRetry = time.Minute

// rememberWatch is the state of one call of Watch, used by its goroutine alone.
type rememberWatch struct {
	name   string // of the remembered set
	renew  time.Duration
	keeper *keeper
	update func(Snapshot)

	memory recollection     // its set is nil when it is not, or no longer, in use
	said   Snapshot         // the source's last; Instances are its whole set, nil before the first
	grace  <-chan time.Time // ends the use of the memory although the source's set is empty; nil: not running
	fault  error            // what is wrong with the file; nil when nothing is

	onDisk  []Instance // as it was read or given to the keeper last
	at      time.Time  // the time of confirmation on disk
	failed  bool       // the last write did
	triedAt time.Time  // when a set was last given to the keeper
}

func newRememberWatch(r *Remember, k *keeper, update func(Snapshot)) *rememberWatch {
	return &rememberWatch{name: "remembered " + r.path, renew: r.maxAge / 24, keeper: k, update: update}
}

// recall takes what was remembered into use, unless the source was quicker; then the file may have been written again.
func (w *rememberWatch) recall(found recollection) {
	w.memory = found
	if w.triedAt.IsZero() || found.foreign {
		w.fault, w.onDisk, w.at = prefixed(w.name, found.fault()), found.set, found.at
	}
	w.yield()
	if w.memory.set != nil || found.err != nil {
		w.endure()
		w.tell(w.memory.set)
	}
}

// yield gives up the memory for a set of the source with an instance.
func (w *rememberWatch) yield() {
	if len(w.said.Instances) > 0 {
		w.memory.set = nil
	}
}

// hear takes a snapshot of the source. Its first set with an instance takes over.
func (w *rememberWatch) hear(s Snapshot) {
	set := s.Instances
	w.said = s.whole(w.said.Instances)
	if w.memory.set != nil {
		w.endure()
		w.yield()
	}
	if w.memory.set != nil {
		set = nil // the source's is not in use yet
	}
	w.tell(set)
	w.save(time.Now())
}

// endure starts the grace when the source says that there is no instance, and ends it when it says anything else. After
// an error it has to say so again.
func (w *rememberWatch) endure() {
	if w.said.Instances == nil || len(w.said.Instances) > 0 || w.said.Err != nil {
		w.grace = nil
	} else if w.grace == nil {
		w.grace = time.After(rememberGrace)
	}
}

// giveUp believes the source that there is no instance.
func (w *rememberWatch) giveUp() {
	w.grace, w.memory.set = nil, nil
	w.tell(w.said.Instances)
}

// save gives a confirmed set to the keeper if the disk does not have it, or has it as older by far.
func (w *rememberWatch) save(now time.Time) {
	s := w.said
	if s.At.IsZero() {
		s.At = now
	}
	known := Same(s.Instances, w.onDisk) && s.At.Sub(w.at).Abs() < w.renew
	switch {
	case len(s.Instances) == 0 || s.Err != nil:
	case w.failed && now.Sub(w.triedAt) < saveRetry:
	case known && !w.failed:
	default:
		w.onDisk, w.at, w.triedAt = s.Instances, s.At, now
		w.keeper.save(s)
	}
}

// saved notes what came of a write.
func (w *rememberWatch) saved(err error) {
	before := w.fault
	w.failed, w.fault = err != nil, prefixed(w.name, err)
	if fmt.Sprint(before) != fmt.Sprint(w.fault) {
		w.tell(nil)
	}
}
