//go:build !race

package fleet_test

import "time"

// service is how long a slot is taken by a request, on average; each takes half as long to half as long again. With it
// the ten replicas are asked 700 times a second.
const service = 20 * time.Millisecond
