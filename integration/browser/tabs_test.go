package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"ms2.internal/lb/integration/browser/chromium"
)

// newPerson is a browser that was never here.
func newPerson(t *testing.T) *chromium.Profile {
	t.Helper()
	profile, err := browser.NewProfile(guarded(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := profile.Close(); err != nil {
			t.Error(err)
		}
	})
	return profile
}

// desks are those that tests use one after the other, by address: to open a tab takes longer than most tests.
var desks = map[string]*desk{}

// newDesk is the page at an address as somebody sees it who was never there, in a tab that was.
func newDesk(t *testing.T, addr string) *desk {
	t.Helper()
	d := desks[addr]
	if d == nil {
		d = openDesk(t, addr)
		desks[addr] = d
	}
	d.t = t
	t.Cleanup(func() {
		if d.expectSilence(); t.Failed() {
			delete(desks, addr) // who knows what it is like; the browser closes it at its end
		}
	})
	evaluate[bool](d, "(localStorage.clear(), true)")
	d.do(chromedp.Navigate("about:blank"), chromedp.Navigate("http://"+addr+"/")) // a reload would leave the form filled in
	d.awaitScript()
	return d
}

// openDesk opens the page in a tab that outlives the test.
func openDesk(t *testing.T, addr string) *desk {
	t.Helper()
	profile, err := browser.NewProfile(guarded(t))
	if err != nil {
		t.Fatal(err)
	}
	page, err := profile.Open(guarded(t), "http://"+addr+"/")
	if err != nil {
		t.Fatal(err)
	}
	return &desk{profile: profile, page: page}
}

// visit opens the page at an address, host:port. At the end of the test its console must have kept silent.
func visit(t *testing.T, profile *chromium.Profile, addr string) *desk {
	t.Helper()
	page, err := profile.Open(guarded(t), "http://"+addr+"/")
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, page: page, profile: profile}
	t.Cleanup(func() {
		d.expectSilence()
		page.Close()
	})
	d.awaitScript()
	return d
}

// during is the same desk in a test within its own.
func (d *desk) during(t *testing.T) *desk {
	before := d.t
	t.Cleanup(func() { d.t = before })
	d.t = t
	return d
}
