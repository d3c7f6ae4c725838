// Package registrytest is what the tests against real registries share: replicas of MS2 as processes of their own, and
// checks that never stop.
//
// A replica is the test's own binary started again, so TestMain must be [Run]. Whatever is started here ends with the
// test; the replicas end with the test's process too, however that ends.
package registrytest
