// Package ways measures what each way of checking an order costs: none at all, as MS1 does it today, the SDK with more and more of its
// parts, and attestations that come by the browser or a gateway.
//
// Each way has an MS1 of its own, as a process with a database. All share three replicas of MS2 and take turns: in each round every way
// has the same orders, first at a fixed rate, where requests, times and CPU are measured, then as fast as it can. Figures are
// medians over the rounds.
//
// A way finds in its caches what its last turn left there, some 20 s before. MS2's verdicts are fresh for 5 s and its pages for a
// minute, so the requests of (a) to (c) are those of a service with some 30 orders a second. With more orders all of them ask less, (a)
// most of all.
package ways

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"ms2.internal/lb/examples/quickstart/fleet"
)

// ErrMissed is returned when a target was missed, or a verdict was wrong.
var ErrMissed = errors.New("a target was missed, see above")

// Options say what to measure.
type Options struct {
	// Rounds is how often each way has its turn, 1 or more; 6 are the least for intervals of 95 %.
	Rounds int

	// Slot is how long a way has orders at a fixed rate in each round.
	Slot time.Duration

	// Plot is the file that gets a picture; "" for none.
	Plot string

	// Markdown prints the table as a README has it.
	Markdown bool

	// Out is where progress and tables go.
	Out io.Writer
}

// Check returns an error that names the flag whose value can't work: for the plot, because its file can't be written.
func (o Options) Check() error {
	switch {
	case o.Rounds < 1 || o.Rounds > 1000:
		return fmt.Errorf("-rounds %d is not 1 to 1000", o.Rounds)
	case o.Slot < 100*time.Millisecond || o.Slot > longestSlot:
		return fmt.Errorf("-slot %v is not 100ms to %v", o.Slot, longestSlot)
	case o.Plot != "":
		return checkPlot(o.Plot)
	}
	return nil
}

// checkPlot returns an error when the picture could not be written at the end, minutes later. It changes no file.
func checkPlot(file string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	isNew := err == nil
	if errors.Is(err, os.ErrExist) {
		f, err = os.OpenFile(file, os.O_WRONLY, 0)
	}
	if err != nil {
		return fmt.Errorf("-plot: %w", err)
	}
	_ = f.Close() // nothing was written
	if isNew {
		return os.Remove(file)
	}
	return nil
}

const (
	// rate is how many orders a second are posted, far below what any way can do.
	rate = 50

	// warmUpShare is how much of a slot's load precedes it, unmeasured, to open connections and to fill caches.
	warmUpShare = 0.25

	// saturationShare is how many orders, against those of a slot, are posted as fast as they can be.
	saturationShare = 3

	// mostSaturating is the most of those. With those of the longest slot they bring some 3,300 attestations, which a verifier remembers:
	// it has room for 4,096.
	mostSaturating = 200
	longestSlot    = 3 * time.Second
)

// Run measures all ways and prints what came of it. It leaves no process and no file behind but the plot.
func Run(ctx context.Context, o Options) (err error) {
	c, err := newCatalogue()
	if err != nil {
		return err
	}
	dir, remove, err := fleet.TemporaryDir()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	fmt.Fprintf(o.Out, "starting %d replicas of MS2, an MS1 for each of %d ways and a gateway, each a process\n", replicas, len(allWays))
	l, err := startLineup(ctx, dir, c.retired, allWays)
	if err != nil {
		return err
	}
	defer l.close()
	b := &bench{lineup: l, client: newClient()}
	defer b.client.CloseIdleConnections()
	if b.signers, err = newSigners(l.fleet.KeysFile()); err != nil {
		return err
	}
	return o.measure(ctx, c, b)
}

// measure plays all rounds, and what belongs at their end.
func (o Options) measure(ctx context.Context, c *catalogue, b *bench) error {
	o.printLoad()
	r := results{}
	for round := range o.Rounds {
		begin := time.Now()
		if err := o.round(ctx, c, b, round, r); err != nil {
			return errors.Join(err, b.lineup.failure())
		}
		if _, err := fmt.Fprintf(o.Out, "round %d of %d took %.1f s\n", round+1, o.Rounds, time.Since(begin).Seconds()); err != nil {
			return err // nobody reads on
		}
	}
	swaps, err := b.tampered(ctx, c)
	if err != nil {
		return err
	}
	down, err := b.outage(ctx, o.load(c, o.Rounds))
	if err != nil {
		return err
	}
	return o.report(r, swaps, down, b.signers.each())
}

// round gives each way its turn, each time another one the first.
func (o Options) round(ctx context.Context, c *catalogue, b *bench, round int, r results) error {
	l := o.load(c, round)
	for i := range allWays {
		w := allWays[(i+round)%len(allWays)]
		s, err := b.slot(ctx, w, l)
		if err != nil {
			return fmt.Errorf("way %s: %w", w.key, err)
		}
		r[w.key] = append(r[w.key], s)
		if s.mishap != "" && w.key != keyUnchecked {
			fmt.Fprintf(o.Out, "way %s: %s\n", w.key, s.mishap)
		}
	}
	return nil
}

// sizes are how many orders a way has in each round: before its slot, in it, and as fast as they can be.
func (o Options) sizes() (warm, open, closed int) {
	open = int(rate * o.Slot.Seconds())
	return int(warmUpShare * float64(open)), open, min(saturationShare*open, mostSaturating)
}

// load is what each way does in a round.
func (o Options) load(c *catalogue, round int) load {
	seed, name := uint64(round), fmt.Sprintf("round-%d", round)
	warm, open, closed := o.sizes()
	drafts := c.drafts(name, warm+open+closed, seed)
	return load{
		warm: drafts[:warm], open: drafts[warm : warm+open], closed: drafts[warm+open:],
		due: arrivals(max(warm, open), rate, seed),
	}
}
