package balancer

import (
	"time"
	"unsafe"
)

// Chances returns how likely each index is to be drawn from a table of these weights, computed from its slots.
func Chances(weights []int) []float64 {
	t := newTable(weights)
	chances := make([]float64, len(weights))
	for _, s := range t.slots {
		below := float64(s.threshold) / (1 << 32)
		chances[s.index] += below / float64(len(t.slots))
		chances[s.alias] += (1 - below) / float64(len(t.slots))
	}
	return chances
}

// Draw draws an index from a table of these weights by a random number.
func Draw(weights []int, random uint64) int {
	t := newTable(weights)
	return t.draw(random)
}

// InFlight keeps the account of the work in flight on one replica.
type InFlight struct{ load load }

func (p *InFlight) Begin(work int, at time.Duration) { p.load.begin(effort(work), at) }

func (p *InFlight) End(work int, began time.Duration) { p.load.end(effort(work), began) }

// Read is the sum of the efforts, and that of the efforts times their ages in ms.
func (p *InFlight) Read(now time.Duration) (effort, aged int64) {
	word := p.load.work()
	effort = word.effort(now)
	return effort, word.aged(effort, now)
}

func (p *InFlight) Less(q *InFlight) bool { return p.load.work().less(q.load.work()) }

// Effort is that of a request for so many SIDs.
func Effort(work int) int64 { return int64(effort(work)) }

// Since is the time from an outcome at one moment to another moment.
func Since(told, now time.Duration) time.Duration { return recollect(told, 1).since(now) }

// Mute reports whether a replica is left out because it answers nothing.
func (b *Balancer) Mute(id string) bool {
	r := b.fleet.Load().byID[id]
	return r != nil && r.conditions.Load()&mute != 0
}

// Review compares all replicas, each judged anew, as the first pick of each second does.
func (b *Balancer) Review() {
	f := b.fleet.Load()
	for i := range f.members {
		f.members[i].replica.ejection.base = counts{}
	}
	b.reviewAt = 0
	b.review(f, b.now())
}

// HotLine tells of each replica where it begins in its cache line, and how far what a pick and an answer touch reaches.
func (b *Balancer) HotLine() (starts []uintptr, reach uintptr) {
	var r replica
	for i := range b.fleet.Load().members {
		starts = append(starts, uintptr(unsafe.Pointer(b.fleet.Load().members[i].replica))%64)
	}
	return starts, unsafe.Offsetof(r.tally) + unsafe.Offsetof(r.tally.successes) + unsafe.Sizeof(r.tally.successes)
}
