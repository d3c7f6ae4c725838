module ms2.internal/lb

go 1.25.0

require (
	github.com/cenkalti/backoff/v4 v4.3.0
	github.com/hashicorp/consul/api v1.32.4
	github.com/maypok86/otter/v2 v2.4.0
	github.com/sony/gobreaker v1.0.0
	golang.org/x/sync v0.20.0
)
