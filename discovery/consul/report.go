package consul

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"ms2.internal/lb/discovery"
)

// repeatAfter is how long the very same error is not told again.
const repeatAfter = 10 * time.Second

// report tells the consumer, and keeps what every snapshot repeats.
type report struct {
	update func(discovery.Snapshot)
	site   site

	confirmedAt   time.Time // of the set in use
	last          answer    // its numbers and what it dropped, not its set
	confirmations int
	probes        int
	restarts      int
	grace         string // while a set is held that was found empty
	masked        bool   // while Consul hides something from the token
	stale         error  // while the servers have no leader

	fault     string // what was told last, "" after an answer
	faultAt   time.Time
	lastFault string // the same, kept after an answer
}

// confirmed tells that set is complete at now; nil means unchanged. What a server without a leader says confirms nothing.
func (r *report) confirmed(set []discovery.Instance, a answer, now time.Time) {
	r.last, r.grace, r.fault = a, "", ""
	if r.stale == nil || a.asked.index == 0 {
		r.confirmedAt, r.stale = now, nil
	}
	r.tell(slices.Clone(set), r.stale)
}

// held tells that kept instances stay in use until then though a has none. The set was not confirmed, so its age goes on.
func (r *report) held(kept int, a answer, until time.Time) {
	r.last, r.fault = a, ""
	r.grace = fmt.Sprintf("no usable instance is left; the last %d stay in use until %s", kept, until.UTC().Format(time.RFC3339))
	r.tell(nil, r.stale)
}

// aged tells what a probe found at now: that the servers lost their leader, or, with fits, that the set is as it was.
func (r *report) aged(stale error, now time.Time, fits bool) {
	if stale != nil {
		r.remember(stale, now)
	}
	if stale == nil && fits {
		r.confirmedAt = now
	}
	r.stale = stale
	r.tell(nil, stale)
}

// failed tells that nothing could be confirmed at now, unless it was just told.
func (r *report) failed(err error, now time.Time) {
	if err.Error() == r.fault && now.Sub(r.faultAt) < repeatAfter {
		return
	}
	r.fault, r.faultAt, r.grace = err.Error(), now, ""
	r.remember(err, now)
	r.tell(nil, err)
}

func (r *report) remember(err error, now time.Time) {
	r.lastFault = now.UTC().Format(time.RFC3339) + " " + err.Error()
}

func (r *report) tell(set []discovery.Instance, err error) {
	r.update(discovery.Snapshot{
		Instances: set, Source: "consul", At: r.confirmedAt, Err: err,
		Dropped: slices.Clone(r.last.dropped), Detail: r.detail(),
	})
}

// detail leaves out what is not the case.
func (r *report) detail() map[string]string {
	detail := map[string]string{
		"service":       r.site.config.Service,
		"agent":         r.site.agent.name,
		"datacenter":    r.site.name(),
		"index":         strconv.FormatUint(r.last.index, 10),
		"confirmations": strconv.Itoa(r.confirmations),
		"probes":        strconv.Itoa(r.probes),
		"restarts":      strconv.Itoa(r.restarts),
	}
	for name, value := range map[string]string{
		"grace": r.grace, "masked": masking(r.masked, r.last), "last_error": r.lastFault, "token": r.site.agent.token.trouble(),
	} {
		if value != "" {
			detail[name] = value
		}
	}
	if r.stale != nil {
		detail["stale"] = r.stale.Error()
	}
	switch since := r.last.lastContact; {
	case since >= notHeard:
		detail["last_contact"] = "never"
	case since > 0:
		detail["last_contact"] = since.String()
	}
	return detail
}
