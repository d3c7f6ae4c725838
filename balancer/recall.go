package balancer

import (
	"fmt"
	"time"
)

// recall takes back into use the outliers that are left out for no good reason any more. It returns how many more may be
// taken out.
func (b *Balancer) recall(f *fleet, now time.Duration, n norm) (room int) {
	leaving := 0
	for i := range f.members {
		if m := &f.members[i]; m.instance.Weight <= 0 || m.replica.caveats.Load()&draining != 0 {
			leaving++
		}
	}
	// One may always be taken out, whatever else is.
	room = max(1, int(b.options.MaxEjected*float64(len(f.members)))-leaving)
	for i := range f.members {
		m := &f.members[i]
		c := m.replica.caveats.Load()
		if c&ejected == 0 {
			continue
		}
		if why := m.replica.pardoned(c, n, room); why != "" {
			m.replica.readmit(now, why)
		} else if m.instance.Weight > 0 && c&(draining|mute) == 0 {
			room--
		}
	}
	return room
}

// pardoned says why an outlier comes back untried; "" when it does not.
func (r *replica) pardoned(caveats uint32, n norm, room int) string {
	switch share := r.ejection.share; {
	case caveats&broken != 0:
		return "its breaker takes over"
	case n.answering == 0:
		return "no other replica answers either"
	case n.judged > 0 && share <= n.share+failsMore:
		return fmt.Sprintf("the others fail or refuse %.0f %% of their requests too", 100*n.share)
	case room <= 0 && caveats&mute == 0:
		return "others that are leaving left no room to leave it out"
	}
	return ""
}
