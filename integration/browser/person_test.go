package browser_test

import (
	"fmt"
	"strings"
	"testing"
)

// extcode/cart 33, civiform/civiform 2469: a double click made two orders.
func TestADoubleClickMakesOneOrder(t *testing.T) {
	v, d := newVendor(t), newDesk(t, services.MS1)
	d.fetch(v, v.products[0])
	d.count()
	evaluate[bool](d, fmt.Sprintf(`(() => {
		const send = document.querySelector('%s');
		send.click(), send.click(), send.form.requestSubmit();
		return true;
	})()`, hook("send")))
	d.result()
	if added := orders(t) - d.orders; added != 1 {
		t.Errorf("%d orders more in MS1's database", added)
	}
}

func TestALineSaysThatItIsNotSignedForAnotherUser(t *testing.T) {
	v, d := newVendor(t), newDesk(t, services.MS1)
	d.fetch(v, v.products[0])
	if said := evaluate[string](d, fmt.Sprintf(`(() => {
		const user = document.querySelector('%s');
		user.value = "ben";
		user.dispatchEvent(new Event("change"));
		return document.querySelector('%s').innerText;
	})()`, hook("user"), hook("line"))); !strings.Contains(said, "not signed for Ben") {
		t.Errorf("it says %q", said)
	}
	d.await(fmt.Sprintf(`document.querySelector('%s').innerText.includes("signed by MS2")`, hook("line"))) // for Ben, too
}

// robinvdvleuten/vuex-persistedstate PR 17, tiaanduplessis/stoor 2: the page did not start.
func TestABrowserThatKeepsNothingOrders(t *testing.T) {
	v, d := newVendor(t), newDesk(t, services.MS1)
	evaluate[bool](d, `(Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); }, true)`)
	d.fetch(v, v.products[0])
	d.count()
	d.expectStored(d.send(), "attested", v, v.products[0])
	if evaluate[bool](d, fmt.Sprintf("!!document.querySelector('%s')", hook("kept"))) {
		d.fail(fmt.Errorf("the page shows as kept what is not"))
	}
	d.await(`document.querySelector("#kept-status").innerText.includes("does not stay here")`)
}

// wojodesign/simplecart-js 473: what one tab kept, another overwrote.
func TestTwoTabsKeepSideBySide(t *testing.T) {
	v, w := newVendor(t), newVendor(t)
	one := visit(t, newPerson(t), services.MS1)
	other := one.newTab(services.MS1)
	one.fetch(v, v.products[0])
	other.fetch(w, w.products[0])
	for _, d := range []*desk{one, other} {
		for _, sid := range []string{v.products[0].SID, w.products[0].SID} {
			d.await(fmt.Sprintf("document.querySelector('%s')", hook("kept", sid)))
		}
	}
}
