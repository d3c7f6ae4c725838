package orders_test

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"ms2.internal/lb/examples/login"
	"ms2.internal/lb/examples/ms1/orders"
	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// signed is an order of one line with these attestations.
func signed(productToken, vendorToken string) string {
	o := orders.Order{Customer: "Ada", Source: orders.Kept, Lines: []orders.Line{{
		Product:  orders.Product{SID: product, Name: "Unifying Receiver", Attestation: productToken},
		Vendor:   orders.Vendor{SID: vendor, Name: "Logitech, Inc.", Attestation: vendorToken},
		Quantity: 1,
	}}}
	text, err := json.Marshal(o)
	if err != nil {
		panic(err) // a fault of this file
	}
	return string(text)
}

// tokens are attestations of the product and the vendor for a user.
func (m *ms1) tokens(user string) (productToken, vendorToken string) {
	return m.ms2.Attest(user, protocol.Attested{SID: product, Kind: "product"}), m.ms2.Attest(user, protocol.Attested{SID: vendor, Kind: "vendor"})
}

func TestTheReceiptSaysHowEachSIDWasCheckedAndWhatItCost(t *testing.T) {
	t.Parallel()
	m := newMS1(t)
	mine, vendors := m.tokens("ada")
	for name, c := range map[string]struct {
		body     string
		how      []string
		requests int64
	}{
		"asked":    {order(orders.Kept, product, vendor), []string{"fresh", "fresh"}, 1},
		"attested": {signed(mine, vendors), []string{"attested", "attested"}, 0},
		"one of them, and one whose time is over": {signed(mine, m.ms2.Expired()), []string{"attested", "fresh"}, 1},
	} {
		before := m.ms2.Requests()
		w := m.do("POST", "/orders", c.body, login.Header, "ada")
		var receipt orders.Receipt
		decode(t, w, &receipt)
		want := []orders.Checked{{SID: product, Kind: "product", How: c.how[0]}, {SID: vendor, Kind: "vendor", How: c.how[1]}}
		if w.Code != http.StatusCreated || !slices.Equal(receipt.Checked, want) || receipt.Requests != c.requests {
			t.Errorf("%s: got %d %s, want %v and %d requests", name, w.Code, w.Body, want, c.requests)
		}
		if sent := m.ms2.Requests() - before; int64(sent) != c.requests {
			t.Errorf("%s: MS2 got %d requests", name, sent)
		}
		if strings.Contains(w.Body.String(), `"attestation"`) {
			t.Errorf("%s: the receipt has an attestation: %s", name, w.Body)
		}
	}
}

func TestRequestsOfOthersDoNotCountWhenNoSIDWasAsked(t *testing.T) {
	t.Parallel()
	m := newMS1(t)
	var others atomic.Int64
	guard, err := orders.Guard(m.ms2.Client(), discard)
	if err != nil {
		t.Fatal(err)
	}
	m.handler = orders.Handler(guard, func() int64 { return others.Add(7) }, m.store, discard)
	mine, vendors := m.tokens("")
	for body, want := range map[string]int64{signed(mine, vendors): 0, signed("", ""): 7} {
		var receipt orders.Receipt
		decode(t, m.do("POST", "/orders", body), &receipt)
		if receipt.Requests != want {
			t.Errorf("got %d requests, want %d", receipt.Requests, want)
		}
	}
}

// inVain is a client that asks MS2 with one request, in vain, and goes by what it was told earlier.
type inVain struct{ attempts atomic.Int64 }

func (c *inVain) ValidateAll(_ context.Context, checks []sdk.Check, _ ...sdk.CheckOption) (verdicts []sdk.Verdict, err error) {
	c.attempts.Add(1)
	for _, check := range checks {
		verdicts = append(verdicts, sdk.Verdict{SID: check.SID, Kind: check.Kind, Valid: true, Origin: sdk.Stale})
	}
	return verdicts, nil
}

func TestTheReceiptTellsOfARequestInVain(t *testing.T) {
	t.Parallel()
	m, client := newMS1(t), &inVain{}
	guard, err := orders.Guard(client, discard)
	if err != nil {
		t.Fatal(err)
	}
	m.handler = orders.Handler(guard, client.attempts.Load, m.store, discard)
	w := m.do("POST", "/orders", order(orders.Kept, product, vendor))
	var receipt orders.Receipt
	if decode(t, w, &receipt); w.Code != http.StatusCreated || receipt.Requests != 1 || receipt.Checked[0].How != "stale" {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

// optioned is a client that notes the options of a check.
type optioned struct{ opts []sdk.CheckOption }

func (c *optioned) ValidateAll(_ context.Context, checks []sdk.Check, opts ...sdk.CheckOption) ([]sdk.Verdict, error) {
	c.opts = opts
	return make([]sdk.Verdict, len(checks)), nil
}

func TestATamperedAttestationCountsThoughTheSIDsAreRemembered(t *testing.T) {
	t.Parallel()
	m, client := newMS1(t), &optioned{}
	guard, err := orders.Guard(client, discard)
	if err != nil {
		t.Fatal(err)
	}
	m.handler = orders.Handler(guard, nil, m.store, discard)
	m.do("POST", "/orders", signed("", m.ms2.Forged()))
	if !slices.Contains(client.opts, sdk.VerifyAttestations()) {
		t.Errorf("it checks by %+v", client.opts)
	}
}

func TestAttestationsCountForTheirUserAndWhileMS2IsDown(t *testing.T) {
	t.Parallel()
	m := newMS1(t)
	mine, vendors := m.tokens("ada")
	m.ms2.SetDown(true)
	for user, status := range map[string]int{"ada": http.StatusCreated, "ben": http.StatusUnprocessableEntity, "": http.StatusUnprocessableEntity} {
		if w := m.do("POST", "/orders", signed(mine, vendors), login.Header, user); w.Code != status {
			t.Errorf("%q: got %d %s, want %d", user, w.Code, w.Body, status)
		}
	}
	if w := m.do("POST", "/orders", signed("", ""), login.Header, "ada", protocol.HeaderAttestation, mine+", "+vendors); w.Code != http.StatusCreated {
		t.Errorf("in the header: got %d %s", w.Code, w.Body)
	}
	m.expectStored(2)
}

func TestWithoutACheckNothingIsAskedAndNothingIsSaidOfIt(t *testing.T) {
	t.Parallel()
	m := newMS1(t)
	unchecked := func(next http.Handler) http.Handler { return next }
	m.handler = orders.Handler(unchecked, nil, m.store, discard)
	w := m.do("POST", "/orders", order(orders.Kept, product, vendor))
	var receipt orders.Receipt
	decode(t, w, &receipt)
	if w.Code != http.StatusCreated || !reflect.DeepEqual(receipt.Checked, []orders.Checked{}) || receipt.Requests != 0 || m.ms2.Requests() != 0 {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	for body, status := range map[string]int{
		order(orders.Kept, product, vendor) + "{}": 400,
		"":     400,
		"{":    400,
		"null": 400,
		strings.Replace(order(orders.Kept, product, vendor), "soon", strings.Repeat("x", 1<<19), 1): 413,
	} {
		if w := m.do("POST", "/orders", body); w.Code != status {
			t.Errorf("%.20q: got %d %s, want %d", body, w.Code, w.Body, status)
		}
	}
	m.expectStored(1)
}
