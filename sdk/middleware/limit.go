package middleware

import (
	"hash/maphash"
	"math"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

const (
	// DefaultBadPerMinute is how many bad answers a user may cost without [Options.Limit].
	DefaultBadPerMinute = 60

	sets = 1280 // of users by their hash
	ways = 8    // users in a set

	// maxPending is how many checks and attestations of one user may be under way in several requests.
	maxPending = 1000
)

// Limit bounds what one user may cost: so many bad answers at once, and as many again each minute. A bad answer is a SID that is
// malformed, unknown to MS2, of another kind or forged; beside a forged one each attestation of the request counts as well. What a
// request brings beyond the limit counts against the next ones, for a minute at most: they are answered 429, and nothing is checked.
// So is a request beside others of the same user that are not yet answered, if it brings them above 1,000 checks and attestations in all.
//
// One Limit may serve many routes, and is then one for all of them. It remembers 10,240 users, in half a megabyte, and forgets first
// those who did least. The zero Limit limits nothing. Safe for concurrent use.
type Limit struct {
	most float64
	seed maphash.Seed

	mu    sync.Mutex
	users [][ways]user // guarded by mu
}

// user is what one user cost. The zero user cost nothing.
type user struct {
	hash    uint64
	bad     float64 // answers, less what was forgiven until at
	pending int     // checks and attestations under way
	at      time.Time
}

// NewLimit allows each user bad answers a minute; 0 or less is no limit.
func NewLimit(bad int) *Limit {
	if bad <= 0 {
		return &Limit{}
	}
	return &Limit{most: float64(bad), seed: maphash.MakeSeed(), users: make([][ways]user, sets)}
}

// begin takes note of checks and attestations that name is about to cost. With a wait it does not: they must not begin before it.
func (l *Limit) begin(name string, cost int) (wait time.Duration) {
	if l.most == 0 || name == "" {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.findLocked(name)
	switch {
	case u.bad > l.most-1: // no room for one more
		return time.Duration(math.Ceil((u.bad - l.most + 1) * float64(time.Minute) / l.most))
	case u.pending > 0 && u.pending+cost > maxPending:
		return time.Second
	}
	u.pending += cost
	return 0
}

// end takes note of what became of them.
func (l *Limit) end(name string, cost, bad int) {
	if l.most == 0 || name == "" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.findLocked(name)
	u.pending = max(u.pending-cost, 0)        // it was forgotten meanwhile, or even is a newcomer
	u.bad = min(u.bad+float64(bad), 2*l.most) // one large request must not shut a user out for long
}

// findLocked returns the user of that name, who may replace the one of the set that did least. Hold mu.
func (l *Limit) findLocked(name string) *user {
	hash := maphash.String(l.seed, name)
	set := &l.users[hash%sets]
	now := time.Now()
	least := &set[0]
	for i := range set {
		u := &set[i]
		u.bad = max(u.bad-now.Sub(u.at).Minutes()*l.most, 0)
		u.at = now
		if u.hash == hash {
			return u
		}
		if u.weight() < least.weight() {
			least = u
		}
	}
	*least = user{hash: hash, at: now}
	return least
}

// weight is what a user would get away with if forgotten.
func (u *user) weight() float64 { return u.bad + float64(u.pending) }

// userOf is who pays for a request; "" for nobody who could be told from others.
func (g *gate) userOf(r *http.Request, subject string) string {
	if g.o.User != nil {
		if name := g.o.User(r); name != "" {
			return "user " + name
		}
	}
	if subject != "" {
		return "subject " + subject
	}
	return network(r.RemoteAddr)
}

// shared are the addresses that carriers and clusters share out (RFC 6598).
var shared = netip.MustParsePrefix("100.64.0.0/10")

// network is a public address without its port, of IPv6 the first 64 bits: a subscriber has all addresses below them. From any other
// address come the requests of a proxy, which are many users'.
func network(remote string) string {
	from, err := netip.ParseAddrPort(remote)
	addr := from.Addr().Unmap()
	switch {
	case err != nil, !addr.IsGlobalUnicast(), addr.IsPrivate(), shared.Contains(addr):
		return ""
	case addr.Is6():
		prefix, _ := addr.Prefix(64) // every IPv6 address has one
		return "network " + prefix.String()
	}
	return "network " + addr.String()
}
