package main

import "context"

// fleet is the replicas of a cell; the first few of them turn bad.
type fleet struct {
	replicas []*process
	bad      int
}

// startFleet starts a replica of each kind. None is bad yet.
func startFleet(ctx context.Context, kinds []kind, bad int) (*fleet, error) {
	f := &fleet{bad: bad}
	for _, k := range kinds {
		p, err := startProcess(ctx, k)
		if err != nil {
			f.stop()
			return nil, err
		}
		f.replicas = append(f.replicas, p)
	}
	return f, nil
}

// turn makes bad those that are to be.
func (f *fleet) turn() error {
	for _, p := range f.replicas[:f.bad] {
		if err := p.turn(); err != nil {
			return err
		}
	}
	return nil
}

// addresses are where all listen; bad are those that turn.
func (f *fleet) addresses() []string { return addresses(f.replicas) }
func (f *fleet) badOnes() []string   { return addresses(f.replicas[:f.bad]) }

func addresses(replicas []*process) (all []string) {
	for _, p := range replicas {
		all = append(all, p.addr)
	}
	return all
}

func (f *fleet) stop() {
	for _, p := range f.replicas {
		p.stop()
	}
}
