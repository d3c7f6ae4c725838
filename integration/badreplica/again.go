package main

import "context"

// replays is how often latencies are measured again that miss their target. What other work takes from the machine only
// adds to them, so the least counts.
const replays = 2

// playAgain measures once more the rows whose latencies miss their target, and the calm fleets beside them.
func playAgain(ctx context.Context, all []*row, o options) error {
	for range replays {
		var tasks []task
		for _, r := range tooLate(all) {
			tasks = append(tasks, r.again(o))
		}
		if err := runAll(ctx, tasks, o.atOnce, o.progress); err != nil {
			return err
		}
	}
	return nil
}

// tooLate are the rows whose 99th percentile is above its limit, and the calm rows if there are any.
func tooLate(all []*row) (late []*row) {
	var well []*row
	for _, r := range all {
		switch {
		case r.lone == nil:
		case r.kind.name == calm:
			well = append(well, r)
		case r.lone.judge(limitsOf(r.kind, wellIn(all, r.healthy)))[inP99]:
			late = append(late, r)
		}
	}
	if len(late) == 0 {
		return nil
	}
	return append(well, late...)
}

// again is the pass of single checks once more.
func (r *row) again(o options) task {
	t := r.loneTask(o)
	return task{t.name + " again", func(ctx context.Context) error {
		before := r.lone
		if err := t.run(ctx); err != nil {
			return err
		}
		r.lone = before.with(r.lone)
		return nil
	}}
}

// with joins two measurements of one cell: the lesser latencies, and the worse of all that is counted.
func (f *figures) with(again *figures) *figures {
	joined := *again
	if f.p99 < again.p99 {
		joined.p50, joined.p99, joined.lag = f.p50, f.p99, f.lag
	}
	joined.failed, joined.healthy, joined.wrong = max(f.failed, again.failed), max(f.healthy, again.healthy), max(f.wrong, again.wrong)
	joined.early, joined.late, joined.then = max(f.early, again.early), max(f.late, again.late), max(f.then, again.then)
	joined.share, joined.perCheck = max(f.share, again.share), max(f.perCheck, again.perCheck)
	if f.example != nil {
		joined.example = f.example
	}
	return &joined
}
