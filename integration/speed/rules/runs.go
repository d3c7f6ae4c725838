package main

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"slices"

	"ms2.internal/lb/integration/speed/internal/sample"
)

// contender is a policy in one of the forms that the simulation plays it in.
type contender struct{ Policy, Form string }

// Ours is the same in both forms.
var ours = contender{"ours", "as they ship"}

// runs are the figures of each contender, by scenario.
type runs map[contender]scenarios

type scenarios map[string]*figures

// figures are p50, p99 and p99.9, a value for each seed.
type figures [3]sample.Sample

var headings = [3]string{"p50", "p99", "p99.9"}

// read reads what the simulation wrote. Of one scenario and contender, the lines are in the order of the seeds.
func read(file string) (runs, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all := runs{}
	for in := json.NewDecoder(f); ; {
		var line struct {
			contender
			Scenario       string
			P50, P99, P999 float64
		}
		switch err := in.Decode(&line); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, err
		}
		all.add(line.contender, line.Scenario, [3]float64{line.P50, line.P99, line.P999})
	}
}

func (r runs) add(c contender, scenario string, values [3]float64) {
	if r[c] == nil {
		r[c] = scenarios{}
	}
	if r[c][scenario] == nil {
		r[c][scenario] = &figures{}
	}
	for i, x := range values {
		r[c][scenario][i] = append(r[c][scenario][i], x)
	}
}

func (r runs) of(c contender) scenarios { return r[c] }

func (s scenarios) names() []string { return slices.Sorted(maps.Keys(s)) }
