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
	update         func(discovery.Snapshot)
	service, agent string

	confirmedAt   time.Time // of the set in use
	last          answer    // its numbers and what it dropped, not its set
	confirmations int
	grace         string

	fault   string // what was told last, "" after an answer
	faultAt time.Time
}

// confirmed tells that set is complete at now; nil means unchanged.
func (r *report) confirmed(set []discovery.Instance, a answer, now time.Time) {
	r.last, r.confirmedAt, r.grace, r.fault = a, now, "", ""
	r.tell(slices.Clone(set), nil)
}

// held tells that kept instances stay in use until then though a has none. The set was not confirmed, so its age goes on.
func (r *report) held(kept int, a answer, until time.Time) {
	r.last, r.fault = a, ""
	r.grace = fmt.Sprintf("no usable instance is left; the last %d stay in use until %s", kept, until.UTC().Format(time.RFC3339))
	r.tell(nil, nil)
}

// failed tells that nothing could be confirmed at now, unless it was just told.
func (r *report) failed(err error, now time.Time) {
	if err.Error() == r.fault && now.Sub(r.faultAt) < repeatAfter {
		return
	}
	r.fault, r.faultAt, r.grace = err.Error(), now, ""
	r.tell(nil, err)
}

func (r *report) tell(set []discovery.Instance, err error) {
	r.update(discovery.Snapshot{
		Instances: set,
		Source:    "consul",
		At:        r.confirmedAt,
		Err:       err,
		Dropped:   slices.Clone(r.last.dropped),
		Detail:    r.detail(),
	})
}

func (r *report) detail() map[string]string {
	detail := map[string]string{
		"service":       r.service,
		"agent":         r.agent,
		"index":         strconv.FormatUint(r.last.index, 10),
		"confirmations": strconv.Itoa(r.confirmations),
	}
	if r.grace != "" {
		detail["grace"] = r.grace
	}
	if r.last.lastContact > 0 {
		detail["last_contact"] = r.last.lastContact.String()
	}
	return detail
}
