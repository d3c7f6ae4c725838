package service

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"ms2.internal/lb/examples/ms1/orders"
)

func TestOrdersByTheGatewayCostNoRequestBetweenMS1AndMS2(t *testing.T) {
	w := newWorld(t)
	order := body(t, line{"usb:046d:c52b", "usb:046d"}, line{"usb:046d:c077", "usb:046d"})
	for range 3 {
		resp, text := ask(t, "POST", w.gateway.URL+"/orders", order, "Demo-User: ada", "MS2-Attestation: forged")
		var receipt orders.Receipt
		if err := json.Unmarshal([]byte(text), &receipt); err != nil || resp.StatusCode != http.StatusCreated || receipt.Requests != 0 || receipt.User != "ada" {
			t.Fatalf("got %d %s", resp.StatusCode, text)
		}
		for _, c := range receipt.Checked {
			if c.How != "attested" {
				t.Errorf("%s was %s", c.SID, c.How)
			}
		}
		if again, _ := ask(t, "GET", w.gateway.URL+resp.Header.Get("Location"), ""); again.StatusCode != http.StatusOK {
			t.Errorf("the order comes back with %d", again.StatusCode)
		}
	}
	if w.checks.Load() != 0 || w.pages.Load() != 3 || w.stored(t) != 3 {
		t.Errorf("%d checks and %d pages at MS2, %d orders stored", w.checks.Load(), w.pages.Load(), w.stored(t))
	}
	w.ms2.Close()
	if resp, text := ask(t, "POST", w.gateway.URL+"/orders", order); resp.StatusCode != http.StatusCreated {
		t.Errorf("with MS2 down: %d %s", resp.StatusCode, text)
	}
	if _, text := ask(t, "GET", w.gateway.URL+"/counts", ""); text != `{"hits":9,"misses":3,"coalesced":0,"forwarded":3,"attached":12}`+"\n" {
		t.Errorf("it counts %s", text)
	}
}

// The gateway can spare requests and do nothing else: whatever an order names and whatever comes with it, MS1 decides as it would
// without the gateway, and nothing is stored whose SIDs are not all genuine.
func TestTheGatewayNeverChangesAVerdict(t *testing.T) {
	w := newWorld(t)
	sids := []string{"usb:046d", "usb:046d:c52b", "usb:046d:c077", "usb:1d6b", "usb:1d6b:0002", "usb:1d6b:0003", "usb:046d:ffff", "usb:ffff", "a b", "", ".", "usb:046d/../usb:1d6b", "%2e%2e", "?attest=1#"}
	_, token := attestation(t, w, "usb:046d:c52b")
	headers := []string{"X-A: 1", "MS2-Attestation: " + token, "MS2_Attestation: " + token, "MS2-Attestation: a.b.c", "Connection: MS2-Attestation, Demo-User"}
	chance := rand.New(rand.NewPCG(1, 2))
	genuine, forged := 0, 0
	for i := range 80 {
		var lines []line
		for range 1 + chance.IntN(3) {
			l := line{sids[chance.IntN(len(sids))], sids[chance.IntN(len(sids))]}
			if chance.IntN(2) == 0 {
				l = line{"usb:1d6b:0002", "usb:1d6b"}
			}
			lines = append(lines, l)
		}
		order, before := body(t, lines...), w.stored(t)
		by, text := ask(t, "POST", w.gateway.URL+"/orders", order, fmt.Sprintf("Demo-User: a%d", i), headers[chance.IntN(len(headers))])
		after := w.stored(t)
		direct, want := ask(t, "POST", w.ms1.URL+"/orders", order, fmt.Sprintf("Demo-User: b%d", i))
		if by.StatusCode != direct.StatusCode || refused(text) != refused(want) {
			t.Errorf("%s: %d %s; without the gateway %d %s", order, by.StatusCode, text, direct.StatusCode, want)
		}
		if good := isGenuine(lines); good != (by.StatusCode == http.StatusCreated) || good != (after == before+1) {
			t.Errorf("%s: %d, genuine: %t, and %d orders more in the database", order, by.StatusCode, good, after-before)
		} else if good {
			genuine++
		} else {
			forged++
		}
	}
	if genuine < 10 || forged < 10 {
		t.Errorf("%d genuine, %d forged: too few to tell", genuine, forged)
	}
}

func isGenuine(lines []line) bool {
	for _, l := range lines {
		if known[l.product] != "product" || known[l.vendor] != "vendor" || !strings.HasPrefix(l.product, l.vendor+":") {
			return false
		}
	}
	return true
}

// refused is what MS1 says of an order that it did not take.
func refused(text string) string {
	var p struct{ Errors any }
	_ = json.Unmarshal([]byte(text), &p) // what is no problem has none
	errors, _ := json.Marshal(p.Errors)  // of what was just decoded
	return string(errors)
}

// attestation gets a page by the gateway.
func attestation(t *testing.T, w *world, sid string) (*http.Response, string) {
	t.Helper()
	resp, _ := ask(t, "GET", w.gateway.URL+"/v1/entities/"+sid+"?attest=1", "")
	return resp, resp.Header.Get("MS2-Attestation")
}

func TestPagesComeFromTheCacheAndThoseOfOneUserDoNot(t *testing.T) {
	w := newWorld(t)
	page := w.gateway.URL + "/v1/entities/usb:046d"
	for range 3 {
		if resp, text := ask(t, "GET", page, ""); resp.StatusCode != 200 || text != `{"sid":"usb:046d"}` || resp.Header.Get("Cache-Control") == "" {
			t.Errorf("got %d %v %s", resp.StatusCode, resp.Header, text)
		}
	}
	if resp, text := ask(t, "HEAD", page, ""); resp.StatusCode != 200 || text != "" || resp.Header.Get("Age") != "0" || w.pages.Load() != 1 {
		t.Errorf("got %d %v after %d pages", resp.StatusCode, resp.Header, w.pages.Load())
	}
	for range 2 {
		ask(t, "GET", page+"?attest=1", "", "Demo-User: ada")
	}
	if w.pages.Load() != 3 {
		t.Errorf("a page with a user's attestation came from the cache: %d pages", w.pages.Load())
	}
}
