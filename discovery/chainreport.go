package discovery

import (
	"fmt"
	"maps"
	"slices"
)

// tell hands over set, nil for unchanged.
func (w *chainWatch) tell(set []Instance) {
	s := Snapshot{Source: "chain"}
	if w.used != nil {
		s = w.used.said
		if w.used.ended != nil {
			s.Err = w.used.fault()
		}
	} else if faults := w.faults(w.links); len(faults) > 0 {
		s.Err = fmt.Errorf("chain of sources: no set yet: %w", oneLine(faults))
	}
	s.Instances = slices.Clone(set) // the consumer's own: the link keeps its set
	s.Detail = w.detail(s.Detail)
	w.update(s)
}

// detail adds to the facts of the source in use which one it is, and why not an earlier one.
func (w *chainWatch) detail(facts map[string]string) map[string]string {
	if w.used == nil {
		return facts
	}
	chain := fmt.Sprintf("source %d of %d", w.used.number, len(w.links))
	if faults := w.faults(w.links[:w.used.number-1]); len(faults) > 0 {
		chain += "; " + oneLine(faults).Error()
	}
	detail := map[string]string{"chain": chain}
	maps.Copy(detail, facts)
	return detail
}

func (w *chainWatch) faults(links []*link) []error {
	var faults []error
	for _, l := range links {
		if err := l.fault(); err != nil {
			faults = append(faults, err)
		}
	}
	return faults
}

// over is why the chain can tell of nothing more: every source has failed for good. Nil otherwise.
func (w *chainWatch) over() error {
	if slices.ContainsFunc(w.links, func(l *link) bool { return l.ended == nil }) {
		return nil
	}
	return fmt.Errorf("chain of sources: none is left: %w", oneLine(w.faults(w.links)))
}
