package attest

import (
	"bytes"
	"context"
	"fmt"
	"time"
)

// followPeriod is how long a change of the file may stay unseen.
const followPeriod = 10 * time.Second

// follower keeps the keys that a file pins. No set is ever fetched.
type follower struct {
	keeper
	path    string
	last    []byte   // what the file held when it was last read well
	dropped []string // what of it was left out
}

// openFile reads the file of keys, and has it followed. setting names where its path was set.
func openFile(k keeper, path, setting string) error {
	k.ring.note(func(s *status) { s.source = path })
	f := &follower{keeper: k, path: path}
	f.each = true
	if err := f.read(); err != nil {
		return fmt.Errorf("%s: %w", setting, err)
	}
	k.ring.keep = f.run
	return nil
}

// run looks at the file until ctx ends.
func (f *follower) run(ctx context.Context) {
	ticks := time.NewTicker(followPeriod)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		if err := f.read(); err != nil {
			f.failed(err)
		}
	}
}

// read takes the keys of the file. The path is opened each time, so that another target of a link is seen, and what was read is
// compared, so that no clock of a file system is relied on. A key that the file no longer has is gone at once.
func (f *follower) read() error {
	f.ring.note(func(s *status) { s.fetches++ })
	data, err := readFile(f.path)
	if err != nil {
		return fmt.Errorf("the file of keys %s: %w", f.path, err)
	}
	now := time.Now()
	if f.last != nil && bytes.Equal(data, f.last) {
		f.confirmed(now, f.dropped)
		return nil
	}
	keys, dropped, err := f.parse(data, false)
	if err != nil {
		return fmt.Errorf("the file of keys %s: %w", f.path, err)
	}
	f.last, f.dropped = data, dropped
	f.use(keys)
	f.confirmed(now, dropped)
	return nil
}
