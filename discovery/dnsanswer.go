package discovery

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// dnsAnswer is the set that one look-up found, empty only where the name is decidedly without an instance.
type dnsAnswer struct {
	instances []Instance // sorted by ID, never nil
	dropped   []Dropped
}

// lookup asks once.
func (c DNSConfig) lookup(ctx context.Context) (dnsAnswer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	a, err := c.records(ctx)
	if err != nil {
		return dnsAnswer{}, c.explain(err)
	}
	return a, nil
}

// records looks up those that tell the port, or the addresses that share the configured one.
func (c DNSConfig) records(ctx context.Context) (dnsAnswer, error) {
	if c.Port == 0 {
		return c.lookupSRV(ctx)
	}
	return c.lookupAddresses(ctx)
}

// lookupSRV uses what there is where the resolver gives records and an error: Go's leaves out those with a bad name.
func (c DNSConfig) lookupSRV(ctx context.Context) (dnsAnswer, error) {
	_, records, err := c.Resolver.LookupSRV(ctx, "", "", c.Name)
	if err != nil && len(records) == 0 {
		return dnsAnswer{}, err
	}
	var drops Drops
	if err != nil {
		drops.Add("", "records that the resolver refused: "+err.Error())
	}
	return answerOf(instancesOf(firstClass(records, &drops), fromSRV), &drops)
}

func (c DNSConfig) lookupAddresses(ctx context.Context) (dnsAnswer, error) {
	addrs, err := c.Resolver.LookupNetIP(ctx, "ip", c.Name)
	if err != nil {
		return dnsAnswer{}, err
	}
	return answerOf(instancesOf(addrs, c.fromIP), &Drops{})
}

func (c DNSConfig) fromIP(ip netip.Addr) Instance {
	return at(netip.AddrPortFrom(ip.Unmap(), uint16(c.Port)).String(), 1)
}

// firstClass returns the records of the lowest priority number.
func firstClass(records []*net.SRV, drops *Drops) []*net.SRV {
	offered := withTarget(records, drops)
	if len(offered) == 0 {
		return nil
	}
	first := slices.MinFunc(offered, func(a, b *net.SRV) int { return cmp.Compare(a.Priority, b.Priority) }).Priority
	return slices.DeleteFunc(offered, func(r *net.SRV) bool { return r.Priority != first })
}

// withTarget returns the records that lead to a host, in a slice of its own.
func withTarget(records []*net.SRV, drops *Drops) []*net.SRV {
	return slices.DeleteFunc(slices.Clone(records), func(r *net.SRV) bool {
		if r != nil && r.Target == "." {
			drops.Add(".", `target ".": the service is decidedly not available at this name`)
		}
		return r == nil || r.Target == "."
	})
}

// fromSRV writes the target in lower case: names of DNS know no case, identities do.
func fromSRV(r *net.SRV) Instance {
	host := strings.ToLower(strings.TrimSuffix(r.Target, "."))
	return at(net.JoinHostPort(host, strconv.Itoa(int(r.Port))), max(int(r.Weight), 1))
}

// answerOf drops what cannot be used. Where nothing is left of something, that is no word of an empty set.
func answerOf(found []Instance, drops *Drops) (dnsAnswer, error) {
	// Sorted first: which of too many or of two alike is kept must not depend on the order of the answer.
	slices.SortFunc(found, func(a, b Instance) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(b.Weight, a.Weight))
	})
	kept, unusable := Clean(found)
	if len(kept) == 0 && len(found) > 0 {
		return dnsAnswer{}, fmt.Errorf("none of its %d records can be used, the first: %s: %s", len(found), unusable[0].ID, unusable[0].Why)
	}
	return dnsAnswer{instances: kept, dropped: append(drops.List(), unusable...)}, nil
}

// explain says what most likely needs mending.
func (c DNSConfig) explain(err error) error {
	remedy := "check the records, and the resolver of this host"
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		remedy = "check the name, and that it has records of this kind"
	case errors.Is(err, context.DeadlineExceeded) || errors.As(err, &dns) && dns.IsTimeout:
		remedy = fmt.Sprintf("there was no answer within %v: check the resolver of this host", c.Timeout)
	}
	return fmt.Errorf("dns %s: %w; %s", c.Name, err, remedy)
}
