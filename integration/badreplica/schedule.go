package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

const (
	genuinePrefix = "usb:"
	forgedPrefix  = "forged:"

	forgedShare = 0.1

	// acquaintance is how many SIDs a schedule begins with that are genuine: where a bare 404 means invalid, a client has
	// to know a valid one first.
	acquaintance = 20
)

func genuine(sid string) bool { return strings.HasPrefix(sid, genuinePrefix) }

// load is how much is asked: calls a second, and SIDs in each.
type load struct {
	calls float64
	sids  int
}

// arrival is one call of a schedule.
type arrival struct {
	at   time.Duration // since the schedule began
	sids []string
}

// schedule draws the arrivals of a span: a Poisson process, so gaps of an exponential law, and SIDs that come once each.
// The same seed draws the same.
func schedule(l load, span time.Duration, seed uint64) (arrivals []arrival) {
	random := rand.New(rand.NewPCG(seed, uint64(l.sids)))
	gap := float64(time.Second) / l.calls
	n := 0
	for at := random.ExpFloat64() * gap; at < float64(span); at += random.ExpFloat64() * gap {
		sids := make([]string, l.sids)
		for i := range sids {
			sids[i] = draw(random, n)
			n++
		}
		arrivals = append(arrivals, arrival{time.Duration(at), sids})
	}
	return arrivals
}

func draw(random *rand.Rand, n int) string {
	prefix := genuinePrefix
	if random.Float64() < forgedShare && n >= acquaintance {
		prefix = forgedPrefix
	}
	return fmt.Sprintf("%s%04x:%06d", prefix, random.Uint32()>>16, n)
}
