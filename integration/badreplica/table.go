package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// printRows prints the table of ours and returns how many figures miss their targets.
func printRows(out io.Writer, all []*row, o options) (missed int) {
	fmt.Fprintf(out, "\nThree replicas, one of them bad; %v checks a second for %v after it turned, then %v batches of %d a second for %v.\n"+
		"A figure marked ! misses its target.\n\n", loneLoad.calls, o.span, calmKind().batchLoad().calls, calmKind().batchLoad().sids, o.span/2)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "bad replica\tbad\tfailed\tearly\tlate\twrong\tshare %\trequests/check\tp50 ms\tp99 ms\tlag ms\tbatches: failed\tearly\tlate\twrong\tStats of the bad one")
	for _, r := range all {
		cells, n := r.cells(wellIn(all, r.healthy))
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.kind.name, onsetName(r.healthy), strings.Join(cells, "\t"), r.says())
		missed += n
	}
	_ = w.Flush()
	return missed
}

// wellIn is what the calm fleet did, nil when it was not measured.
func wellIn(all []*row, healthy time.Duration) *figures {
	for _, r := range all {
		if r.kind.name == calm && r.healthy == healthy {
			return r.lone
		}
	}
	return nil
}

// cells are those of the lone pass and then those of the batches.
func (r *row) cells(well *figures) (cells []string, missed int) {
	lone, n := r.lone.cells(limitsOf(r.kind, well))
	batches, m := r.batches.cells(limits{early: r.kind.earlyLimit()})
	return append(lone, batches[:countColumns]...), n + m
}

// countColumns are the first of a pass, which count failures and wrong verdicts.
const countColumns = 4

// cells are the figures of a pass as text, or dashes where it was not played.
func (f *figures) cells(l limits) (cells []string, missed int) {
	if f == nil {
		return strings.Split(strings.Repeat("–", 9), ""), 0
	}
	misses := f.judge(l)
	mark := func(t target, format string, value any) string {
		text := fmt.Sprintf(format, value)
		if misses[t] {
			text += "!"
		}
		return text
	}
	return []string{
		mark(inHealth, "%d", f.failed), mark(inEarly, "%d", f.early), mark(inLate, "%d", f.late), mark(inWrong, "%d", f.wrong),
		mark(inShare, "%.1f", 100*f.share), mark(inPerCheck, "%.2f", f.perCheck),
		fmt.Sprintf("%.1f", milliseconds(f.p50)), mark(inP99, "%.1f", milliseconds(f.p99)), fmt.Sprintf("%.0f", milliseconds(f.lag)),
	}, len(misses)
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// says is what Stats said in the last pass.
func (r *row) says() string {
	for _, f := range []*figures{r.lone, r.batches} {
		if f != nil {
			return strings.Join(f.says, " | ")
		}
	}
	return ""
}

// printExamples prints an error of each pass that had failures.
func printExamples(out io.Writer, all []*row) {
	for _, r := range all {
		r.lone.printExample(out, r.name())
		r.batches.printExample(out, r.name()+", batches")
	}
}

func (f *figures) printExample(out io.Writer, name string) {
	if f != nil && f.example != nil {
		fmt.Fprintf(out, "%s: %v\n", name, f.example)
	}
}
