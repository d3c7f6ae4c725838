package ways

import (
	"context"
	"fmt"
	"slices"
)

// tampering is what became of SIDs that were changed after MS2 signed, beside the attestation of another.
type tampering struct {
	orders, refused int64
	asked           int64 // requests to MS2
}

func (t tampering) target() target {
	return target{what: "tampered orders that were not refused", value: float64(t.orders - t.refused)}
}

// tamperedOrders is how many orders [bench.tampered] posts.
const tamperedOrders = 20

// tampered posts orders in which a genuine attestation stands beside a SID that it is not about. Such a SID is one without an
// attestation: MS2 is asked, and says that it is unknown.
func (b *bench) tampered(ctx context.Context, c *catalogue) (tampering, error) {
	t := tampering{orders: tamperedOrders}
	w := wayOf(keyAgain)
	var all []posting
	for _, d := range c.drafts("tampered", 2*tamperedOrders, 1) {
		if d.bad != genuine || len(all) == tamperedOrders {
			continue
		}
		p, err := b.tamper(d, fmt.Sprintf("%s:tampered-%d", d.Lines[0].Vendor.SID, len(all)))
		if err != nil {
			return t, err
		}
		all = append(all, p)
	}
	before, err := b.lineup.usage(ctx, w)
	if err != nil {
		return t, err
	}
	people := b.crowd(w)
	people.closed(ctx, all)
	after, err := b.lineup.usage(ctx, w)
	t.refused, t.asked = people.counts[right].Load(), after.since(before).asked.Checks
	return t, err
}

// tamper changes a product's SID after all was signed.
func (b *bench) tamper(d draft, sid string) (posting, error) {
	d, err := b.signers.attest(d)
	if err != nil {
		return posting{}, err
	}
	d.bad, d.sid = forged, sid
	d.Lines = slices.Clone(d.Lines)
	d.Lines[0].Product.SID = sid
	return newAttestedPosting(d)
}

// wayOf finds a way by its key.
func wayOf(key string) way {
	return allWays[slices.IndexFunc(allWays, func(w way) bool { return w.key == key })]
}

// outage is what became of orders while no replica of MS2 ran.
type outage struct {
	orders, right int
	times         sample
}

func (o outage) target() target {
	return target{what: "orders that " + keyAgain + " could not answer without MS2", value: float64(o.orders - o.right)}
}

// outage kills MS2, and posts orders whose attestations were seen before.
func (b *bench) outage(ctx context.Context, l load) (outage, error) {
	w := wayOf(keyAgain)
	all, err := b.postings(w, l.open)
	if err != nil {
		return outage{}, err
	}
	if err := b.rehearse(ctx, w, all); err != nil {
		return outage{}, err
	}
	for _, r := range b.lineup.fleet.Replicas {
		r.Kill()
	}
	people := b.crowd(w)
	var o outage
	o.times.latencies(milliseconds(people.open(ctx, all, l.due[:len(all)])))
	o.orders, o.right = len(all), int(people.counts[right].Load())
	return o, ctx.Err()
}
