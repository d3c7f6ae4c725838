// Command badreplica sets the SDK in front of three replicas one of which is bad, in each of the ways that a replica can be,
// and prints what that costs those who check.
//
//	go -C integration/badreplica run .                       every kind, then twelve pairs: ten minutes, up to fifteen on a busy machine
//	go -C integration/badreplica run . -run 503 -pass lone   the kinds with 503 in their names, single checks alone
//	go -C integration/badreplica run . -pairs                the pairs alone
//	go -C integration/badreplica run . -peers                what others use beside ours, eleven minutes
//	go -C integration/badreplica run . -v                    with an error of each row that had failures
//
// Replicas are processes of their own, which are this same binary, on 127.0.0.1. A good one takes 2 ms for a request. The
// bad one is bad from the start, or turns after 3 s of health: killed is SIGKILL, hangs is SIGSTOP. The client is the SDK
// with its defaults but for the cache, which is off. It knows of the replicas from the start, and of nothing else.
//
// There are two passes, one after the other:
//
//   - single checks: 300 a second for 6 s after the onset, each with 2 s. Two rows are of callers who wait 150 ms, by a
//     deadline or by a cancel; those last 20 s.
//   - batches: 20 calls of ValidateAll a second, of 500 SIDs each, for 3 s after the onset; of 50 by the single door,
//     where each SID is a request. Only failures and wrong verdicts count.
//
// The loop is open, arrivals are Poisson's, and the same for all kinds and stacks. Of ten SIDs one is forged, so that a wrong
// verdict of either sort shows. A call counts from when it was due.
//
// The columns:
//
//   - failed: checks without a verdict in the whole cell. Missed when one of them failed before the onset.
//   - early: failed of those that came in the first second after the onset. None may where the bad replica answers at
//     once, killed and reset among them, since another can be asked then. Of callers with 150 ms: in the first 6 s, at
//     most 9.
//   - late: failed after that; of callers with 150 ms, after 10 s. None may.
//   - wrong: verdicts that call a forged SID valid or a genuine one invalid. None may be.
//   - share: requests to the bad replica of all those from 1 s after the onset on. At most 2 %.
//   - requests/check: from the onset on. At most 1.2. It can be below 1: checks that meet while one is under way share one.
//   - p50, p99: of the calls that came from 1 s after the onset on and were answered. p99 is at most 1.5 times that of the
//     calm fleet, which is measured in the same run, and 3 ms; by bare 404s 100 ms more, since each waits for its control. A row that misses is played again, and the calm fleet with it,
//     at most twice: the least latencies count, and the worst of all else.
//   - lag: the longest that a call began late, which is the machine's doing. What stands beside a long one is not to be
//     believed.
//   - Stats of the bad one: its state, its breaker, why, and its last error, at the end.
//
// Of five replicas with two bad, no check may fail that came later than 2 s after the start. The kinds of a pair are drawn,
// with the seed.
//
// With -peers each row has, beside ours, net/http's client that takes the replicas in turn; httplb's power of two choices with
// go-retryablehttp around it (3 retries, 10 to 100 ms apart); failsafe-go as it ships (its HTTP policy with 3 retries, a
// hedge after 20 ms, a breaker for each replica that opens for 2 s at 5 failures, the replicas in turn past open ones unless all are); and
// the same with a rule of the adopter's that whatever brings no verdict for the SID is an error. An attempt has 500 ms, as
// ours. Ours must fail no more checks than any of them. A peer that hedges is not counted where callers wait 150 ms.
//
// The exit code is 1 when a target is missed. Two cells run beside each other, which changes no figure that is judged on an
// idle machine of two cores. Other work does, p99 above all, and shows as lag: measure such a row again.
package main
