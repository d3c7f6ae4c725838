package discovery

import (
	"fmt"
	"maps"
	"slices"
)

// tell hands over set, nil for unchanged.
func (w *chainWatch) tell(set []Instance) {
	s := w.state()
	s.Instances = slices.Clone(set) // the consumer's own: the link keeps its set
	s.Detail = w.detail(s.Detail)
	w.update(s)
}

// state is the last snapshot of the source in use, or why none is.
func (w *chainWatch) state() Snapshot {
	if w.used == nil {
		return Snapshot{Source: "chain", Err: prefixed("chain of sources: no set yet", faults(w.links))}
	}
	s := w.used.said
	if w.used.ended != nil {
		s.Err = w.used.fault()
	}
	return s
}

// detail adds to the facts of the source in use which one it is, and why not an earlier one.
func (w *chainWatch) detail(facts map[string]string) map[string]string {
	if w.used == nil {
		return facts
	}
	chain := fmt.Sprintf("source %d of %d", w.used.number, len(w.links))
	if err := faults(w.links[:w.used.number-1]); err != nil {
		chain += "; " + err.Error()
	}
	return withFact("chain", chain, facts)
}

// withFact returns a copy of facts with one more; where facts have it already, theirs stays.
func withFact(name, value string, facts map[string]string) map[string]string {
	detail := map[string]string{name: value}
	maps.Copy(detail, facts)
	return detail
}

// faults joins those of links into one line; nil when there are none.
func faults(links []*link) error {
	var all []error
	for _, l := range links {
		all = append(all, l.fault())
	}
	return oneLine(all)
}

// over is why the chain can tell of nothing more: every source has failed for good. Nil otherwise.
func (w *chainWatch) over() error {
	if slices.ContainsFunc(w.links, func(l *link) bool { return l.ended == nil }) {
		return nil
	}
	return fmt.Errorf("chain of sources: none is left: %w", faults(w.links))
}
