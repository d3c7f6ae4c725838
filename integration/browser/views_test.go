package browser_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"ms2.internal/lb/integration/browser/chromium"
)

// view is a screen that the page must look right on.
type view struct {
	name string
	chromium.View
}

var views = []view{
	{"desktop-light", chromium.View{Width: 1440, Height: 900}},
	{"desktop-dark", chromium.View{Width: 1440, Height: 900, Dark: true}},
	{"phone-light", chromium.View{Width: 390, Height: 844}},
	{"phone-dark", chromium.View{Width: 390, Height: 844, Dark: true}},
}

func TestViewsOfThePageAreForAllPeople(t *testing.T) {
	v, d := newVendor(t), visit(t, newPerson(t), services.MS1)
	d.expectForAll("empty", views...)

	d.fetch(v, v.products[0])
	d.fill(hook("customer"), "Analytical Engines Ltd")
	d.fill(hook("note"), "Before the weekend, please")
	d.expectForAll("filled", views...)

	if o := d.send(); o.State != "stored" {
		d.fail(fmt.Errorf("the order is %s", o.State))
	}
	d.expectForAll("stored", views...)

	d.choose(hook("tamper"), "token")
	if o := d.send(); o.State != "refused" {
		d.fail(fmt.Errorf("the order is %s", o.State))
	}
	d.expectForAll("refused", views...)
}

// The page is the same at MS2, and at the gateway but for a few words and the drawing: one view of each is enough.
func TestViewsOfThePageElsewhereAreForAllPeople(t *testing.T) {
	for name, addr := range map[string]string{"ms2": services.Replicas[0].Addr, "gateway": services.Gateway} {
		v, d := newVendor(t), visit(t, newPerson(t), addr)
		d.fetch(v, v.products[0])
		if o := d.send(); o.State != "stored" {
			d.fail(fmt.Errorf("the order is %s", o.State))
		}
		d.expectForAll(name, views[len(views)-1])
	}
}

// expectForAll fails the test when, in any of the views, axe-core finds what keeps people from using the page, or a phone has to scroll sideways.
func (d *desk) expectForAll(state string, views ...view) {
	d.t.Helper()
	for _, v := range views {
		if err := d.page.Show(guarded(d.t), v.View); err != nil {
			d.fail(err)
		}
		violations, err := d.page.Axe(guarded(d.t))
		if err != nil {
			d.fail(err)
		}
		for _, found := range violations {
			if found.Grave() {
				d.t.Errorf("%s, %s: %s, %s: %s: %+v", state, v.name, found.Impact, found.Rule, found.Help, found.Nodes)
			}
		}
		if width := evaluate[int](d, "document.documentElement.scrollWidth"); width > v.Width {
			d.t.Errorf("%s, %s: the page is %d wide", state, v.name, width)
		}
		if *screenshots != "" {
			d.picture(filepath.Join(*screenshots, state+"-"+v.name+".png"), v.View)
		}
	}
}

// picture takes a picture: of the page from its top, or of what became of an order, on the page that has one.
func (d *desk) picture(file string, v chromium.View) {
	d.t.Helper()
	top := "body"
	if evaluate[bool](d, fmt.Sprintf("!!document.querySelector('%s') && %s !== 'empty'", hook("result"), resultState)) {
		top = hook("result")
	}
	evaluate[bool](d, fmt.Sprintf("(document.querySelector('%s').scrollIntoView(), true)", top))
	picture, err := d.page.Screenshot(guarded(d.t), v)
	if err == nil {
		err = os.WriteFile(file, picture, 0o644)
	}
	if err != nil {
		d.fail(err)
	}
}
