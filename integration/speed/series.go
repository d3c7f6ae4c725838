package main

import (
	"fmt"

	"ms2.internal/lb/integration/speed/internal/sample"
)

// series is one figure over the rounds of its experiment.
type series struct {
	name   string // as the probe prints it
	unit   string
	target target
	slices [2]sample.Sample // by side; of the round under way
	values [2]sample.Sample // by side; each a round's median
	ratios sample.Sample    // present ÷ earlier, each a round's median
}

func (s *series) add(by side, f figures) error {
	x, printed := f[s.name]
	if !printed {
		return fmt.Errorf("the probe printed no %s", s.name)
	}
	s.slices[by] = append(s.slices[by], x)
	return nil
}

// endRound takes the ratio slice by slice before it takes the median: what changes the machine's speed within the round
// then cancels out.
func (s *series) endRound() {
	for by, slices := range s.slices {
		s.values[by] = append(s.values[by], slices.Median())
	}
	s.ratios = append(s.ratios, s.slices[present].Over(s.slices[earlier]).Median())
	s.slices = [2]sample.Sample{}
}
