package browsers

import (
	"errors"
	"slices"
	"testing"
	"time"

	"ms2.internal/lb/examples/ms1/orders"
	"ms2.internal/lb/sdk/protocol"
)

func newTruth(t *testing.T) *Truth {
	t.Helper()
	truth, err := NewTruth()
	if err != nil {
		t.Fatal(err)
	}
	return truth
}

func TestBadSIDsAreWhatTheyAreCalled(t *testing.T) {
	t.Parallel()
	truth := newTruth(t)
	if len(truth.Retired) < 20 || len(truth.products) < 20_000 {
		t.Fatalf("%d retired, %d genuine", len(truth.Retired), len(truth.products))
	}
	for range 1000 {
		if sid := truth.forged(); truth.known[sid] || protocol.CheckSID(sid) != nil {
			t.Fatalf("forged %q is genuine or malformed", sid)
		}
		if sid := truth.malformed(); protocol.CheckSID(sid) == nil {
			t.Fatalf("malformed %q is well-formed", sid)
		}
		if sid := truth.product(); slices.Contains(truth.Retired, sid) || !truth.known[vendorOf(sid)] {
			t.Fatalf("product %q is retired, or without vendor", sid)
		}
	}
}

func TestSpoilReplacesOneSID(t *testing.T) {
	t.Parallel()
	truth := newTruth(t)
	kinds := map[string]int{}
	for range 300 {
		line := orders.Line{Product: orders.Product{SID: "p"}, Vendor: orders.Vendor{SID: "v"}}
		d := draft{Order: orders.Order{Lines: []orders.Line{line, line}}}
		d.spoil(truth)
		kinds[d.bad]++
		bad := 0
		for _, l := range d.Lines {
			if l.Product.SID != "p" {
				bad++
			}
			if l.Vendor.SID != "v" {
				bad++
			}
		}
		if bad != 1 {
			t.Fatalf("%d SIDs replaced in %+v", bad, d)
		}
	}
	if len(kinds) != 4 { // without an attestation none is counterfeit
		t.Errorf("got kinds %v", kinds)
	}
}

func TestAnswersAreJudged(t *testing.T) {
	t.Parallel()
	good, bad := draft{}, draft{bad: forged, sid: "x"}
	for name, c := range map[string]struct {
		draft                    draft
		answer                   answer
		err                      error
		wrong, unchecked, broken int
	}{
		"good accepted":           {draft: good, answer: answer{status: 201}},
		"bad refused":             {draft: bad, answer: answer{status: 422, named: []string{"x"}}},
		"bad accepted":            {draft: bad, answer: answer{status: 201}, wrong: 1},
		"good refused":            {draft: good, answer: answer{status: 422, named: []string{"y"}}, wrong: 1},
		"another blamed":          {draft: bad, answer: answer{status: 422, named: []string{"y"}}, wrong: 1},
		"another blamed, too":     {draft: bad, answer: answer{status: 422, named: []string{"x", "y"}}, wrong: 1},
		"not checked":             {draft: good, answer: answer{status: 503, named: []string{"y", "z"}}, unchecked: 2},
		"not checked, none named": {draft: bad, answer: answer{status: 503}, unchecked: 1},
		"a fault":                 {draft: good, answer: answer{status: 500}, broken: 1},
		"no answer":               {draft: good, err: errors.New("gone"), broken: 1},
	} {
		tally := Tally{Bad: map[string]int{}}
		tally.add(c.draft, c.answer, c.err, time.Second)
		if tally.Posted != 1 || tally.Wrong != c.wrong || tally.Unchecked != c.unchecked || tally.Broken != c.broken {
			t.Errorf("%s: got %+v", name, tally)
		}
		if told := len(tally.Mishaps) > 0; told != (c.wrong+c.unchecked+c.broken > 0) {
			t.Errorf("%s: told %q", name, tally.Mishaps)
		}
	}
}
