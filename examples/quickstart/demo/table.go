package demo

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// print writes the table. Every posted order is in one of its rows.
func (r report) print(w io.Writer) {
	t := table{w}
	fmt.Fprintln(w)
	r.printOrders(t)
	r.printChecks(t)
	r.printReplicas(t)
	fmt.Fprintf(w, "\n%s\n", r.story())
	for _, complaint := range r.complaints() {
		fmt.Fprintln(w, "NOT AS IT SHOULD BE:", complaint)
	}
}

func (r report) printOrders(t table) {
	o := r.orders
	t.row("orders posted", count(o.Posted), "%.0f a second, from %d browsers", perSecond(o.Posted, r.took), r.browsers)
	t.row("  with data just fetched", count(o.Posted-o.Kept), "flow 1")
	t.row("  with data kept by the browser", count(o.Kept), "flow 2")
	t.row("  with MS2's attestations", count(o.Attested), "signed once, verified by MS1 on its own")
	genuine := "every SID genuine"
	if o.Slipped > 0 {
		genuine = count(o.Slipped) + " of them with a bad SID"
	}
	t.row("orders accepted and stored", count(o.Accepted), "%s", genuine)
	t.row("orders refused", count(o.Refused), "nothing of them stored")
	r.printRefusals(t)
	t.rare("orders not checked", o.Unchecked, "answered 503; nothing of them stored")
	t.rare("orders without a proper answer", o.Broken, "")
}

func (r report) printRefusals(t table) {
	bad := r.orders.Bad
	forged, fake := bad["forged"]+bad["malformed"]+bad["retired"]+bad["swapped"]+bad["foreign"], bad["counterfeit"]
	t.row("  for a SID", count(forged), "made up (%d), malformed (%d), retired (%d), of another kind (%d) or of another vendor (%d)",
		bad["forged"], bad["malformed"], bad["retired"], bad["swapped"], bad["foreign"])
	t.row("  for an attestation", count(fake), "not signed by MS2")
	t.rare("  although every SID is genuine", r.orders.Refused-forged-fake, "")
}

func (r report) printChecks(t table) {
	c, all := r.stats.Checks, r.checks()
	t.row("checks of SIDs answered", count(all), "")
	t.row("  by MS2 (fresh)", count(c.Fresh), "%s", percent(c.Fresh, all))
	t.row("  by MS2's signature (attested)", count(c.Attested), "%s, without a request", percent(c.Attested, all))
	t.row("  from memory (cached)", count(c.Cached), "%s", percent(c.Cached, all))
	t.row("  from memory, renewed behind (stale)", count(c.Stale), "%s, as MS2 allows", percent(c.Stale, all))
	t.row("wrong verdicts", count(r.orders.Wrong), "")
	t.row("failed checks", count(r.orders.Failed), "")
	t.row("HTTP requests to MS2", count(r.requests()), "%.0f for 1,000 checks; %s for MS2's public keys",
		1000*float64(r.stats.Attempts)/float64(max(1, all)), count(r.stats.Forwarded.Attempts))
	t.row("time of an order", milliseconds(r.percentile(0.5)), "p50; p99 %s", milliseconds(r.percentile(0.99)))
}

func (r report) printReplicas(t table) {
	fmt.Fprintln(t.w, "requests that each replica was picked for")
	for _, one := range r.replicas {
		remark := "alive all the time"
		if one.victim && r.killed > 0 {
			remark = "killed after " + seconds(r.killed)
		}
		if one.victim && r.returned > 0 {
			remark += ", back after " + seconds(r.returned)
		}
		t.row("  "+one.name+", "+one.addr, count(one.picks), "%s", remark)
	}
	far, picks := r.unevenness()
	t.row("  those alive all the time differ by", fmt.Sprintf("%.1f %%", 100*far), "from their mean: %s", evenness(far, picks))
}

const (
	// even is how far from even picks of replicas that are alike may be, once there are enough: of fewer, chance moves more.
	even        = 0.20
	enoughPicks = 500
)

// evenness is no judgement of the show: a machine that is busy slows one replica or another, and the balancer obliges.
func evenness(far float64, picks int64) string {
	switch {
	case picks < enoughPicks:
		return "too few to judge"
	case far > even:
		return "one was slower, or busier"
	}
	return fmt.Sprintf("even, up to %.0f %% is", 100*even)
}

// table writes rows of three columns.
type table struct{ w io.Writer }

func (t table) row(name, value, remark string, args ...any) {
	text := fmt.Sprintf("%-37s %9s  %s", name, value, fmt.Sprintf(remark, args...))
	fmt.Fprintln(t.w, strings.TrimRight(text, " "))
}

// rare is a row only when there is something to count.
func (t table) rare(name string, n int, remark string) {
	if n > 0 {
		t.row(name, count(n), "%s", remark)
	}
}

// count writes a number with commas between thousands.
func count[N int | int64](n N) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func percent(part, whole int64) string {
	return fmt.Sprintf("%.0f %%", 100*float64(part)/float64(max(1, whole)))
}

func perSecond(n int, d time.Duration) float64 { return float64(n) / d.Seconds() }

func milliseconds(d time.Duration) string { return fmt.Sprintf("%.1f ms", 1000*d.Seconds()) }

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
