// Package cache keeps verdicts for as long as MS2 allows.
//
// An [Entry] carries its own freshness, by the rules of RFC 9111 (4.2) and RFC 5861; the [Cache] is bounded and finds it
// again, stale or not, so that a stale one can still be answered where allowed, or revalidated by its version. The
// container is otter (W-TinyLFU), so that a flood of SIDs that are asked once does not drive out those asked often.
package cache
