// Package discovery tells which replicas of a service exist.
//
// A [Source] watches one registry and hands over a complete [Snapshot] whenever something changed, and whenever it
// learnt that nothing can be confirmed for now. It never reports a difference: a reader that missed one snapshot is
// right again after the next.
//
// Sources that need no client of their own live here ([Static]); the one for Consul lives in the package consul below.
// The package imports nothing else of this module, and neither net/http nor a registry's client.
package discovery
