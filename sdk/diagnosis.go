package sdk

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ms2.internal/lb/balancer"
)

// diagnose says what is wrong, the worst first, and sums it up in a sentence. wrong is what is known to be wrong with the whole.
func (s *Stats) diagnose(wrong []Problem) {
	if s.Closed {
		wrong = []Problem{{Reason: ReasonClosed, Severity: Notice, Text: "the client is closed"}}
	} else {
		s.raise(wrong)
		wrong = append(wrong, s.allBroken(wrong)...)
		wrong = append(wrong, s.keysUnconfirmed()...)
		wrong = append(wrong, s.dropped()...)
		for i := range s.Replicas {
			if p, bad := s.Replicas[i].problem(); bad {
				wrong = append(wrong, p)
			}
		}
	}
	slices.SortStableFunc(wrong, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.grade(), b.grade()), cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Replica, b.Replica))
	})
	s.Problems = wrong
	s.Summary = s.summary()
}

// raise has be critical what leaves no replica to ask.
func (s *Stats) raise(wrong []Problem) {
	for i := range wrong {
		if r := wrong[i].Reason; len(s.Replicas) == 0 && (r == ReasonUnconfirmed || r == ReasonSourceEnded || r == ReasonNoReplicas) {
			wrong[i].Severity = Critical
		}
	}
}

// grade is 0 for what is critical, which goes before all else.
func (p *Problem) grade() int {
	if p.Severity == Critical {
		return 0
	}
	return 1
}

// ranks put what is wrong in the order in which an operator wants to hear of it: what explains the rest comes first.
var ranks = []Reason{
	ReasonClosed, ReasonNoReplicas, ReasonSourceEnded, ReasonCircuitOpen, ReasonHook, ReasonRefused, ReasonUpstream, ReasonDeadline,
	ReasonOverloaded, ReasonPanicking, ReasonUnconfirmed, ReasonBudgetExhausted,
}

func (p *Problem) rank() int {
	i := slices.Index(ranks, p.Reason)
	switch {
	case p.Replica != "" && p.Severity == Warning:
		return len(ranks)
	case i >= 0 && p.Replica == "":
		return i
	}
	return len(ranks) + 1
}

// allBroken says that no circuit breaker is closed, whether or not anybody asks.
func (s *Stats) allBroken(wrong []Problem) []Problem {
	if slices.ContainsFunc(wrong, func(p Problem) bool { return p.Reason == ReasonCircuitOpen && p.Severity == Critical }) {
		return nil // checks fail by it
	}
	var last *ReplicaStats
	for i := range s.Replicas {
		r := &s.Replicas[i]
		if r.Breaker == "closed" {
			return nil
		}
		if last == nil || r.LastErrorAt != nil && (last.LastErrorAt == nil || r.LastErrorAt.After(*last.LastErrorAt)) {
			last = r
		}
	}
	if last == nil {
		return nil
	}
	text := "checks that need MS2 fail: the circuit breaker of every replica is open"
	if last.LastError != nil {
		text += "; last: " + *last.LastError
	}
	return []Problem{{Reason: ReasonCircuitOpen, Cause: last.Cause, Severity: Critical, Text: text, Since: last.Since}}
}

// keysUnconfirmed says that attestations will count no more, if that is to be feared.
func (s *Stats) keysUnconfirmed() []Problem {
	if s.Attestations == nil || s.Attestations.Keys.Error == nil {
		return nil
	}
	return []Problem{{Reason: ReasonKeys, Severity: Warning, Text: "the keys of attestations can't be confirmed: " + *s.Attestations.Keys.Error}}
}

// dropped says what discovery leaves out.
func (s *Stats) dropped() []Problem {
	left := s.Discovery.Dropped
	if len(left) == 0 {
		return nil
	}
	text := fmt.Sprintf("discovery leaves out %s: %s: %s", counted(len(left), "instance"), left[0].ID, left[0].Why)
	return []Problem{{Reason: ReasonDropped, Severity: Notice, Text: text}}
}

// problem says what is wrong with a replica, if anything is.
func (r *ReplicaStats) problem() (Problem, bool) {
	if r.Reason == "" || r.Reason == ReasonNewcomer || r.Reason == ReasonReturned || r.Reason == ReasonWeightZero {
		return Problem{}, false
	}
	p := Problem{Reason: r.Reason, Cause: r.Cause, Severity: Warning, Replica: r.ID, Text: r.Why, Since: r.Since}
	switch r.Reason {
	case ReasonLeaving:
		p.Severity, p.Cause = Notice, ""
	case ReasonSlow, ReasonOverdue: // no errors: the last is of something else
		p.Cause = ""
	}
	return p, true
}

// out reports whether a replica is left out.
func (r *ReplicaStats) out() bool {
	switch balancer.State(r.State) {
	case balancer.Broken, balancer.Probing, balancer.Ejected:
		return true
	}
	return false
}

// summary is one sentence on the worst, and one on whether checks are answered.
func (s *Stats) summary() string {
	if len(s.Problems) == 0 {
		if len(s.Replicas) == 0 {
			return "No replica was named yet."
		}
		return fmt.Sprintf("All is well with %s.", counted(len(s.Replicas), "replica"))
	}
	worst := &s.Problems[0]
	switch {
	case worst.Reason == ReasonOneAddress: // as it may have been meant
		return "All is well with 1 replica, the only address of MS2."
	case worst.Reason == ReasonClosed:
		return "The client is closed."
	case worst.Severity == Critical:
		return sentence(worst.Text)
	case slices.Contains(failedReasons, worst.Reason):
		return sentence(worst.Text) + " The others are answered."
	}
	return sentence(s.partly(worst)) + " Checks are answered."
}

// partly says what is wrong while checks are answered.
func (s *Stats) partly(worst *Problem) string {
	out, one := 0, worst
	for i := range s.Replicas {
		if r := &s.Replicas[i]; r.out() {
			out++
			one = &s.Problems[max(0, slices.IndexFunc(s.Problems, func(p Problem) bool { return p.Replica == r.ID }))]
		}
	}
	switch {
	case worst.Reason == ReasonPanicking && out > 0:
		return fmt.Sprintf("%d of %s are out: %s", out, counted(len(s.Replicas), "replica"), worst.Text)
	case worst.Replica == "":
		return worst.Text
	case out == 0:
		return fmt.Sprintf("replica %s: %s", worst.Replica, worst.Text)
	case out == 1:
		return fmt.Sprintf("1 of %s is out (%s: %s)", counted(len(s.Replicas), "replica"), one.Replica, one.Text)
	}
	return fmt.Sprintf("%d of %s are out", out, counted(len(s.Replicas), "replica"))
}

// counted is a number of things, as "1 replica" or "3 replicas".
func counted(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}

// sentence makes one of words.
func sentence(words string) string {
	first, size := utf8.DecodeRuneInString(words)
	words = string(unicode.ToUpper(first)) + words[size:]
	if strings.HasSuffix(words, "?") || strings.HasSuffix(words, ".") {
		return words
	}
	return words + "."
}
