package ways

import (
	"context"
	"time"

	"ms2.internal/lb/examples/quickstart/fleet"
)

// usage is what was used since the start: of a way's MS1, of all replicas and of the gateway.
type usage struct {
	asked             fleet.Counts
	ms1, ms2, gateway time.Duration // CPU time; 0 on systems that don't tell
}

// addr is where the orders of a way go.
func (l *lineup) addr(w way) string {
	if w.subcommand == "" {
		return l.fleet.Gateway
	}
	return l.ms1[w.key].addr
}

// usage reads what a way has used so far.
func (l *lineup) usage(ctx context.Context, w way) (usage, error) {
	var u usage
	var err error
	if u.asked, err = l.fleet.Counts(ctx); err != nil {
		return u, err
	}
	ms1 := l.fleet.MS1PID()
	if own := l.ms1[w.key]; own != nil {
		ms1 = own.process.PID()
	}
	u.ms1, u.gateway = cpu(ms1), cpu(l.fleet.GatewayPID())
	for _, r := range l.fleet.Replicas {
		u.ms2 += cpu(r.PID())
	}
	return u, nil
}

// cpu is the CPU time of a process; 0 for none, and where the system does not tell.
func cpu(pid int) time.Duration {
	if pid == 0 {
		return 0
	}
	used, err := cpuTime(pid)
	if err != nil {
		return 0
	}
	return used
}

// since is what was used after an earlier reading.
func (u usage) since(before usage) usage {
	return usage{
		asked: fleet.Counts{
			Checks: u.asked.Checks - before.asked.Checks, SIDs: u.asked.SIDs - before.asked.SIDs,
			Keys: u.asked.Keys - before.asked.Keys, Pages: u.asked.Pages - before.asked.Pages,
		},
		ms1: u.ms1 - before.ms1, ms2: u.ms2 - before.ms2, gateway: u.gateway - before.gateway,
	}
}
