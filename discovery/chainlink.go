package discovery

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// link is a source of a chain, and what is known of it.
type link struct {
	source Source
	number int // from 1

	running   bool
	run       *running // the last one; nil before the first
	startedAt time.Time

	said     Snapshot  // last; Instances are the whole set, nil before the first
	usableAt time.Time // when it first told of a set
	ended    error     // why it failed for good; nil while it did not
}

// usable reports whether the link's set may be used in place of a later one's.
func (l *link) usable() bool { return l.running && l.said.Instances != nil }

func (l *link) hear(s Snapshot, now time.Time) {
	if l.said.Instances == nil && s.Instances != nil {
		l.usableAt = now
	}
	l.said = s.whole(l.said.Instances)
}

func (l *link) fail(err error) { l.running, l.ended = false, err }

// stop lets the source go without waiting for it, and forgets its set, which grows old from now on.
func (l *link) stop() {
	if l.running {
		l.run.stop()
		l.running, l.said = false, Snapshot{}
	}
}

// fault is why the link's set can't be used or confirmed; nil when it can.
func (l *link) fault() error {
	switch {
	case l.ended != nil:
		return l.describe(fmt.Errorf("ended: %w", l.ended))
	case l.said.Err != nil:
		return l.describe(l.said.Err)
	case l.running && l.said.Instances == nil:
		return l.describe(errors.New("has told of no set yet"))
	}
	return nil
}

func (l *link) describe(err error) error {
	return fmt.Errorf("source %d (%s) %w", l.number, cmp.Or(l.said.Source, "unnamed"), err)
}
