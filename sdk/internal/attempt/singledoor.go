package attempt

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/cache"
	"ms2.internal/lb/sdk/protocol"
)

// single asks for one item with a GET.
func (s *Sender) single(ctx context.Context, site *site, item Item, remaining time.Duration) Reply {
	held, token := item.tag(), s.options.Token.Value()
	a, err := s.get(ctx, site, item, held, remaining)
	if err != nil {
		return s.broken(ctx, err)
	}
	defer a.release()
	r := s.singleReply(site, a, item, held)
	s.tie(r.Entries, a.header, token)
	observe(&r.Outcome, a.header)
	return r
}

// tag returns what the single door is to revalidate, "" for nothing.
func (i Item) tag() string {
	if i.renewable(cache.Single) {
		return i.Held.Tag
	}
	return ""
}

func (s *Sender) get(ctx context.Context, site *site, item Item, held string, remaining time.Duration) (*answer, error) {
	req := request(ctx, http.MethodGet, s.options.Single.URL(s.options.Scheme, site.instance.Addr, item.SID), nil)
	pastCaches(req, item)
	if held != "" {
		req.Header.Set("If-None-Match", held)
	}
	req.Header.Set("Accept", "application/json, "+protocol.ContentTypeProblem)
	return s.exchange(req, remaining)
}

func (s *Sender) singleReply(site *site, a *answer, item Item, held string) Reply {
	switch a.status {
	case http.StatusOK:
		kind, err := s.believe(a, item.SID)
		if err != nil {
			return malformed(a, err)
		}
		if s.options.BareNotFound {
			s.calledValid(site, item.SID)
		}
		s.brought(site, a)
		tag := etag(a.header)
		return s.settled(a, &cache.Entry{Valid: true, Kind: kind, Version: bare(tag), Tag: tag})
	case http.StatusNotModified:
		return s.notModified(site, a, item, held)
	case http.StatusNotFound, http.StatusGone:
		return s.notFound(site, a, item.SID)
	}
	return statusReply(a)
}

// notModified believes a 304 that names the held version, or none.
func (s *Sender) notModified(site *site, a *answer, item Item, held string) Reply {
	if tag := a.header.Get("Etag"); held == "" || tag != "" && !sameTag(tag, held) {
		return malformed(a, errUnchanged)
	}
	s.brought(site, a)
	return s.renewed(a, item.Held)
}

// notFound believes a 404 or 410 that names the SID, or a bare one where the operator says so and the control is valid.
func (s *Sender) notFound(site *site, a *answer, sid string) Reply {
	p, err := protocol.DecodeProblem(a.body)
	switch unknown := err == nil && p.Type == protocol.ProblemUnknownSID; {
	case unknown && slices.Contains(p.SIDs, sid):
		s.brought(site, a)
		return s.settled(a, &cache.Entry{})
	case unknown: // an answer to somebody else, perhaps
		return malformed(a, errors.New("it calls a SID unknown and does not name the one asked for in sids"))
	case s.options.BareNotFound:
		return s.bareNotFound(site, a)
	}
	r := refused(a.status, fmt.Errorf("nothing at this path, and not a word of the SID (%s): "+
		"check MS2_SINGLE_PATH, or set MS2_NOT_FOUND=invalid if MS2 answers an unknown SID so", a.say()))
	r.Bare = true
	return r
}

// bareNotFound is the reply for a bare 404 that may mean invalid. Of a replica that called its control valid it is an answer: that it
// does not any more shows a moment later, and then its 404s are refusals.
func (s *Sender) bareNotFound(site *site, a *answer) Reply {
	known, proven := site.control.known(s.valid.Load())
	if !known {
		return unconfirmed(a.status, a.say(), errNoControl)
	}
	r := s.settled(a, &cache.Entry{})
	if r.Next = Confirm; !proven {
		r.Outcome = balancer.Outcome{}
	}
	return r
}

// settled completes an entry with the freshness that the headers allow.
func (s *Sender) settled(a *answer, e *cache.Entry) Reply {
	e.Door, e.Asked = cache.Single, a.asked
	freshness(a.header, e)
	e.Cap(s.options.MaxAge)
	return Reply{Outcome: balancer.Outcome{Result: balancer.Success}, Status: a.status, Entries: []*cache.Entry{e}}
}

// renewed is the reply for a held entry that still holds. The fields of a 304 replace the stored ones, and those that it
// lacks stay as they were, but for the age (RFC 9111, 3.2 and 4.3.4).
func (s *Sender) renewed(a *answer, held *cache.Entry) Reply {
	r := s.settled(a, &cache.Entry{})
	said := r.Entries[0]
	if len(a.header.Values("Cache-Control")) == 0 && said.Kept {
		said.MaxAge, said.WhileRevalidate, said.IfError = held.MaxAge+held.Aged, held.WhileRevalidate, held.IfError
		spend(said, age(a.header))
		said.Cap(s.options.MaxAge)
	}
	if len(a.header.Values("Vary")) == 0 {
		said.Matches = held.Matches
	}
	r.Entries[0] = held.Renewed(said)
	return r
}

// tie binds entries to the token they were asked with, where MS2's answers vary by it.
func (s *Sender) tie(entries []*cache.Entry, h http.Header, token string) {
	for _, e := range entries {
		if e.Matches != nil || varies(h, "Authorization") {
			e.Matches = func() bool { return s.options.Token.Last() == token } // a look at the cache reads no file
		}
	}
}

// believe returns the kind from a 200 whose body repeats the SID: a page that answers every path must validate no forgery.
func (s *Sender) believe(a *answer, sid string) (kind string, err error) {
	if !json.Valid(a.body) {
		return "", errors.New("not JSON that repeats the SID; see MS2_SINGLE_SID_FIELD")
	}
	at := s.options.SIDAt
	raw := at.find(a.body)
	switch named, ok := scalar(raw); {
	case raw == nil:
		return "", fmt.Errorf("nothing at %q, where the SID must be; see MS2_SINGLE_SID_FIELD", at.text)
	case !ok || named != sid:
		return "", fmt.Errorf("%s at %q, not the SID asked for; see MS2_SINGLE_SID_FIELD", clip(named), at.text)
	}
	return label(member("kind").find(a.body)), nil
}

// label is the value of a JSON string, "" for anything else and for one that is too long.
func label(raw []byte) (text string) {
	if json.Unmarshal(raw, &text) != nil || len(text) > protocol.MaxLabelBytes {
		return ""
	}
	return text
}
