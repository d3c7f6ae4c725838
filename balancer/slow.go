package balancer

import "time"

// A slow replica is not left out: its cost keeps requests away. It is called slow after two answers in a row that took far longer
// than the others' do, or one that was overdue, once the estimate says so or half a second passed and no fast one came: a lone
// stall is none. It stays so, however seldom it is asked, until it is measured fast again, below the band.
const (
	slowFactor = 4                     // times the median of the replicas
	slowLeast  = 10 * time.Millisecond // above it, at least
	slowRow    = 2                     // answers in a row
	slowShown  = 500 * time.Millisecond
)

// watchSlow takes in how long an answer took, of those that the estimate takes in.
func (r *replica) watchSlow(now, took time.Duration, effort uint32) {
	n, typical := r.lags.Load(), time.Duration(r.balancer.typical.Load())
	factor := time.Duration(slowFactor)
	if n >= slowRow {
		factor = band
	}
	limit := max(factor*typical, typical+slowLeast) * time.Duration(effort-perRequest+perAnswer) / (perAnswer + 1)
	switch slow := typical > 0 && took >= limit; {
	case !slow && n != 0:
		r.lags.Store(0)
	case slow && n >= slowRow:
		r.lagged.Store(int64(took))
	case slow:
		r.lagged.Store(int64(took))
		r.lagsSince.Store(int64(now))
		if n++; took >= overdueShown {
			n = slowRow
		}
		r.lags.Store(n)
	}
}

// slow reports whether it is to be called that.
func (r *replica) slow(now time.Duration) bool {
	if r.lags.Load() < slowRow || len(r.balancer.fleet.Load().members) < 2 {
		return false
	}
	typical, latency := r.balancer.Typical(1), r.load.estimate()
	if time.Duration(r.lagged.Load()) < band*typical { // the others are as slow by now
		return false
	}
	return now >= time.Duration(r.lagsSince.Load())+slowShown || latency >= max(slowFactor*typical, typical+slowLeast)
}
