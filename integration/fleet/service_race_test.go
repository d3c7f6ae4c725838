//go:build race

package fleet_test

import "time"

// Half as many requests under the race detector, which makes each several times as dear.
const service = 40 * time.Millisecond
