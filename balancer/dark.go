package balancer

// While no replica answers, the fault is the request's, or everybody's: it is held against none. Else the first that answers
// again would look far better than those that were not asked since, and would get all.

// dark reports whether the last request that each replica in use was sent was not answered, and several in a row on one.
func (f *fleet) dark() bool {
	silent := false
	for i := range f.members {
		m := &f.members[i]
		switch r := m.replica; {
		case m.weight <= 0 || r.caveats.Load()&judgedOut != 0:
		case !r.troubled.Load():
			return false
		default:
			silent = silent || r.silent()
		}
	}
	return silent
}

// watchDark notes whether it is dark, and forgives the replicas what happened when it is light again.
func (b *Balancer) watchDark(f *fleet) {
	dark := f.dark()
	if b.dark.Swap(dark) && !dark {
		for i := range f.members {
			r := f.members[i].replica
			r.load.faults.Store(0)
			r.row.length.Store(0)
		}
	}
}

// light makes the next pick see that one answers.
func (b *Balancer) light() {
	if b.dark.Load() {
		b.urgent.Store(true)
		b.wakeAt(b.now())
	}
}
