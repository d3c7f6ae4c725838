package sdk

import (
	"time"

	"ms2.internal/lb/sdk/internal/cache"
)

// Verdict is MS2's answer for one SID. The zero Verdict is no answer, and not valid.
type Verdict struct {
	// SID is the entity that was checked.
	SID string

	// Kind is what sort of entity it is, such as "product"; "" when MS2 did not say, and for an invalid SID.
	Kind string

	// Version is MS2's version of the entity, by the single door its ETag without W/ and quotes; "" when MS2 did not say.
	Version string

	// Valid says that MS2 knows the SID and holds it for genuine.
	Valid bool

	// Origin is where the verdict comes from.
	Origin Origin

	// Expires is until when the verdict is fresh. One of Origin Stale has expired already; one that must not be kept
	// expired when it was asked.
	Expires time.Time
}

// Origin says where a verdict comes from.
type Origin int

// The origins of a verdict.
const (
	// Unknown is the zero Origin: no verdict was had.
	Unknown Origin = iota
	// Fresh was asked now.
	Fresh
	// Cached was asked before, and is fresh by MS2's rules.
	Cached
	// Stale was asked before and is not fresh; MS2 allows it while it is asked anew, or when asking fails.
	Stale
	// Attested was signed by MS2.
	Attested
)

// String returns the origin's name in lower case.
func (o Origin) String() string {
	switch o {
	case Fresh:
		return "fresh"
	case Cached:
		return "cached"
	case Stale:
		return "stale"
	case Attested:
		return "attested"
	}
	return "unknown"
}

// MarshalText returns the origin's name.
func (o Origin) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

func verdict(sid string, e *cache.Entry, origin Origin) Verdict {
	return Verdict{
		SID: sid, Kind: e.Kind, Version: e.Version, Valid: e.Valid,
		Origin: origin, Expires: e.Expires(),
	}
}

// Check is one question to [Client.ValidateAll].
type Check struct {
	// SID is the entity to check.
	SID string

	// Version is "" or the version that the caller was told of, as with [HasVersion].
	Version string

	// Kind is "" or what the entity must be, as with [OfKind].
	Kind string
}

// SIDs makes checks of SIDs.
func SIDs(sids ...string) []Check {
	checks := make([]Check, len(sids))
	for i, sid := range sids {
		checks[i].SID = sid
	}
	return checks
}

// answer is what came of a check as its caller gets it.
func (c *Client) answer(sid string, v Verdict, err error, want *CheckOption) (Verdict, error) {
	if err == nil {
		v, err = v.ofKind(want.kind)
	}
	if err == nil {
		return v, nil
	}
	c.fail(err)
	return Verdict{}, &CheckError{SID: sid, Err: err}
}

// ofKind holds a verdict to the kind that the caller requires.
func (v Verdict) ofKind(kind string) (Verdict, error) {
	switch {
	case kind == "" || !v.Valid || v.Kind == kind:
		return v, nil
	case v.Kind == "":
		return Verdict{}, ErrNoKind
	}
	v.Valid = false
	return v, nil
}
