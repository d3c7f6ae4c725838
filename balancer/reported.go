package balancer

import (
	"math"
	"time"
)

// The utilisation that a replica reports with its answers (ORCA, the Open Request Cost Aggregation of the xDS API) tells of
// the load of all clients, where the work in flight tells of this one's. What a request waits in a queue grows with 1/(1-u), so
// that is its factor on the cost. gRPC's weighted round robin makes weights of such reports.
//
// It counts between replicas that both report and that latency and failures do not tell apart: one that is slow reports a low
// utilisation for being left alone, and would draw requests. Of reports that are seconds old, a crowd of clients with little
// traffic each does worse than of none; like a latency, one counts for a second.

// report is the last utilisation above 0: its tick in the upper half, in the lower its bits as a float32; 0 when none came.
type report uint64

// told keeps the utilisation. Most replicas report none: a store costs more than a look.
func (l *load) told(now time.Duration, utilisation float64) {
	if !(utilisation > 0) {
		return
	}
	word := uint64(uint32(now/tick))<<32 | uint64(math.Float32bits(float32(utilisation)))
	if word != l.report.Load() {
		l.report.Store(word)
	}
}

// reports says that both of a pair have reported.
func reports(a, b *load) bool { return a.report.Load() != 0 && b.report.Load() != 0 }

// mostLoaded is the utilisation from which on replicas count as equally full: 1/(1-u) has no bound, and reports are not exact.
const mostLoaded = 0.9

// fullness is the factor on a's cost relative to b's for what both reported, drawn to 1 by the age of the older; 1 when that is
// in the narrow band, or when one of the two has not answered often: a newcomer reports that it is idle while it is cold.
func fullness(a, b *load, now time.Duration) float64 {
	if !reports(a, b) || a.trust() < 1 || b.trust() < 1 {
		return 1
	}
	x, y := report(a.report.Load()), report(b.report.Load())
	age := max(recollection(x).since(now), recollection(y).since(now))
	ratio := math.Exp(math.Log(y.room()/x.room()) * a.retained(haste*age))
	if ratio <= narrowBand && ratio >= 1/narrowBand {
		return 1
	}
	return ratio
}

// room is the share that is free.
func (r report) room() float64 { return 1 - min(r.utilisation(), mostLoaded) }

// utilisation is what was reported, to a millionth.
func (r report) utilisation() float64 {
	return math.Round(float64(math.Float32frombits(uint32(r)))*1e6) / 1e6
}
