package main

import "fmt"

// rule is one way to pick a replica.
type rule struct {
	name     string
	measures string // whether it measures latency
	open     func(replicas []string) (p picker, closed func(), err error)
}

// picker is a rule over its replicas.
type picker interface {
	// run makes so many decisions, one after the other: each picks a replica and reports an outcome of no time. It may be
	// called concurrently. see, unless it is nil, is told of the replica while the request is in flight.
	run(decisions int, see func(replica string)) error
}

// The rules that the targets name.
var (
	ours     = rule{"ours", "yes", openOurs(conditions{})}
	weighted = rule{"ours, weights 1 to 4", "yes", openOurs(conditions{weights: 4})}
	broken   = rule{"ours, a breaker open", "yes", openOurs(conditions{broken: 1})}
	zoned    = rule{"ours, half in its zone", "yes", openOurs(conditions{zones: 2})}
	bare     = rule{"the floor", "yes", openFloor}
	gozero   = rule{"go-zero p2c_ewma", "yes", openGRPC("p2c_ewma", "", false)}
	kratos   = rule{"kratos p2c + ewma", "yes", openKratos}
)

func rules() []rule {
	return []rule{
		ours,
		{"ours, 0.1 % failing", "yes", openOurs(conditions{failureEvery: 1000})},
		weighted,
		broken,
		zoned,
		bare,
		{"grpc round_robin", "no", openGRPC("round_robin", "", false)},
		{"grpc least_request", "no", openGRPC("least_request_experimental", "{}", false)},
		{"grpc weighted_round_robin", "server's", openGRPC("weighted_round_robin", `{"blackoutPeriod": "0s"}`, true)},
		gozero,
		kratos,
		{"httplb power of two", "no", openPowerOfTwo},
		{"httplb least loaded", "no", openLeastLoaded},
	}
}

// addresses name so many replicas.
func addresses(replicas int) []string {
	all := make([]string, replicas)
	for i := range all {
		all[i] = fmt.Sprintf("10.0.%d.%d:80", i/250, 1+i%250)
	}
	return all
}
