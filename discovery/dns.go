package discovery

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"
)

// Resolver is what [DNS] needs of a resolver; [net.Resolver] has it. Both methods must return when ctx ends, and be safe
// for concurrent use if the source is watched by several callers.
type Resolver interface {
	// LookupSRV is called with service and proto empty, to look name up as it is.
	LookupSRV(ctx context.Context, service, proto, name string) (cname string, records []*net.SRV, err error)

	// LookupNetIP is called with the network "ip": both families.
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// DNSConfig says what to look up and how often. Only Name is required.
type DNSConfig struct {
	// Name is looked up as it stands: _ms2._tcp.example. for SRV records, ms2.example. for addresses. Without the dot at
	// the end, the search domains of the host apply to it.
	Name string

	// Port is the port of every address that Name has, 1 to 65535. 0 means that Name has SRV records, which tell the port.
	Port int

	// Every is the longest time between two look-ups, 1 s to 1 h, 0 means 30 s. Each waits for 80 to 100 % of it, so that
	// a fleet of clients does not ask in step. Go's resolver does not tell for how long a record holds (its TTL), so it
	// cannot be followed.
	Every time.Duration

	// Timeout bounds one look-up: 1 ms to 1 min, 0 means 5 s.
	Timeout time.Duration

	// EmptyGrace is how long the last good set stays in use after the name was found, and confirmed, to have no record:
	// up to 1 h, 0 means 10 s.
	EmptyGrace time.Duration

	// Resolver answers; nil means [net.DefaultResolver].
	Resolver Resolver
}

// withDefaults fills in what was left out.
func (c DNSConfig) withDefaults() DNSConfig {
	c.Every = cmp.Or(c.Every, 30*time.Second)
	c.Timeout = cmp.Or(c.Timeout, 5*time.Second)
	c.EmptyGrace = cmp.Or(c.EmptyGrace, 10*time.Second)
	c.Resolver = cmp.Or[Resolver](c.Resolver, net.DefaultResolver)
	return c
}

// validate names everything that is wrong at once.
func (c DNSConfig) validate() error {
	return errors.Join(
		checkName(c.Name),
		checkFixedPort(c.Port),
		checkDuration("DNSConfig.Every", c.Every, time.Second, time.Hour),
		checkDuration("DNSConfig.Timeout", c.Timeout, time.Millisecond, time.Minute),
		checkDuration("DNSConfig.EmptyGrace", c.EmptyGrace, time.Nanosecond, time.Hour),
	)
}

func checkName(name string) error {
	if name == "" || len(name) > 254 || strings.ContainsFunc(name, notInHostname) {
		return fmt.Errorf("DNSConfig.Name is %.300q: want a DNS name in ASCII such as _ms2._tcp.example., without a port", name)
	}
	return nil
}

func checkFixedPort(port int) error {
	if port < 0 || port > 65535 {
		return fmt.Errorf("DNSConfig.Port is %d: want 1 to 65535, or 0 for SRV records", port)
	}
	return nil
}

func checkDuration(what string, d, least, most time.Duration) error {
	if d < least || d > most {
		return fmt.Errorf("%s is %v: want %v to %v", what, d, least, most)
	}
	return nil
}

// DNS is a [Source] of the records of one name: SRV records, or A and AAAA records with a fixed port. An instance's ID is
// its address, host:port.
//
// Of SRV records only the class with the lowest priority number is used; the others would be standbys, and with this set
// alone nobody could tell when their turn is. The weight is the instance's, and 0 counts as 1: RFC 2782 gives it a very
// small share, not none. A target stays a host name, without the dot at its end, and is resolved by whoever dials: so a
// replica that moves keeps its identity, and its certificate its name. A target with several addresses is one instance.
// A record with port 0 is left out, and so is the target ".", which says that the service is decidedly not available
// here: alone it means an empty set.
//
// A look-up that fails keeps the last set and is reported; the next follows after 1 s, then 2 s and so on up to Every.
// That goes for a name that does not exist too, and Go's resolver says the same of one that has no such records. An
// answer without records is believed once a second look-up has confirmed it and EmptyGrace has passed, at the start at
// once. Name servers that answer with a part of the records make the set that part.
//
// A DNS is immutable: it may be watched by several callers at once, each of which asks for itself.
type DNS struct {
	config DNSConfig
}

// NewDNS checks the configuration but looks nothing up. The error names every bad field at once.
func NewDNS(config DNSConfig) (*DNS, error) {
	config = config.withDefaults()
	if err := config.validate(); err != nil {
		return nil, fmt.Errorf("DNS source: %w", err)
	}
	return &DNS{config: config}, nil
}

// Watch implements [Source]. It calls update from the caller's goroutine. Detail holds "confirmations", how often an
// empty answer was asked for again, and "grace", while a set is held though the name was found empty.
func (d *DNS) Watch(ctx context.Context, update func(Snapshot)) error {
	return poll(ctx, newDNSWatch(d.config, update).round)
}
