package browser_test

import (
	"strings"
	"testing"
)

// entrance is a page of the demonstration, who is before it, and whether it asks MS2 for its signature.
type entrance struct {
	name   string
	addr   string
	user   string
	signed bool
	how    string // how MS1 checks what it never saw
}

func entrances() []entrance {
	return []entrance{
		{"MS1, signed", services.MS1, "ada", true, "attested"},
		{"MS1, not signed", services.MS1, "ada", false, "fresh"},
		{"MS2, signed", services.Replicas[0].Addr, "ben", true, "attested"},
		{"MS2, not signed", services.Replicas[0].Addr, "ben", false, "fresh"},
		{"the gateway", services.Gateway, "ada", false, "attested"}, // where the page need not ask
	}
}

// enter opens the page there as a new person.
func (e entrance) enter(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t, e.addr)
	d.choose(hook("user"), e.user)
	e.sign(d)
	return d
}

// sign has the page ask for the signature or not, where it may choose.
func (e entrance) sign(d *desk) {
	d.t.Helper()
	if e.addr != services.Gateway {
		d.sign(e.signed)
	}
}

func TestFlow1DataThatWasJustFetchedIsStored(t *testing.T) {
	for _, e := range entrances() {
		t.Run(e.name, func(t *testing.T) {
			v, d := newVendor(t), e.enter(t)
			d.fetch(v, v.products[:2]...)
			d.fill(hook("customer"), "Ada & Söhne")
			d.fill(hook("note"), "<b>soon</b>")
			o := d.send()
			d.expectStored(o, e.how, v, v.products[:2]...)
			if !strings.Contains(o.Text, "<b>soon</b>") {
				t.Errorf("the page shows the note otherwise: %q", o.Text)
			}
			expectRow(t, o.ID, row{"customer": "Ada & Söhne", "note": "<b>soon</b>", "source": "fetched", "user": e.user}, v, v.products[:2]...)
		})
	}
}

func TestFlow2DataThatTheBrowserKeptIsStored(t *testing.T) {
	for _, e := range entrances() {
		t.Run(e.name, func(t *testing.T) {
			v, d := newVendor(t), e.enter(t)
			d.fetch(v, v.products[:2]...)
			d.again()
			e.sign(d)
			d.take(v.products[0])
			d.fill(hook("customer"), "Ada")
			o := d.send()
			d.expectStored(o, e.how, v, v.products[0])
			expectRow(t, o.ID, row{"customer": "Ada", "note": "", "source": "kept", "user": e.user}, v, v.products[0])

			tab := d.newTab(e.addr)
			e.sign(tab)
			tab.take(v.products[0])
			tab.fill(hook("customer"), "Ada in another tab")
			again := map[string]string{"attested": "attested", "fresh": "cached"}[e.how]
			o = tab.send()
			tab.expectStored(o, again, v, v.products[0])
			expectRow(t, o.ID, row{"customer": "Ada in another tab", "note": "", "source": "kept", "user": e.user}, v, v.products[0])
		})
	}
}
