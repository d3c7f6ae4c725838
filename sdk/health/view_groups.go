package health

import "ms2.internal/lb/sdk"

// groups are the numbers since the start.
func groups(s sdk.Stats) []group {
	return []group{
		checkGroup(s.Checks), failedGroup(s.Checks.FailedBy), attemptGroup(s), outcomeGroup(s.Outcomes), failureGroup(s.Failures),
		lineGroup(s.Line), cacheGroup(s.Cache), outGroup(s), logGroup(s.Logs),
	}
}

func checkGroup(c sdk.CheckStats) group {
	return group{"Checks", []pair{
		n("fresh", c.Fresh), n("cached", c.Cached), n("stale", c.Stale), n("attested", c.Attested), n("failed", c.Failed),
		n("malformed", c.Malformed), n("forged", c.Forged), n("kindless", c.Kindless), n("coalesced", c.Coalesced),
	}}
}

func failedGroup(f sdk.FailedStats) group {
	return group{"Failed checks", []pair{
		n("no_replicas", f.NoReplicas), n("circuit_open", f.CircuitOpen), n("overloaded", f.Overloaded), n("deadline", f.Deadline),
		n("canceled", f.Canceled), n("refused", f.Refused), n("upstream", f.Upstream), n("hook", f.Hook), n("closed", f.Closed),
	}}
}

func attemptGroup(s sdk.Stats) group {
	return group{"Attempts", []pair{
		n("all", s.Attempts), n("batches", s.Batches), n("retry", s.Extra.Retry), n("second opinion", s.Extra.SecondOpinion),
		n("split", s.Extra.Split), n("probe", s.Extra.Probe), n("learn", s.Extra.Learn), n("renewal", s.Extra.Renewal),
		n("not made, the budget used up", s.BudgetRefusals),
	}}
}

func outcomeGroup(o sdk.OutcomeStats) group {
	return group{"Outcomes of attempts", []pair{
		n("success", o.Success), n("failure", o.Failure), n("refused", o.Refused), n("shed", o.Shed), n("ignored", o.Ignored),
	}}
}

func failureGroup(f sdk.FailureStats) group {
	return group{"Failures of attempts", []pair{
		n("connect", f.Connect), n("reset", f.Reset), n("timeout", f.Timeout), n("tls", f.TLS), n("status", f.Status),
		n("redirect", f.Redirect), n("malformed", f.Malformed),
	}}
}

func lineGroup(l sdk.LineStats) group {
	return group{"Line, now", []pair{
		n("SIDs waiting", l.Waiting), n("may wait", l.WaitingMax), n("batches in flight", l.InFlight), n("may be, as found best", l.Limit),
		n("may be at most", l.LimitMax), n("SIDs sent alone", l.Apart),
	}}
}

func cacheGroup(c *sdk.CacheStats) group {
	if c == nil {
		return group{"Cache", []pair{{"state", "off"}}}
	}
	return group{"Cache", []pair{
		n("entries, now", c.Entries), n("limit", c.Limit), n("hits", c.Hits), n("misses", c.Misses), n("refreshes", c.Refreshes),
		n("evictions", c.Evictions),
	}}
}

func outGroup(s sdk.Stats) group {
	e, b := s.Ejections, s.Breakers
	return group{"Replicas left out", []pair{
		n("breakers opened", b.Opened), n("half-opened", b.HalfOpened), n("closed", b.Closed), n("fails_more", e.FailsMore),
		n("answers_nothing", e.AnswersNothing), n("probe_refused", e.ProbeRefused), n("left_out", e.LeftOut), n("withheld", e.Withheld),
	}}
}

func logGroup(l sdk.LogStats) group {
	return group{"Log lines", []pair{n("written", l.Written), n("suppressed", l.Suppressed), n("dropped", l.Dropped)}}
}

// n is a pair of a name and a number.
func n[T int | int64](name string, v T) pair { return pair{name, count(int64(v))} }
