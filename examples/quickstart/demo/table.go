package demo

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// print writes the table.
func (r report) print(w io.Writer) {
	t := table{w}
	o, c := r.orders, r.stats.Checks
	fmt.Fprintln(w)
	t.row("orders posted", count(o.Posted), "%.0f a second, from %d browsers", perSecond(o.Posted, r.took), r.browsers)
	t.row("  with data just fetched", count(o.Posted-o.Kept), "flow 1")
	t.row("  with data kept by the browser", count(o.Kept), "flow 2")
	t.row("  with MS2's attestations", count(o.Attested), "signed once, verified by MS1 on its own")
	t.row("orders accepted and stored", count(o.Accepted), "every SID genuine")
	fake := o.Bad["counterfeit"]
	t.row("orders refused", count(o.Refused), "nothing of them stored")
	t.row("  for a SID", count(o.Refused-fake), "made up (%d), malformed (%d), retired (%d) or of another kind (%d)",
		o.Bad["forged"], o.Bad["malformed"], o.Bad["retired"], o.Bad["swapped"])
	t.row("  for an attestation", count(fake), "not signed by MS2")
	t.row("checks of SIDs", count(r.checks()), "")
	t.row("  answered by MS2 (fresh)", count(c.Fresh), "%s", percent(c.Fresh, r.checks()))
	t.row("  by MS2's signature (attested)", count(c.Attested), "%s, without a request", percent(c.Attested, r.checks()))
	t.row("  answered from memory (cached)", count(c.Cached), "%s", percent(c.Cached, r.checks()))
	t.row("  from memory, renewed behind (stale)", count(c.Stale), "%s, as MS2 allows", percent(c.Stale, r.checks()))
	t.row("wrong verdicts", count(o.Wrong), "")
	t.row("failed checks", count(o.Unchecked), "")
	if o.Broken > 0 {
		t.row("orders without an answer", count(o.Broken), "")
	}
	t.row("HTTP requests to MS2", count(r.requests()), "%.0f for 1,000 checks; %s for MS2's public keys",
		1000*float64(r.stats.Attempts)/float64(max(1, r.checks())), count(r.stats.Forwarded.Attempts))
	t.row("time of an order", milliseconds(r.percentile(0.5)), "p50; p99 %s", milliseconds(r.percentile(0.99)))
	r.printReplicas(t)
	fmt.Fprintf(w, "\n%s\n", r.story())
	for _, mishap := range r.orders.Mishaps {
		fmt.Fprintln(w, "NOT AS IT SHOULD BE:", mishap)
	}
	if r.inVain() {
		fmt.Fprintln(w, "NOT AS IT SHOULD BE: no attestation was believed; MS1's /stats says why, at attestations")
	}
	if r.err != nil {
		fmt.Fprintln(w, "NOT AS IT SHOULD BE:", r.err)
	}
}

// even is how far from even picks may be.
const even = 0.20

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
	judgement := "even"
	if r.unevenness() > even {
		judgement = "UNEVEN"
	}
	t.row("  those alive all the time differ by", fmt.Sprintf("%.1f %%", 100*r.unevenness()), "from their mean: %s, up to %.0f %% is", judgement, 100*even)
}

// table writes rows of three columns.
type table struct{ w io.Writer }

func (t table) row(name, value, remark string, args ...any) {
	text := fmt.Sprintf("%-37s %9s  %s", name, value, fmt.Sprintf(remark, args...))
	fmt.Fprintln(t.w, strings.TrimRight(text, " "))
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
