// Package registry holds tests of the SDK against a real Consul agent and real replicas: processes of their own, killed,
// stopped and drained by real signals while checks run.
package registry
