package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"text/tabwriter"
)

// pair is a cell with two bad replicas of five, and what it brought.
type pair struct {
	cell    cell
	figures *figures
}

const pairsPlayed = 12

// measurePairs is the table of the pairs, ours alone.
func measurePairs(ctx context.Context, out io.Writer, o options) (int, error) {
	all := pairs(o)
	var tasks []task
	for _, p := range all {
		tasks = append(tasks, task{"pair " + p.cell.kind.name, func(ctx context.Context) (err error) {
			p.figures, err = p.cell.run(ctx, openOurs)
			return err
		}})
	}
	if err := runAll(ctx, tasks, o.atOnce, o.progress); err != nil {
		return 0, err
	}
	missed := printPairs(out, all)
	for _, p := range all {
		if o.verbose {
			p.figures.printExample(out, p.cell.kind.name)
		}
	}
	return missed, nil
}

// pairs draws twelve pairs of different kinds, none of them twice.
func pairs(o options) (all []*pair) {
	random := rand.New(rand.NewPCG(o.seed, 2))
	from := slices.DeleteFunc(kinds(), func(k kind) bool { return k.name == calm || k.single || k.callers != patient })
	drawn := map[[2]int]bool{}
	for len(all) < pairsPlayed {
		two := random.Perm(len(from))[:2]
		slices.Sort(two)
		if key := [2]int(two); !drawn[key] {
			drawn[key] = true
			all = append(all, &pair{cell: twoOfFive(from[two[0]], from[two[1]], o)})
		}
	}
	return all
}

// twoOfFive is the cell of a pair.
func twoOfFive(one, other kind, o options) cell {
	well := calmKind()
	return cell{
		kind: kind{name: one.name + " + " + other.name}, replicas: []kind{one, other, well, well, well}, bad: 2,
		span: o.span, load: loneLoad, seed: o.seed,
	}
}

func printPairs(out io.Writer, all []*pair) (missed int) {
	fmt.Fprint(out, "\nFive replicas, two of them bad from the start. Late is after the first two seconds.\n\n")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "bad replicas\tfailed\tearly\tlate\twrong\tshare %\trequests/check\tp50 ms\tp99 ms\tlag ms\tStats of the bad ones")
	for _, p := range all {
		cells, n := p.figures.cells(limits{early: anyNumber})
		fmt.Fprintf(w, "%s\t%s\t%s\n", p.cell.kind.name, strings.Join(cells, "\t"), strings.Join(p.figures.says, " | "))
		missed += n
	}
	_ = w.Flush()
	return missed
}
