package browsers

import (
	"errors"
	"reflect"
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
	if len(kinds) != 5 { // without an attestation none is counterfeit
		t.Errorf("got kinds %v", kinds)
	}
}

func TestAnswersAreJudgedAndEachOrderHasOneRow(t *testing.T) {
	t.Parallel()
	good, bad := draft{}, draft{bad: forged, sid: "x"}
	for name, c := range map[string]struct {
		draft
		answer
		err  error
		want Tally
	}{
		"good accepted":           {draft: good, answer: answer{status: 201}, want: Tally{Accepted: 1}},
		"bad refused":             {draft: bad, answer: answer{status: 422, named: []string{"x"}}, want: Tally{Refused: 1}},
		"bad accepted":            {draft: bad, answer: answer{status: 201}, want: Tally{Accepted: 1, Slipped: 1, Wrong: 1}},
		"good refused":            {draft: good, answer: answer{status: 422, named: []string{"y"}}, want: Tally{Refused: 1, Wrong: 1}},
		"another blamed":          {draft: bad, answer: answer{status: 422, named: []string{"y"}}, want: Tally{Refused: 1, Wrong: 1}},
		"another blamed, too":     {draft: bad, answer: answer{status: 422, named: []string{"x", "y"}}, want: Tally{Refused: 1, Wrong: 1}},
		"not checked":             {draft: good, answer: answer{status: 503, named: []string{"y", "z"}}, want: Tally{Unchecked: 1, Failed: 2}},
		"not checked, none named": {draft: bad, answer: answer{status: 503}, want: Tally{Unchecked: 1, Failed: 1}},
		"a fault":                 {draft: good, answer: answer{status: 500}, want: Tally{Broken: 1}},
		"no answer":               {draft: good, err: errors.New("gone"), want: Tally{Broken: 1}},
	} {
		got := Tally{Bad: map[string]int{}}
		got.add(c.draft, c.answer, c.err, time.Second)
		if sum := got.Accepted + got.Refused + got.Unchecked + got.Broken; got.Posted != 1 || sum != 1 {
			t.Errorf("%s: %d posted, %d in the rows", name, got.Posted, sum)
		}
		if wanted := got.Wrong+got.Failed+got.Broken > 0; wanted != (len(got.Mishaps) > 0) {
			t.Errorf("%s: told %q", name, got.Mishaps)
		}
		if judged := got.Bad[forged] == 1; judged != (got.Refused == 1 && c.bad != "") {
			t.Errorf("%s: refused by kind are %v", name, got.Bad)
		}
		got.Posted, got.Bad, got.Times, got.Mishaps = 0, nil, nil, nil
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

func TestProblemDetailsAreToldInOneLineOfWords(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"title":"SIDs could not be checked","errors":[{"pointer":"/a","sid":"usb:1","detail":"no replica\nanswers"},{"sid":"b"},{"sid":"c"}]}`: `503, SIDs could not be checked: "usb:1": no replica answers (and 2 more)`,
		`{"title":"Unavailable","detail":"later"}`: `503, Unavailable, later`,
		`{}`: `503`,
	} {
		if a, err := readAnswer(503, []byte(body)); err != nil || a.words != want {
			t.Errorf("got %q, %v; want %q", a.words, err, want)
		}
	}
	for _, body := range []string{"", "gateway down", "[]"} {
		if a, err := readAnswer(503, []byte(body)); err == nil {
			t.Errorf("%q: taken as %+v", body, a)
		}
	}
}
