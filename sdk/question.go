package sdk

import (
	"time"

	"ms2.internal/lb/sdk/internal/cache"
	"ms2.internal/lb/sdk/internal/flight"
)

// question is a check with what it may be answered from.
type question struct {
	flight.Question
	version string // that the caller holds, "" for none
	kind    string // that the entity must be of, "" for any
}

// recheckPeriod is how often one SID may be asked again because callers hold another version of it.
const recheckPeriod = time.Second

// question is what the options make of a check; renew says that it needs an answer requested from now on.
func (o *CheckOption) question(sid string, renew bool) question {
	return question{Question: flight.Question{SID: sid, Fresh: renew || o.noCache || o.require, MaxAge: o.maxAge}, version: o.version, kind: o.kind}
}

// doubts reports whether the caller holds another version than the entry has.
func (o *CheckOption) doubts(e *cache.Entry) bool { return o.version != "" && o.version != e.Version }

// outdates reports whether the caller holds another version than an entry that was asked for before the call began: it
// claims the one question that a period allows.
func (q *question) outdates(e *cache.Entry) bool {
	return q.lacks(e) && e.Asked.Before(q.Began) && e.ClaimRecheck(time.Now(), recheckPeriod)
}

// lacks reports whether an entry has another version than the caller holds.
func (q *question) lacks(e *cache.Entry) bool { return q.version != "" && q.version != e.Version }

// outgrows reports whether an entry was older when the call began than the caller accepts: the flight had been sent before, or
// a cache on the way had the answer.
func (q *question) outgrows(e *cache.Entry) bool {
	return q.MaxAge > 0 && max(0, q.Began.Sub(e.Asked))+e.Aged > q.MaxAge
}
