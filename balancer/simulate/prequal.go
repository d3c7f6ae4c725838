package simulate

import (
	"slices"
	"time"
)

// prequal is the rule of Wydrowski and others, "Load is not what you should balance: introducing Prequal", NSDI 2024. A
// client keeps a pool of probes; each tells a replica's requests in flight (of all clients) and its recent latency at that
// number. Among them, one above the quantile 0.84 of the numbers in flight is hot: the cold one with the lowest latency is
// chosen, or the hot one with the fewest in flight.
//
// Kindly, probes are answered at once and cost nothing; a silent replica does not answer them. A replica has one probe in
// the pool, the newest. The paper names an aversion to errors and not its rule: here a replica
// that failed a request is out of the pool for a second.
type prequal struct {
	chooser
	pool   []probe // the oldest first
	failed map[int]time.Duration
	worst  bool // the next removal takes the worst, else the oldest
}

type probe struct {
	replica  int
	at       time.Duration
	inFlight int
	latency  time.Duration
	uses     float64 // that are left
}

const (
	prequalPool     = 16
	prequalProbes   = 3 // a query
	prequalAge      = time.Second
	prequalHot      = 0.84
	prequalAversion = time.Second
)

func newPrequal(s *simulation, seed uint64) policy {
	return &prequal{chooser: newChooser(s, seed), failed: map[int]time.Duration{}}
}

func (p *prequal) pick(_ int, tried []int) (int, func(outcome)) {
	for range prequalProbes {
		p.probe(p.members[p.random.IntN(len(p.members))])
	}
	p.pool = slices.DeleteFunc(p.pool, func(b probe) bool { return p.now-b.at > prequalAge || b.uses <= 0 || p.averse(b.replica) })
	chosen := p.choose(tried)
	p.remove()
	return chosen, func(o outcome) {
		if o != answered {
			p.failed[chosen] = p.now + prequalAversion
		}
	}
}

func (p *prequal) averse(i int) bool { return p.now < p.failed[i] }

func (p *prequal) probe(i int) {
	r := p.replicas[i]
	if r.behaviour.fault(p.now).silent {
		return
	}
	p.pool = slices.DeleteFunc(p.pool, func(b probe) bool { return b.replica == i })
	if len(p.pool) >= prequalPool {
		p.pool = p.pool[1:]
	}
	p.pool = append(p.pool, probe{i, p.now, r.inFlight, r.history.estimate(r.inFlight), p.reuse()})
}

// reuse is how often a probe may be used, by the paper's formula (δ = 1, one removal a query); as often as it is fresh
// where the pool could hold the whole fleet.
func (p *prequal) reuse() float64 {
	supply := (1-prequalPool/float64(len(p.members)))*prequalProbes - 1
	if supply <= 0 {
		return 1e9
	}
	return max(1, 2/supply)
}

// choose takes a probe and counts the request in on it; without two probes to choose from, a replica at random.
func (p *prequal) choose(tried []int) int {
	var fit []int
	for at := range p.pool {
		if !slices.Contains(tried, p.pool[at].replica) {
			fit = append(fit, at)
		}
	}
	if len(fit) < 2 {
		from := p.untried(tried)
		return from[p.random.IntN(len(from))]
	}
	hot := p.threshold()
	at := p.best(fit, func(at int) float64 { return p.pool[at].cost(hot) })
	b := &p.pool[at]
	b.inFlight++
	b.uses--
	return b.replica
}

// threshold is the number in flight from which on a replica is hot.
func (p *prequal) threshold() int {
	var inFlight []int
	for _, b := range p.pool {
		inFlight = append(inFlight, b.inFlight)
	}
	slices.Sort(inFlight)
	return inFlight[int(prequalHot*float64(len(inFlight)-1))]
}

// cost orders the cold ones by latency, then the hot ones by what they have in flight.
func (b *probe) cost(hot int) float64 {
	if b.inFlight > hot {
		return 1e18 + 1e9*float64(b.inFlight)
	}
	return float64(b.latency)
}

// remove takes one probe out for each query once the pool is full of them: the oldest and the worst in turn.
func (p *prequal) remove() {
	if len(p.pool) < min(prequalPool, len(p.members)) {
		return
	}
	at := 0
	if p.worst = !p.worst; p.worst {
		hot := p.threshold()
		for i := range p.pool {
			if p.pool[i].cost(hot) > p.pool[at].cost(hot) {
				at = i
			}
		}
	}
	p.pool = slices.Delete(p.pool, at, at+1)
}
