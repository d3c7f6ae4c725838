package browsers

import (
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"ms2.internal/lb/examples/ms1/orders"
)

// Crowd is a number of browsers. Its methods may be called concurrently, but for what says otherwise.
type Crowd struct {
	// Thinking is how long people think between two orders, on average. Set it before Run.
	Thinking time.Duration

	// Attesting is one in how many of the browsers whose page asks MS2 for attestations; the pages of the others do not know of
	// them yet. Set it before Run.
	Attesting int

	// Shunned says of a replica, host:port, whether browsers ask another one for pages; nil shuns none. Set it before Run.
	Shunned func(addr string) bool

	truth  *Truth
	ms1    string
	ms2    []string
	client *http.Client

	mu    sync.Mutex
	tally Tally // guarded by mu
}

// patience is how long a browser waits for an answer.
const patience = 10 * time.Second

// NewCrowd makes a crowd that orders from MS1 and looks at the pages of the replicas of MS2, all of them host:port.
func NewCrowd(truth *Truth, ms1 string, ms2 []string) *Crowd {
	return &Crowd{
		Thinking: 25 * time.Millisecond, Attesting: 2,
		truth: truth, ms1: ms1, ms2: ms2,
		client: &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 100}},
		tally:  Tally{Bad: map[string]int{}},
	}
}

// Run has so many browsers order until load ends. An order that is under way then is finished, unless life ends too.
func (c *Crowd) Run(life, load context.Context, browsers int) {
	var done sync.WaitGroup
	for i := range browsers {
		done.Go(func() { c.browse(life, load, i%c.Attesting == 0) })
	}
	done.Wait()
	c.client.CloseIdleConnections()
}

// browse is the life of one browser, whose page asks MS2 for attestations or does not know of them yet.
func (c *Crowd) browse(life, load context.Context, attested bool) {
	var kept []orders.Line
	for load.Err() == nil {
		source, lines := c.choose(life, kept, attested)
		if source == orders.Fetched {
			kept = slices.Concat(kept, lines)
			kept = kept[max(0, len(kept)-storage):]
		}
		if len(lines) > 0 {
			c.post(life, c.draft(source, slices.Clone(lines)))
		}
		select {
		case <-load.Done():
		case <-time.After(rand.N(2 * c.Thinking)):
		}
	}
}

// choose is what to order: from what was kept, or from a page of MS2.
func (c *Crowd) choose(life context.Context, kept []orders.Line, attested bool) (string, []orders.Line) {
	count := 1 + rand.IntN(largestOrder)
	if len(kept) == 0 || rand.Float64() >= keptShare {
		return orders.Fetched, c.fetch(life, count, attested)
	}
	var lines []orders.Line
	for range count {
		lines = append(lines, kept[rand.IntN(len(kept))])
	}
	return orders.Kept, lines
}
