package balancer

import "time"

// episode is a time in which something ails a replica that is in use, as it is told, or the last of them. It is guarded by
// replica.changes.
type episode struct {
	goesOn bool          // it began, and was not told to be over
	since  time.Duration // when it began
	gone   time.Duration // since when nothing ails it; 0 while something does
	over   time.Duration // when the last was told to be over
	quiet  time.Duration // for how long nothing must ail it to be over
}

// quietFirst is how long that is where it came back within quietMost of being over. It doubles while that goes on: what comes and goes
// is told ever less often.
const (
	quietFirst = 2 * time.Second
	quietMost  = time.Minute
)

// tellAiling tells that something ails a replica, and when that is over, unless the replica is out.
func (r *replica) tellAiling(now time.Duration) {
	r.changes.Lock()
	defer r.changes.Unlock()
	state, g := r.state(now), grounds{}
	switch {
	case r.conditions.Load()&judgedOut != 0, state == Draining, state == LastChoice: // it is seldom asked, which tells nothing
		return
	case state == Ready:
		g = r.ailment(now)
	case state == Resting:
		g = r.rest.grounds(now)
	}
	if r.episode == nil {
		if g.reason == "" {
			return
		}
		r.episode = &episode{}
	}
	switch e := r.episode; {
	case g.reason != "" && e.goesOn:
		e.gone = 0
	case g.reason != "":
		e.begin(now)
		r.tell(Ailing, state, state, g, 0)
	case e.goesOn && e.ends(now):
		r.tell(Well, state, state, grounds{why: "it answers as the others do again"}, now-e.since)
	}
}

func (e *episode) begin(now time.Duration) {
	if e.over > 0 && now-e.over < quietMost {
		e.quiet = min(max(quietFirst, 2*e.quiet), quietMost)
	} else {
		e.quiet = 0
	}
	e.goesOn, e.since, e.gone = true, now, 0
}

// out ends it untold: that the replica is out says it all.
func (e *episode) out() {
	if e != nil {
		e.goesOn = false
	}
}

// ends reports whether nothing has ailed the replica for long enough, and notes that it is over.
func (e *episode) ends(now time.Duration) bool {
	if e.gone == 0 {
		e.gone = now
	}
	if now-e.gone < e.quiet {
		return false
	}
	e.goesOn, e.over = false, now
	return true
}

// ailingSince is when what ails the replica was first told; the zero time when it was not yet.
func (r *replica) ailingSince() time.Time {
	r.changes.Lock()
	defer r.changes.Unlock()
	if r.episode == nil || !r.episode.goesOn {
		return time.Time{}
	}
	return r.balancer.epoch.Add(r.episode.since)
}
