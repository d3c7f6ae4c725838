package main

import (
	"context"
	"time"
)

// row is a kind with a moment of its onset, and what both passes brought; nil where one was not played.
type row struct {
	kind    kind
	healthy time.Duration
	lone    *figures
	batches *figures
}

// rows are those of the kinds, for each onset.
func rows(kinds []kind, onsets []time.Duration) (all []*row) {
	for _, k := range kinds {
		for _, healthy := range onsets {
			all = append(all, &row{kind: k, healthy: healthy})
		}
	}
	return all
}

// cell is the row's measurement with one bad replica of three.
func (r *row) cell(l load, span time.Duration, seed uint64) cell {
	return cell{
		kind: r.kind, replicas: []kind{r.kind, r.kind, r.kind}, bad: 1, healthy: r.healthy, span: span, load: l, seed: seed,
	}
}

// hastySpan is how long those are measured who wait 150 ms.
const hastySpan = 20 * time.Second

// loneTask plays single checks to ours.
func (r *row) loneTask(o options) task {
	span := o.span
	if r.kind.callers != patient {
		span = max(span, o.hastySpan)
	}
	return task{r.name() + ", single checks", func(ctx context.Context) (err error) {
		r.lone, err = r.cell(loneLoad, span, o.seed).run(ctx, openOurs)
		return err
	}}
}

// batchTask plays batches to ours.
func (r *row) batchTask(o options) task {
	return task{r.name() + ", batches", func(ctx context.Context) (err error) {
		r.batches, err = r.cell(r.kind.batchLoad(), o.span/2, o.seed).run(ctx, openOurs)
		return err
	}}
}

func (r *row) name() string { return r.kind.name + " " + onsetName(r.healthy) }

func onsetName(healthy time.Duration) string {
	if healthy == 0 {
		return "from the start"
	}
	return "after " + healthy.String()
}

var loneLoad = load{calls: 300, sids: 1}

// batchLoad is less by the single door, where each SID is a request.
func (k kind) batchLoad() load {
	if k.single {
		return load{calls: 20, sids: 50}
	}
	return load{calls: 20, sids: 500}
}
