package ways

import (
	"fmt"
	"io"
	"slices"
)

// target is what must come out.
type target struct {
	what   string
	value  float64
	within float64 // the most that meets it
	remark string
	rounds int // that an estimate is from, which needs enough of them; 0 for a count
}

func (t target) met() bool { return t.value <= t.within }

// judged reports whether the target can be held against its value.
func (t target) judged() bool { return t.rounds == 0 || enough(t.rounds) }

const (
	mostShare    = 0.15 // of what way a adds, that d2 may add
	mostRequests = 0.2  // of way a's requests, that c may make
)

// targets are held against the results.
func (r results) targets() []target {
	return slices.Concat(r.estimates(r.shares()), r.unasked(), r.judged())
}

// estimates have the number of rounds that they are from.
func (r results) estimates(all []target) []target {
	for i := range all {
		all[i].rounds = len(r[keyToday])
	}
	return all
}

// shares are the targets for what one way costs of another.
func (r results) shares() (all []target) {
	cpu, cold := r.share(keyAgain, keyToday, sample.cpu), r.share(keyFirst, keyToday, sample.cpu)
	time := r.share(keyAgain, keyToday, func(s sample) float64 { return s.of[median] })
	if r.of(keyToday, cpuMS1).high > 0 { // the system tells
		all = append(all, target{
			what:  "CPU an order of MS1 and MS2 that d2 adds to 0, as a share of a's",
			value: cpu.median, within: mostShare, remark: fmt.Sprintf("%s; d1: %s", spread(cpu), short(cold.median)),
		})
	}
	tail, asked := ratio(r.of(keyAgain, slow), r.of(keySDK, slow)), ratio(r.of(keySDK, requests), r.of(keyToday, requests))
	return append(all,
		target{what: "p50 of an order that d2 adds to 0, as a share of a's", value: time.median, within: mostShare, remark: spread(time)},
		target{what: "p99 of d2, as a share of c's", value: tail, within: 1},
		target{what: "B2B requests an order of c, as a share of a's", value: asked, within: mostRequests})
}

// unasked are the targets of the ways in which MS1 asks nothing.
func (r results) unasked() (all []target) {
	for _, key := range []string{keyFirst, keyAgain, keyGateway, keyKept} {
		asked := r.total(key, func(s sample) int64 { return s.asked })
		all = append(all, target{what: "B2B requests from MS1 to MS2 of " + key + ", in all rounds", value: float64(asked)})
	}
	return all
}

// judged are the targets that answers are held to.
func (r results) judged() []target {
	var mistaken, unanswered int64
	for key := range r {
		if key != keyUnchecked {
			mistaken += r.count(key, wrong)
			unanswered += r.count(key, unchecked)
		}
		unanswered += r.count(key, broken)
	}
	return []target{
		{what: "wrong verdicts in all ways that check", value: float64(mistaken)},
		{what: "orders without an answer", value: float64(unanswered)},
	}
}

func ratio(a, b interval) float64 { return a.median / b.median }

// printTargets prints each target, and reports whether all were met that can be judged.
func printTargets(w io.Writer, all []target) bool {
	met := true
	for _, t := range all {
		word := "met"
		switch {
		case !t.judged():
			word, t.remark = "–", "too few rounds to judge"
		case !t.met():
			word, met = "MISSED", false
		}
		fmt.Fprintf(w, "%-6s  %6s, at most %-5s  %s%s\n", word, short(t.value), short(t.within), t.what, bracketed(t.remark))
	}
	return met
}

func bracketed(remark string) string {
	if remark == "" {
		return ""
	}
	return " (" + remark + ")"
}
