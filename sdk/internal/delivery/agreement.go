package delivery

import (
	"net/http"
	"sync"
	"time"
)

// An agreement is a refusal that several replicas gave alike of late. It spares further ones the second opinion, so that an expired
// token, or a flood of forged SIDs that a filter refuses, costs one more request a second and not one more a check. It spares it
// only where the refuser has brought a verdict since, or where nobody has who did so later than the refuser: a replica that answers
// nothing does not profit.
type agreement struct {
	since   time.Time // a verdict from then on counts
	made    time.Time // when it was made, or renewed
	claimed time.Time // when a batch was last let out to renew it
	token   string    // that was in use
}

const (
	agreementTime = time.Second     // after which one batch renews it, while the others go by it
	agreementEnd  = 3 * time.Second // after which it is over unless it was renewed
)

// agreements are those in force. The zero value works.
type agreements struct {
	mu sync.Mutex
	of map[opinion]*agreement // guarded by mu
}

// make notes an agreement, or renews one.
func (a *agreements) make(o opinion, token string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	next := &agreement{since: now, made: now, claimed: now, token: token}
	if before := a.currentLocked(o, token, now); before != nil {
		if now.Sub(before.made) < agreementTime {
			return // it is as good as new
		}
		next.since = before.made // who answered in the second before need not answer again at once
	}
	if a.of == nil {
		a.of = map[opinion]*agreement{}
	}
	a.of[o] = next
}

// currentLocked is the agreement on an opinion, nil for none.
func (a *agreements) currentLocked(o opinion, token string, now time.Time) *agreement {
	g := a.of[o]
	if g != nil && (g.token != token || now.Sub(g.made) >= agreementEnd) {
		delete(a.of, o)
		return nil
	}
	return g
}

// look returns from when on a verdict counts under the agreement on an opinion, if there is one; renew tells one batch at a time
// to hear a second opinion all the same.
func (a *agreements) look(o opinion, token string) (since time.Time, held, renew bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	g := a.currentLocked(o, token, now)
	if g == nil {
		return time.Time{}, false, false
	}
	if now.Sub(g.claimed) >= agreementTime {
		g.claimed = now
		return g.since, true, true
	}
	return g.since, true, false
}

// spared reports whether an agreement spares a refusal the second opinion. That some SIDs were left out says nothing of others.
func (c *Carrier) spared(t *trail, said refusal) bool {
	since, held, renew := c.agreements.look(said.opinion, c.sender.Token())
	switch {
	case !held || said.reply.Alone:
		return false
	case renew:
		t.renews = true
		return false
	}
	return said.status != http.StatusOK && c.sender.Brought(said.replica, since) || c.nobodyAnswers(since) && c.sender.AsLately(said.replica)
}

// nobodyAnswers reports whether no replica has brought a verdict since then, though there was time for one.
func (c *Carrier) nobodyAnswers(since time.Time) bool {
	return time.Since(since) > 2*max(c.balancer.Typical(1), 5*time.Millisecond) && !c.sender.AnyBrought(since)
}
