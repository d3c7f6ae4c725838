package simulate

import (
	"math"
	"time"
)

// busy is the share of the slots that were busy of late, as a server would report it: averaged over half a second.
type busy struct {
	share float64
	at    time.Duration
}

const busyTau = 500 * time.Millisecond

// utilisation takes in the time since it was last asked for. It must be before slots are taken or freed.
func (r *replica) utilisation() float64 {
	now := r.timeline.now
	kept := math.Exp(-float64(now-r.busy.at) / float64(busyTau))
	r.busy.share = r.busy.share*kept + float64(len(r.ends))/float64(r.behaviour.slots)*(1-kept)
	r.busy.at = now
	return r.busy.share
}
