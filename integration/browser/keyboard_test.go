package browser_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

func TestAnOrderCanBeMadeByKeyboardAlone(t *testing.T) {
	v, d := newVendor(t), newDesk(t, services.MS1)
	d.tabTo(hook("vendor-search"))
	d.press(v.Name)
	d.await(fmt.Sprintf("document.querySelector('%s')", hook("vendor", v.SID)))
	d.tabTo(hook("vendor", v.SID))
	d.press(kb.Enter)
	d.await(fmt.Sprintf("document.querySelector('%s')", hook("product", v.products[0].SID)))
	d.tabTo(hook("product", v.products[0].SID))
	d.press(kb.Enter)
	d.await(fmt.Sprintf("document.querySelector('%s')", hook("line", v.products[0].SID)))
	d.tabTo(hook("customer")) // what is there is marked, so that typing replaces it
	d.press("Ada")
	d.count()
	d.tabTo(hook("send"))
	d.press(kb.Enter)
	o := d.result()
	d.expectStored(o, "attested", v, v.products[0])
	expectRow(t, o.ID, row{"customer": "Ada", "note": "", "source": "fetched", "user": "ada"}, v, v.products[0])
}

func (d *desk) press(keys string) {
	d.t.Helper()
	d.do(chromedp.KeyEvent(keys))
}

// tabTo presses Tab until the element has the focus, and expects to see where it is.
func (d *desk) tabTo(selector string) {
	d.t.Helper()
	const most = 100
	for range most {
		d.press(kb.Tab)
		if !evaluate[bool](d, `document.activeElement.matches(":focus-visible")`) {
			d.fail(fmt.Errorf("the focus can't be seen"))
		}
		if evaluate[bool](d, fmt.Sprintf("document.activeElement.matches('%s')", selector)) {
			return
		}
	}
	d.fail(fmt.Errorf("%d times Tab do not lead to %s", most, selector))
}
