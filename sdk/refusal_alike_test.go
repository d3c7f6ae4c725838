package sdk_test

import (
	"testing"
	"time"
)

func TestAFleetThatRefusesAlikeIsNotBlamedAndHealsAtOnce(t *testing.T) {
	short := 3 * time.Second
	for name, o := range map[string]outage{
		"401":                    {sick: with(401, empty), lasts: 5 * time.Second, says: "MS2_TOKEN", frugal: true},
		"403":                    {sick: with(403, blank), lasts: short, says: "MS2_TOKEN", frugal: true},
		"400":                    {sick: with(400, empty), lasts: short, says: "400", frugal: true},
		"429":                    {sick: with(429, empty), lasts: 5 * time.Second, heals: 100 * time.Millisecond},
		"200 without results":    {sick: raw(`{"results":[]}`), lasts: short, says: "no result", frugal: true},
		"404 by the batch door":  {sick: with(404, empty), lasts: short, protocol: "batch", says: "MS2_PROTOCOL", frugal: true},
		"404 by the single door": {sick: with(404, empty), lasts: short, protocol: "single", says: "MS2_NOT_FOUND", frugal: true},
		"404 by both doors":      {sick: with(404, empty), lasts: short, says: "404"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o.run(t, 0)
			o.run(t, time.Second)
		})
	}
}
