// Package delivery carries one batch of checks to MS2 and back.
//
// A [Carrier] picks a replica (package balancer), makes an attempt (package attempt), reports the outcome to the balancer and
// hands the verdicts to those who wait (the [Batch], which package flight implements). What is left goes on: to another
// replica after a failure, and after a refusal, which stands when a witness or all others refuse alike; in parts when the
// batch was refused or makes replicas fall over, check by check by the single door. It goes on as long as the callers' time,
// MS2_ATTEMPTS and the budget last. So a check fails only when no replica that can be reached inside its time answers it.
//
// All extra requests come from one token bucket: 20 % of the batches and 10 a second; splits draw on its upper half alone. A
// replica that was not tried yet is asked at once; before one is asked again there is a pause, which doubles from
// MS2_RETRY_BACKOFF.
//
// An attempt that its last caller has left runs on for a while, so that what is found out about a replica does not hang on the
// callers' patience.
//
// [Carrier.Forward] sends a request that is no check the same way; its answer's body is handed out while it still comes.
//
// deliver.go is the path from top to bottom; each other file holds one idea that the path uses.
package delivery
