// Package hook guards the SDK against code that the adopter supplied: a transport, a source of replicas, a log handler.
//
// Such code may panic, exit its goroutine by runtime.Goexit, or block for ever. Each call of it therefore runs on a goroutine
// of its own under a [Guard], which turns whatever happens into an error, a [Fault] that names the hook. So a fault harms the
// call that met it and no other. Close asks the Guard which hooks have not returned.
//
// There are two ways to call: [Guard.Go] for a call whose end is reported to a function, and [Call] for one whose result is
// waited for, at most until a context ends.
package hook
