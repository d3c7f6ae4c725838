package delivery

import (
	"fmt"
	"net/http"
	"slices"

	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/cache"
)

// A refusal is the request's fault or the replica's, and what others say tells which. So it gets a second opinion: other
// replicas are asked, witnesses first, until one answers, which stands; or two witnesses refuse alike, or the only one does, and the
// refusal stands; or nobody else can be asked. What was agreed of late is not asked again each time: see agreement.go.

// opinion is what a replica said in refusing.
type opinion struct {
	status int
	door   cache.Door
	named  bool // each of the checks
}

// opinionOf is what a reply says.
func opinionOf(reply attempt.Reply) opinion {
	return opinion{reply.Status, reply.Door, reply.Named != nil}
}

// refusal is an opinion and whose it is.
type refusal struct {
	opinion
	replica string // its ID
	reply   attempt.Reply
}

// refused decides on a refusal of all that is left, and reports whether this trail goes on to hear another replica.
func (c *Carrier) refused(t *trail, reply attempt.Reply) bool {
	said := refusal{opinionOf(reply), t.replica, reply}
	if reply.Status == http.StatusOK {
		t.batch.Offer() // MS2 could not answer
	}
	switch {
	case c.seconded(t, said):
		c.agreements.make(said.opinion, c.sender.Token())
	case t.stood == said.opinion && len(t.items) > 1: // it is the rest of a batch whose refusal stands
	case len(t.refusals) > 0 || !c.spared(t, said):
		t.refusals = append(t.refusals, said)
		return c.hearAnother(t)
	}
	c.stands(t, said)
	return false
}

// seconded reports whether a refusal is that of an earlier replica, by a witness, and no other witness is left who might answer: two
// of three that turned bad alike were witnesses both. One witness is enough that names the same SIDs, and any other replica to renew
// an agreement.
func (c *Carrier) seconded(t *trail, said refusal) bool {
	alike := 0
	for _, r := range t.refusals {
		if r.opinion == said.opinion && r.replica != said.replica {
			alike++
		}
	}
	switch {
	case alike == 0:
		return false
	case t.renews:
		return true
	case !c.sender.Witness(said.replica):
		return false
	}
	_, another := c.anotherWitness(t)
	return alike > 1 || said.reply.Named != nil || !another
}

// anotherWitness returns what a pick has to avoid to yield a witness that was not tried, if there is one.
func (c *Carrier) anotherWitness(t *trail) (avoid []string, ok bool) {
	avoid = c.sender.Strangers(t.tried)
	return avoid, c.balancer.Untried(avoid...)
}

// hearAnother prepares an attempt elsewhere after a refusal, or ends the batch, and reports whether there will be one.
func (c *Carrier) hearAnother(t *trail) bool {
	last := t.lastRefusal()
	t.extra = &c.counters.Extra.SecondOpinion
	if _, another := c.balancer.UntriedIn(t.refusers()...); !another {
		c.agree(t)
		c.stands(t, last)
		return false
	}
	if why := c.prepareRetry(t); why != nil {
		if len(t.refusals) > 1 {
			c.agree(t)
		}
		c.giveUp(t, fmt.Errorf("%w; %w", last.reply.Err, why))
		return false
	}
	return true
}

// undecided ends the checks with a refusal of which nobody said whether it stands. Of several checks some may pass by themselves.
func (c *Carrier) undecided(t *trail, err error) {
	if last := t.lastRefusal(); last.separable(t) {
		c.halve(t, last.reply)
	} else {
		t.endRefused(err)
	}
}

// endRefused ends the checks with a refusal that did not stand. Where other replicas failed, what was believed before may be
// answered, as after any failure.
func (t *trail) endRefused(err error) {
	leftOut := func(r refusal) bool { return r.status == http.StatusOK }
	if t.failed || slices.ContainsFunc(t.refusals, leftOut) {
		t.batch.Fail(t.failure(err))
	} else {
		t.end(t.failure(err))
	}
}

// agree notes that all that were asked refused alike, if they did.
func (c *Carrier) agree(t *trail) {
	first := t.refusals[0].opinion
	if !t.failed && !slices.ContainsFunc(t.refusals, func(r refusal) bool { return r.opinion != first }) {
		c.agreements.make(first, c.sender.Token())
	}
}

// refusers are the replicas that refused.
func (t *trail) refusers() []string {
	ids := make([]string, len(t.refusals))
	for i, r := range t.refusals {
		ids[i] = r.replica
	}
	return ids
}

// avoid are the replicas that a pick is to avoid: those that were tried; after a refusal those too that are no witnesses, while
// there is one; and at last those alone that refused, since what failed may answer the next time.
func (c *Carrier) avoid(t *trail) []string {
	if len(t.refusals) == 0 {
		return t.tried
	}
	if avoid, ok := c.anotherWitness(t); ok {
		return avoid
	}
	if c.balancer.Untried(t.tried...) {
		return t.tried
	}
	return t.refusers()
}

// lastRefusal is the last one, but one of the whole goes before those that name each check: in parts some may pass.
func (t *trail) lastRefusal() refusal {
	last := t.refusals[len(t.refusals)-1]
	for _, r := range t.refusals {
		if !last.separable(t) && r.separable(t) {
			last = r
		}
	}
	return last
}

// separable reports whether the refusal may be for some of the checks alone.
func (r refusal) separable(t *trail) bool {
	switch r.status {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return len(t.items) > 1 && r.reply.Named == nil
	}
	return false
}

// stands ends the checks with a refusal that stands, or sends them on in parts, some of which may pass. It must not be hidden
// behind what was believed before, unless MS2 could not answer.
func (c *Carrier) stands(t *trail, said refusal) {
	switch err := t.failure(said.reply.Err); {
	case said.separable(t):
		c.halve(t, said.reply)
	case said.status == http.StatusOK:
		t.batch.Fail(err)
	default:
		if t.stood.status != 0 && len(t.items) == 1 {
			t.batch.Quarantine() // it would take its neighbours along again
		}
		t.end(err)
	}
}
