package flight

// A batch that stands by has its call begun already: an idle goroutine is in Group.Do with it, and waits for its turn. Who opens
// a batch takes that one, so that a check starts no goroutine, whose stack would have to grow, and finds what a batch needs
// made. It is a tenth of the CPU time of a lone check.

// takeStandbyLocked returns a batch that stands by. When there is none, one more goroutine is started for those to come, up to as
// many as batches may be under way.
func (b *Batcher) takeStandbyLocked() *batch {
	if last := len(b.standby) - 1; last >= 0 {
		n := b.standby[last]
		b.standby = b.standby[:last]
		return n
	}
	if b.servers < b.options.InFlight {
		b.servers++
		b.running.Go(b.serve)
	}
	return nil
}

// serve brings one batch after the other to its end, until the client closes.
func (b *Batcher) serve() {
	defer b.exited()
	for b.options.Context.Err() == nil {
		n := b.newStandby()
		_, _, _ = n.group.Do("", n.fly)
	}
}

func (b *Batcher) newStandby() *batch {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := b.newLocked(&trip{})
	n.called, n.served = make(chan struct{}), true
	return n
}

// standBy offers the batch, whose call has begun.
func (n *batch) standBy() {
	n.batcher.mu.Lock()
	defer n.batcher.mu.Unlock()
	n.batcher.standby = append(n.batcher.standby, n)
}

// exited notes that a goroutine that served has ended, at Close or by a fault.
func (b *Batcher) exited() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.servers--
}
