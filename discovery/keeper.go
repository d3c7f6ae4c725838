package discovery

import (
	"context"
	"time"
)

// saveGap is the least time between two writes of a remembered set.
const saveGap = time.Second

// keeper does all that touches the disk for one call of Watch, in a goroutine of its own: a disk that is slow, full or
// gone holds nobody up.
type keeper struct {
	path, service string
	recalled      chan recollection // gets one
	saves         chan Snapshot     // the newest set that waits to be saved
	results       chan error        // what came of the newest write
	done          chan struct{}
}

// newKeeper starts a keeper that reads first. It must be ended; the end of ctx only ends its gaps.
func newKeeper(ctx context.Context, r *Remember) *keeper {
	k := &keeper{
		path: r.path, service: r.service, done: make(chan struct{}),
		recalled: make(chan recollection, 1), saves: make(chan Snapshot, 1), results: make(chan error, 1),
	}
	go func() {
		defer close(k.done)
		found := recall(r.path, r.service, r.maxAge, time.Now())
		k.recalled <- found
		for s := range k.saves {
			if found.foreign {
				continue // it stays as it is
			}
			replace(k.results, k.write(s))
			pause(ctx, saveGap)
		}
	}()
	return k
}

func (k *keeper) write(s Snapshot) error {
	data, err := encodeRemembered(k.service, s)
	if err == nil {
		err = writeFile(k.path, data)
	}
	return prefixed("cannot be saved", err)
}

// save has s written soon, instead of one that still waits. The keeper reads it in its own time: s must not change.
func (k *keeper) save(s Snapshot) { replace(k.saves, s) }

// end waits until the set that was saved last is on disk.
func (k *keeper) end() {
	close(k.saves)
	<-k.done
}

// replace puts v into c, which holds one, in place of what nobody took. Nobody else may put into c.
func replace[T any](c chan T, v T) {
	select {
	case <-c:
	default:
	}
	c <- v
}
