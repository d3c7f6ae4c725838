package demo

// story says in one sentence what happened when the replica died.
func (r report) story() string {
	if r.killed == 0 {
		return "No replica was killed: the show ended before that."
	}
	dead := r.replicas[victim]
	story := "When " + dead.name + " died, "
	if dead.failures > 0 {
		story += plural(dead.failures, "request") + " to it failed, "
	}
	story += plural(r.stats.Retries, "request") + " went to another replica instead" + reaction(dead) + "; "
	if r.orders.Failed == 0 {
		story += "no check failed"
	} else {
		story += plural(int64(r.orders.Failed), "check") + " FAILED"
	}
	return story + r.comeback(dead) + "."
}

// comeback is what came of the replica's return. A breaker that opened lets a request through after two seconds.
func (r report) comeback(dead replicaReport) string {
	switch {
	case r.returned == 0:
		return "; the show ended before it came back"
	case dead.asked() > 0:
		return "; since it came back it was picked for " + plural(dead.asked(), "request")
	}
	return "; it came back " + seconds(r.took-r.returned) + " before the end and was not asked again by then"
}

// reaction is what kept further requests away from the dead replica.
func reaction(dead replicaReport) string {
	switch {
	case dead.broken && dead.forgotten:
		return ", its circuit breaker opened, Consul took it off the list"
	case dead.broken:
		return ", its circuit breaker opened"
	case dead.forgotten:
		return ", Consul took it off the list"
	}
	return ""
}

func plural(n int64, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return count(n) + " " + word + "s"
}
