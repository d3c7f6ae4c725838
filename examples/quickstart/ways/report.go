package ways

import (
	"errors"
	"fmt"
	"os"
	"time"
)

// printLoad says what all ways have to do.
func (o Options) printLoad() {
	_, _, closed := o.sizes()
	fmt.Fprintf(o.Out, "the same orders for all ways, in turns: %v at %d a second as a Poisson process, then %d by %d browsers that never wait\n",
		o.Slot, rate, closed, browsersAtOnce)
	fmt.Fprintf(o.Out, "an order has 1 to %d lines of a product and its vendor, drawn from the real catalogue as k^-%g; 1 of %d holds a bad SID; attestations come in the header\n",
		mostLines, popularity, badEvery)
}

// report prints all that came of it. The error is [ErrMissed] when a target was.
func (o Options) report(r results, t tampering, down outage, signing time.Duration) error {
	fmt.Fprintln(o.Out)
	if o.Markdown {
		printMarkdown(o.Out, r)
	} else {
		printTable(o.Out, r)
	}
	o.printNotes(t, down, signing)
	met := printTargets(o.Out, append(r.targets(), t.target(), down.target()))
	var err error
	if !met {
		err = ErrMissed
	}
	if o.Plot != "" {
		if plot := os.WriteFile(o.Plot, draw(r, o.Rounds), 0o644); plot != nil {
			err = errors.Join(err, fmt.Errorf("-plot: %w", plot))
		}
	}
	return err
}

// sampled says what figures of so many rounds are.
func sampled(rounds int) string {
	if rounds == 1 {
		return "figures of one round"
	}
	return fmt.Sprintf("medians of %d rounds", rounds)
}

// confident says what the intervals of so many rounds are; "" where there are none.
func confident(rounds int) string {
	switch {
	case rounds == 1:
		return ""
	case !enough(rounds):
		return "from the least to the greatest"
	}
	return fmt.Sprintf("intervals that hold the true one with %.1f %%", 100*coverage(rounds, rank(rounds)))
}

// printNotes says what the figures are, and what happened after the rounds.
func (o Options) printNotes(t tampering, down outage, signing time.Duration) {
	fmt.Fprintf(o.Out, "\n%s", sampled(o.Rounds))
	if words := confident(o.Rounds); words != "" {
		fmt.Fprintf(o.Out, ", in brackets %s", words)
	}
	fmt.Fprintf(o.Out, "; times are the browser's, from when its order was due\n")
	fmt.Fprintf(o.Out, "MS2 signs an attestation in some %v, when a page is fetched: of these figures only (%s) and (%s) have that in them\n",
		signing.Round(time.Microsecond), keyGateway, keyKept)
	fmt.Fprintf(o.Out, "a SID changed after MS2 signed: %d of %d such orders refused, after %d requests to MS2\n", t.refused, t.orders, t.asked)
	fmt.Fprintf(o.Out, "all of MS2 killed, (%s) goes on: %d of %d orders answered rightly, p50 %s ms, p99 %s ms\n\n",
		keyAgain, down.right, down.orders, rounded(down.times.of[median]), rounded(down.times.of[slow]))
}
