package flight

import (
	"maps"
	"time"
)

// quarantine is the SIDs that make replicas fall over, and until when each is sent alone. Guarded by Batcher.mu.
type quarantine struct {
	until map[string]time.Time
}

const (
	quarantineTime = 10 * time.Second
	quarantineMost = 100 // SIDs: to send very many alone would be to send no batches
)

// Quarantine has the batch's one SID sent alone for a time.
func (n *batch) Quarantine() {
	n.batcher.mu.Lock()
	defer n.batcher.mu.Unlock()
	n.batcher.quarantine.add(n.flights[0].sid)
}

func (q *quarantine) add(sid string) {
	q.sweep()
	if q.until == nil {
		q.until = map[string]time.Time{}
	}
	if len(q.until) < quarantineMost {
		q.until[sid] = time.Now().Add(quarantineTime)
	}
}

func (q *quarantine) sweep() {
	now := time.Now()
	maps.DeleteFunc(q.until, func(_ string, until time.Time) bool { return !now.Before(until) })
}

// holds reports whether a SID is to be sent alone.
func (q *quarantine) holds(sid string) bool {
	until, held := q.until[sid]
	return held && time.Now().Before(until)
}

// count is how many SIDs are sent alone now.
func (q *quarantine) count() int {
	q.sweep()
	return len(q.until)
}
