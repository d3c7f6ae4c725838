package ways

import (
	"math"
	"reflect"
	"sync"
	"testing"

	"ms2.internal/lb/sdk/protocol"
)

var shared = sync.OnceValues(newCatalogue)

// newTestCatalogue is the same for all tests: it is not changed.
func newTestCatalogue(t *testing.T) *catalogue {
	t.Helper()
	c, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryWayHasTheSameOrdersInARound(t *testing.T) {
	t.Parallel()
	c, err := newCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	if one, two := c.drafts("r", 100, 7), newTestCatalogue(t).drafts("r", 100, 7); !reflect.DeepEqual(one, two) {
		t.Error("the same seed drew others")
	}
	if one, two := c.drafts("r", 100, 7), c.drafts("r", 100, 8); reflect.DeepEqual(one, two) {
		t.Error("another round has the same")
	}
}

func TestOrdersAreOfOneUserEachAndFitIntoAHeader(t *testing.T) {
	t.Parallel()
	users, flows := map[string]bool{}, map[string]int{}
	for _, d := range newTestCatalogue(t).drafts("r", 500, 1) {
		users[d.user] = true
		flows[d.Source]++
		sids := map[string]bool{}
		for _, l := range d.Lines {
			sids[l.Product.SID], sids[l.Vendor.SID] = true, true
			if d.bad == genuine && (l.Vendor.SID != vendorOf(l.Product.SID) || l.Vendor.Name == "") {
				t.Fatalf("a product of another vendor: %+v", l)
			}
		}
		if len(sids) < 1 || len(sids) > 16 {
			t.Fatalf("an order of %d SIDs", len(sids))
		}
	}
	if len(users) != 500 || flows["fetched"] != 250 || flows["kept"] != 250 {
		t.Errorf("%d users, flows %v", len(users), flows)
	}
}

func TestOneOfFiftyOrdersHoldsABadSIDOfEveryKind(t *testing.T) {
	t.Parallel()
	c := newTestCatalogue(t)
	counts := map[badness]int{}
	for _, d := range c.drafts("r", 2000, 1) {
		counts[d.bad]++
		if d.bad == genuine {
			continue
		}
		if d.sid != d.Lines[d.at].Product.SID {
			t.Fatalf("it is not where it is said to be: %+v", d)
		}
		if d.bad == forged && c.known[d.sid] || (d.bad == malformed) != (protocol.CheckSID(d.sid) != nil) || d.bad == swapped && c.vendors[d.sid].SID == "" {
			t.Fatalf("%v is %q", d.bad, d.sid)
		}
	}
	if counts[genuine] != 1960 || len(counts) != int(kinds) {
		t.Errorf("got %v", counts)
	}
}

func TestProductsAreAsPopularAsSaid(t *testing.T) {
	t.Parallel()
	c := newTestCatalogue(t)
	sold := map[string]float64{}
	for _, d := range c.drafts("r", 5000, 1) {
		for _, l := range d.Lines {
			sold[l.Product.SID]++
		}
	}
	first, tenth := sold[c.products[0].SID], sold[c.products[9].SID]
	if got, want := first/tenth, math.Pow(10, popularity); got < 0.7*want || got > 1.4*want {
		t.Errorf("the first sells %.2f times as often as the tenth, not %.2f", got, want)
	}
}
