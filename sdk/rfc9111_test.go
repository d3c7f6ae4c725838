package sdk_test

import (
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
)

// The rules of RFC 9111 and RFC 5861 that a private cache has to keep, by the single door. Each case has the section of its
// rule in its name (of RFC 9111, where no other is named) and stands in the file of its theme.
//
// Two public lists were gone through case by case: http-tests/cache-tests (370 cases as of b55b8bd) and
// kornelski/http-cache-semantics (125 as of f01112e). What applies is here, and where a list leaves the answer open or a
// neighbour of a case says more, that too. The others do not apply, for these reasons:
//
//	cache-tests  http-cache-semantics
//	        130                    57  apply
//	         31                    13  Expires, Last-Modified or Date: clocks differ, none of them is used
//	         29                     7  heuristic freshness: there is none
//	         37                    10  shared caches and CDNs: this one is private
//	         58                     5  header fields kept, made or handed on: callers get verdicts, not messages
//	         37                    10  request headers of callers: they send none; the options that stand for some are here
//	         32                    16  methods, hosts and ranges: only whole GETs are sent, and a SID is the same at every replica
//	         16                     2  statuses that are no verdict: never reused, as the rules allow; shown so
//	          -                     5  its own options and objects; a 304 without a validator, which is taken here (see there)

// step is a check of one SID, some time after the one before.
type step struct {
	wait   time.Duration
	answer string // of MS2 if it is asked now, see scripted
	want   use
	opts   []sdk.CheckOption
}

// use is what became of a check: where its verdict came from, and how MS2 was asked for it.
type use string

const (
	cached      use = "cached"                 // MS2 was not asked
	fetched     use = "fresh by GET"           // it was, without a version
	revalidated use = "fresh by If-None-Match" // it was, with the version held
	staleUsed   use = "stale"                  // while MS2 is asked behind, or could not be
	unanswered  use = "an error"
)

// rule is the commonest case: a first answer, and how the check after it is answered once some time has passed.
type rule struct {
	name   string
	answer string
	wait   time.Duration
	want   use
}

func (r rule) steps() []step { return []step{{0, r.answer, fetched, nil}, {r.wait, "", r.want, nil}} }

func rules(t *testing.T, table []rule, changes ...func(*sdk.Config)) {
	t.Helper()
	for _, r := range table {
		t.Run(r.name, func(t *testing.T) { follow(t, r.steps(), changes...) })
	}
}

// follow makes the checks in turn, each against what MS2 answers then.
func follow(t *testing.T, steps []step, changes ...func(*sdk.Config)) {
	t.Helper()
	inBubble(t, func(t *testing.T, f *fleet) {
		a := newAsker(t, f, changes...)
		for i, s := range steps {
			a.check(i, s)
		}
	}, "a")
}

// asker checks one SID by the single door of a lone replica.
type asker struct {
	t       *testing.T
	replica *replica
	client  *sdk.Client
	origin  *origin
}

func newAsker(t *testing.T, f *fleet, changes ...func(*sdk.Config)) *asker {
	c := f.client(append(changes, func(cfg *sdk.Config) { cfg.Protocol = "single" })...)
	return &asker{t, f.replicas["a"], c, &origin{t: t}}
}

// check makes the i-th check, counted from 0.
func (a *asker) check(i int, s step) {
	a.t.Helper()
	<-time.After(s.wait)
	a.replica.answer(a.origin.scripted(s.answer))
	a.replica.listener.SetDown(s.answer == "refused")
	before := len(a.replica.requests())
	v, err := a.client.Validate(a.t.Context(), "a", s.opts...)
	if got := became(v, err, a.replica.requests()[before:]); got != s.want {
		a.t.Errorf("check %d: %s (%v), want %s", i+1, got, err, s.want)
	}
	synctest.Wait()
}
