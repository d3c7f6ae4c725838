package browser_test

import (
	"fmt"
	"net/http"
	"slices"
)

// fetch searches for a vendor and puts products of it into the order: flow 1 up to what is sent.
func (d *desk) fetch(v vendor, products ...entity) {
	d.t.Helper()
	d.fill(hook("vendor-search"), v.Name)
	d.click(hook("vendor", v.SID))
	for _, p := range products {
		d.click(hook("product", p.SID))
		d.await(fmt.Sprintf("document.querySelector('%s')", hook("line", p.SID)))
	}
}

// take puts products that the browser kept into the order: flow 2 up to what is sent.
func (d *desk) take(products ...entity) {
	d.t.Helper()
	for _, p := range products {
		d.click(hook("kept", p.SID))
		d.await(fmt.Sprintf("document.querySelector('%s')", hook("line", p.SID)))
	}
}

// outcome is what the page shows of an order.
type outcome struct {
	State    string
	ID       string
	Checked  map[string]string // how, by SID
	Requests int               // between MS1 and MS2; -1 when it does not say
	Errors   []string          // SIDs that were refused
	Text     string
}

// resultState reads its state.
const resultState = `document.querySelector('[data-test="result"]').dataset.state`

// outcomeScript reads all of it.
const outcomeScript = `(() => {
	const result = document.querySelector('[data-test="result"]'), find = (name) => [...result.querySelectorAll('[data-test="' + name + '"]')];
	return {
		State: result.dataset.state, Text: result.innerText, ID: find("order-id").map((e) => e.textContent).join(),
		Checked: Object.fromEntries(find("checked").map((e) => [e.dataset.sid, e.dataset.how])),
		Requests: Number(find("requests")[0]?.dataset.count ?? -1), Errors: find("error").map((e) => e.dataset.sid),
	};
})()`

// send sends the order and waits for what becomes of it.
func (d *desk) send() outcome {
	d.t.Helper()
	d.count()
	d.click(hook("send"))
	return d.result()
}

// count remembers what is there before an order is sent.
func (d *desk) count() {
	d.t.Helper()
	counts, err := services.Counts(guarded(d.t))
	if err != nil {
		d.fail(err)
	}
	d.checks, d.orders = counts.Checks, orders(d.t)
}

// result waits for what becomes of the order that is on its way.
func (d *desk) result() outcome {
	d.t.Helper()
	d.await(`!["empty", "sending"].includes(` + resultState + ")")
	o := evaluate[outcome](d, outcomeScript)
	status := map[string]int{"refused": http.StatusUnprocessableEntity, "unchecked": http.StatusServiceUnavailable}[o.State]
	if status != 0 {
		d.noise = append(d.noise, fmt.Sprintf("network: Failed to load resource: the server responded with a status of %d (%s) %s",
			status, http.StatusText(status), d.ordersURL()))
	}
	return o
}

// ordersURL is where the page sends orders.
func (d *desk) ordersURL() string {
	d.t.Helper()
	return evaluate[string](d, `new URL((document.body.dataset.ms1 || "") + "/orders", location).href`)
}

// asked is how many requests to check SIDs MS2 counted since the order was sent.
func (d *desk) asked() int {
	d.t.Helper()
	counts, err := services.Counts(guarded(d.t))
	if err != nil {
		d.fail(err)
	}
	return int(counts.Checks - d.checks)
}

// expectStored fails the test unless the page says that the order is stored, each SID in it was checked in that way, with as many requests
// as MS2 counted: some where it was asked afresh, else none.
func (d *desk) expectStored(o outcome, how string, of vendor, products ...entity) {
	d.t.Helper()
	want := map[string]string{of.SID: how}
	for _, p := range products {
		want[p.SID] = how
	}
	if o.State != "stored" || fmt.Sprint(o.Checked) != fmt.Sprint(want) {
		d.fail(fmt.Errorf("the order is %s, checked %v; want it stored, checked %v", o.State, o.Checked, want))
	}
	asked := d.asked()
	if o.Requests != asked || (asked > 0) != (how == "fresh") {
		d.t.Errorf("%s: the page says that MS1 sent %d requests, MS2 counted %d", how, o.Requests, asked)
	}
	if added := orders(d.t) - d.orders; added != 1 {
		d.t.Errorf("%d orders more in MS1's database", added)
	}
}

// expectRefused fails the test unless the page says that the order is refused for these SIDs, MS2 counted so many requests, and MS1's
// database has no order more.
func (d *desk) expectRefused(o outcome, asked int, sids ...string) {
	d.t.Helper()
	if o.State != "refused" || !slices.Equal(o.Errors, sids) {
		d.fail(fmt.Errorf("the order is %s for %q; want it refused for %q", o.State, o.Errors, sids))
	}
	d.expectNothingStored()
	if known := evaluate[string](d, `document.querySelector("#path").dataset.requests`); known != "unknown" {
		d.t.Errorf("the drawing claims %s requests, of which a refusal says nothing", known)
	}
	if got := d.asked(); got != asked {
		d.t.Errorf("MS2 counted %d requests, want %d", got, asked)
	}
}

func (d *desk) expectNothingStored() {
	d.t.Helper()
	if added := orders(d.t) - d.orders; added != 0 {
		d.t.Errorf("%d orders more in MS1's database", added)
	}
}

// newTab is the page in another tab of the same person's.
func (d *desk) newTab(addr string) *desk {
	d.t.Helper()
	return visit(d.t, d.profile, addr)
}
