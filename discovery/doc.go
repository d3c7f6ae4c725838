// Package discovery tells which replicas of a service exist.
//
// A [Source] watches one registry and hands over a complete [Snapshot] whenever something changed, and whenever it
// learnt that nothing can be confirmed for now. It never reports a difference: a reader that missed one snapshot is
// right again after the next.
//
// Sources that need no client of their own live here: [Static] addresses, a [File], [DNS]; the one for Consul lives in the
// package consul below. Two more are made of others: [Chain] falls back to the next source while one is silent, and
// [Remember] keeps the last good set on disk for the next start. They compose, Remember outermost:
//
//	Remember(Chain(Consul, File))
//
// All hold to the same rules. A source that cannot be asked, or answers nonsense, never empties the set: the last one
// stays in use, with its age and what is wrong. Bad entries are left out one by one and named. Nothing panics on what a
// file or a resolver says, and no goroutine outlives Watch.
//
// The package imports nothing else of this module, and neither net/http nor a registry's client.
package discovery
