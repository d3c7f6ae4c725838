package orders

import (
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"
)

// refusals tells the log of refused orders: of the first at once, of more once a minute with their number. A line for each would be
// a way to fill the disk. Those of the last minute are not told when the process ends.
type refusals struct {
	log *slog.Logger

	mu      sync.Mutex
	untold  map[string]int64 // by reason; guarded by mu
	pausing bool             // guarded by mu
}

// refusalPause is the time between two records.
const refusalPause = time.Minute

// note counts a refused order. Reasons are few.
func (f *refusals) note(reason string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.untold == nil {
		f.untold = map[string]int64{}
	}
	f.untold[reason]++
	if !f.pausing {
		f.tellLocked()
	}
}

// tellLocked logs what was not told, and waits for more.
func (f *refusals) tellLocked() {
	count, reasons := int64(0), make([]any, 0, len(f.untold))
	for _, reason := range slices.Sorted(maps.Keys(f.untold)) {
		count += f.untold[reason]
		reasons = append(reasons, slog.Int64(reason, f.untold[reason]))
	}
	f.log.Warn("ms1: orders were refused", slog.Int64("count", count), slog.Group("reasons", reasons...))
	clear(f.untold)
	f.pausing = true
	time.AfterFunc(refusalPause, f.resume)
}

// resume is the end of a pause.
func (f *refusals) resume() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pausing = false
	if len(f.untold) > 0 {
		f.tellLocked()
	}
}
