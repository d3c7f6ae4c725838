package browser_test

import (
	"encoding/base64"
	"fmt"
	"testing"
	"time"
)

func TestMarkupInWhatTheBrowserKeptIsText(t *testing.T) {
	const name = `<img src=x onerror="throw 1"><b>bold</b>`
	v, d := newVendor(t), newDesk(t, services.MS1)
	of, p := signed(t, v.entity), signed(t, v.products[0])
	of.Name, p.Name = name, name
	d.keep(of, p)
	d.take(p.entity)
	if o := d.send(); o.State != "stored" {
		d.fail(fmt.Errorf("the order is %s", o.State))
	}
	if evaluate[bool](d, `!!document.querySelector("img, b") || !document.querySelector('[data-test="line"]').innerText.includes("<img")`) {
		d.fail(fmt.Errorf("the page takes it for markup"))
	}
}

func TestWhatTheBrowserKeptAndNobodyCanReadIsAsNothing(t *testing.T) {
	d := newDesk(t, services.MS1)
	for _, text := range []string{"{", "null", "7", `{"version":2}`, `{"version":1,"entities":null}`, `{"version":1,"entities":{"usb:1":7,"usb:1:2":{}}}`} {
		evaluate[bool](d, fmt.Sprintf(`(localStorage.setItem("%s", '%s'), true)`, storageKey, text))
		d.again()
		if evaluate[bool](d, fmt.Sprintf("!!document.querySelector('%s')", hook("kept"))) {
			d.fail(fmt.Errorf("of %s something is shown", text))
		}
	}
	v := newVendor(t)
	d.fetch(v, v.products[0])
	if o := d.send(); o.State != "stored" {
		d.fail(fmt.Errorf("the order is %s", o.State))
	}
}

func TestWhatTheBrowserKeptIsForgottenWhenItShallBe(t *testing.T) {
	v, d := newVendor(t), newDesk(t, services.MS1)
	d.fetch(v, v.products[0])
	d.await(fmt.Sprintf("document.querySelector('%s')", hook("kept", v.products[0].SID)))
	d.click(hook("clear"))
	d.await(fmt.Sprintf("!document.querySelector('%s')", hook("kept")))
	d.again()
	if evaluate[bool](d, fmt.Sprintf(`!!document.querySelector('%s') || localStorage.getItem("%s").includes("%s")`, hook("kept"), storageKey, v.SID)) {
		d.fail(fmt.Errorf("it is there again"))
	}
}

func TestWhatTheBrowserForgotDoesNotComeBackByARenewal(t *testing.T) {
	v, d := newVendor(t), newDesk(t, services.MS1)
	d.sign(false)
	d.fetch(v, v.products[0])
	d.click(hook("clear"))
	d.sign(true)
	d.await(fmt.Sprintf(`document.querySelector('%s').innerText.includes("signed by MS2")`, hook("line", v.products[0].SID)))
	if evaluate[bool](d, fmt.Sprintf(`!!document.querySelector('%s') || localStorage.getItem("%s").includes("%s")`, hook("kept"), storageKey, v.SID)) {
		d.fail(fmt.Errorf("it is there again"))
	}
}

func TestAProductIsNotLostWithItsVendorWhereThereIsNoMoreRoom(t *testing.T) {
	v, d := newVendor(t), newDesk(t, services.MS1)
	older := time.Now().Add(-time.Hour).UnixMilli()
	all := []kept{{entity: v.entity, Fetched: older}, {entity: v.products[0]}}
	for i := range 58 {
		all = append(all, kept{entity: entity{SID: fmt.Sprintf("usb:zzzz:%04d", i), Kind: "product", Name: "old", Version: "1"}, Fetched: older + 1})
	}
	d.keep(all...)
	of := newVendor(t)
	d.fetch(of, of.products[0])
	for _, p := range []entity{of.products[0], v.products[0]} {
		if !evaluate[bool](d, fmt.Sprintf("!!document.querySelector('%s')", hook("kept", p.SID))) {
			d.fail(fmt.Errorf("%s is not kept", p.SID))
		}
	}
}

func TestASignatureForAgesDoesNotKeepTheBrowserBusy(t *testing.T) {
	v, d := newVendor(t), newDesk(t, services.MS1)
	ages := "e30." + base64.RawURLEncoding.EncodeToString([]byte(`{"iat":1,"exp":100000000000}`)) + ".e30"
	d.keep(kept{entity: v.entity, Attestation: ages, User: "ada"}, kept{entity: v.products[0], Attestation: ages, User: "ada"})
	evaluate[bool](d, `(window.delays = [], window.later = setTimeout, window.setTimeout = (f, delay) => (delays.push(delay), later(f, delay)), true)`)
	d.take(v.products[0])
	if !evaluate[bool](d, "delays.length > 0 && delays.every((delay) => delay < 2 ** 31)") { // a browser takes more for 0
		d.fail(fmt.Errorf("its timers are of more than a browser can wait"))
	}
}
