// Package flight makes few requests of many checks.
//
// A check waits for a flight: one SID on its way to MS2 and back, which all checks of that SID share. Flights gather into
// batches, each of which is one HTTP request. No timer delays a batch: an idle [Batcher] sends at once, and while as many
// batches as allowed are under way, what comes gathers and goes together when one returns (Martin Thompson calls it smart
// batching). How many may be under way is found by trying, see limit.go.
//
// # Singleflight by batch
//
// golang.org/x/sync/singleflight coalesces: each batch has a Group of its own, and every check waits on a channel that the
// Group's DoChan returned. The one call that they share waits for the batch's turn, carries it (package delivery) and returns
// when all its flights have ended, or when they go on in parts. A part is a batch again: who waited for a flight that moved joins
// the part. Some calls are begun ahead, on goroutines that stand by, so that a lone check starts none.
//
// What singleflight does not do is done around it. The work belongs to nobody: when the last check has left, it is
// cancelled, or runs on to have a result, and one caller's context never fails another's check. A check may require an answer requested from now on, so it joins a
// flight that gathers and never one that was sent. After [Batcher.Invalidate] what is on its way is not kept.
//
// # One lock
//
// Batcher.mu guards joining, leaving and settling, so that no check joins a flight that is ending. Those who wait are woken
// outside of it, by the batch's own Group: 40,000 checks of one SID that land hold up nobody who joins another.
package flight
