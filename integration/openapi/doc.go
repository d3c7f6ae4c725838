// Package openapi holds the handler of sdk/protocol to the OpenAPI document that it ships: real requests and answers of
// every operation are validated against the document, every status that the document names is exercised, and nothing
// occurs that it does not name. It is a module of its own, so that nobody who imports the SDK carries a validator.
//
// Requests and answers come one after the other, so the whole test runs this package without the race detector, under which
// the validator takes minutes to compile. With it:
//
//	go -C integration/openapi test -race .
package openapi
