package demo

import "fmt"

// story says in one sentence what happened when the replica died.
func (r report) story() string {
	if r.killed == 0 {
		return "No replica was killed: the show ended before."
	}
	dead := r.replicas[victim]
	story := fmt.Sprintf("When %s died, %s to it failed and went to another replica instead (%s)%s; ",
		dead.name, plural(dead.failures, "request"), plural(r.stats.Retries, "retry"), r.reaction(dead))
	if r.orders.Unchecked == 0 {
		story += "no check failed"
	} else {
		story += plural(int64(r.orders.Unchecked), "check") + " FAILED"
	}
	if r.returned == 0 {
		return story + "."
	}
	return story + fmt.Sprintf("; since it came back it was picked for %s.", plural(dead.picks-dead.before, "request"))
}

// reaction is what kept further requests away from the dead replica.
func (r report) reaction(dead replicaReport) string {
	switch {
	case dead.broken && dead.forgotten:
		return ", its circuit breaker opened and Consul took it off the list"
	case dead.broken:
		return ", its circuit breaker opened"
	case dead.forgotten:
		return ", Consul took it off the list"
	}
	return ""
}

func plural(n int64, word string) string {
	switch {
	case n == 1:
		return "1 " + word
	case word == "retry":
		return count(n) + " retries"
	}
	return count(n) + " " + word + "s"
}
