package discovery

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

var errNotAnswered = errors.New("the set is a remembered one: the source has told of no instance yet")

// tell hands over set, nil for unchanged.
func (w *rememberWatch) tell(set []Instance) {
	s := w.said
	s.Instances = slices.Clone(set) // the consumer's own
	switch {
	case w.memory.set != nil:
		s.Source, s.At, s.Dropped = w.name, w.memory.at, w.memory.dropped
		s.Err = cmp.Or(s.Err, errNotAnswered)
	case w.said.Instances == nil:
		s.Source = cmp.Or(s.Source, w.name)
		s.Err = cmp.Or(s.Err, w.fault)
	}
	s.Detail = w.detail()
	w.update(s)
}

// detail adds to the source's own facts what there is to say of the remembered set, if there is.
func (w *rememberWatch) detail() map[string]string {
	switch {
	case w.memory.set != nil:
		age := max(0, time.Since(w.memory.at)).Round(time.Second)
		return withFact("remembered", fmt.Sprintf("in use: confirmed %v ago by %.100q", age, w.memory.source), w.said.Detail)
	case w.fault != nil:
		return withFact("remembered", w.fault.Error(), w.said.Detail)
	}
	return maps.Clone(w.said.Detail)
}
