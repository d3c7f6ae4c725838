package discovery

import (
	"context"
	"slices"
	"time"
)

// chainWatch is the state of one call of Watch, used by its goroutine alone.
type chainWatch struct {
	patience time.Duration
	update   func(Snapshot)
	links    []*link
	used     *link // whose set is in use; nil before the first
	words    chan word
}

func newChainWatch(c *Chain, update func(Snapshot)) *chainWatch {
	w := &chainWatch{patience: c.patience, update: update, words: make(chan word)}
	for i, source := range c.sources {
		w.links = append(w.links, &link{source: source, number: i + 1})
	}
	return w
}

// adjust starts what is needed at now and stops what no longer is. The channel says when to do so again, unless a word
// comes before; it is nil when only a word can change anything.
func (w *chainWatch) adjust(ctx context.Context, now time.Time) <-chan time.Time {
	needed, until := w.needed(now)
	for _, l := range w.links[:needed] {
		if !l.running && l.ended == nil {
			w.start(ctx, l, now)
			until = now.Add(w.patience)
		}
	}
	if later := w.links[needed:]; slices.ContainsFunc(later, func(l *link) bool { return l.running }) {
		until = w.links[needed-1].usableAt.Add(chainSettle)
		if !now.Before(until) {
			stopAll(later)
			return nil
		}
	}
	if until.IsZero() {
		return nil
	}
	return time.After(until.Sub(now))
}

// needed is how many of the links must run: up to the first that is usable, or that may still become so within the
// patience, which is over at until. A link that is not started yet is its own last.
func (w *chainWatch) needed(now time.Time) (n int, until time.Time) {
	for i, l := range w.links {
		switch patient := l.startedAt.Add(w.patience); {
		case l.ended != nil:
		case l.usable() || !l.running:
			return i + 1, time.Time{}
		case now.Before(patient):
			return i + 1, patient
		}
	}
	return len(w.links), time.Time{}
}

func (w *chainWatch) start(ctx context.Context, l *link, now time.Time) {
	l.run = run(ctx, l.source, w.words, l.run)
	l.running, l.startedAt = true, now
	if l.number > 1 {
		w.tell(nil) // of the fall
	}
}

func stopAll(links []*link) {
	for _, l := range links {
		l.stop()
	}
}

// take hears a word, and tells the consumer if it is of the source in use or of one that is preferred to it.
func (w *chainWatch) take(said word, now time.Time) {
	i := slices.IndexFunc(w.links, func(l *link) bool { return l.running && l.run == said.from })
	if i < 0 {
		return // said before it was stopped
	}
	l := w.links[i]
	if said.ended != nil {
		l.fail(said.ended)
	} else {
		l.hear(said.snapshot, now)
	}
	before := w.used
	w.choose()
	switch {
	case w.used != before:
		w.tell(w.used.said.Instances)
	case w.used == l:
		w.tell(said.snapshot.Instances)
	case w.used == nil || l.number < w.used.number:
		w.tell(nil)
	}
}

// choose takes the first usable link into use; where there is none, the last set stays.
func (w *chainWatch) choose() {
	if i := slices.IndexFunc(w.links, (*link).usable); i >= 0 {
		w.used = w.links[i]
	}
}

// end waits for every source that was started, after their context has ended.
func (w *chainWatch) end() {
	for _, l := range w.links {
		l.run.end()
	}
}
