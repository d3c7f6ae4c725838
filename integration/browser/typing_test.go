package browser_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

func TestWhatIsTypedAsAQuantityOutlivesAChangeOfTheList(t *testing.T) {
	v, d := newVendor(t), newDesk(t, services.MS1)
	d.fetch(v, v.products[0])
	quantity := hook("line", v.products[0].SID) + " input"
	value := fmt.Sprintf("document.querySelector('%s').value", quantity)
	d.fill(quantity, "12")
	d.press(kb.ArrowLeft)
	evaluate[bool](d, fmt.Sprintf("!!(before = document.querySelector('%s'))", hook("product", v.products[0].SID)))
	d.choose(hook("user"), "ben")
	d.await("!before.isConnected")
	d.await(fmt.Sprintf(`document.querySelector('%s').innerText.includes("signed by MS2")`, hook("line"))) // all lists were drawn again
	d.press("4")
	if got := evaluate[string](d, value); got != "142" {
		t.Errorf("typed 12, and 4 between after the list was drawn again: %q", got)
	}
	for typed, want := range map[string]string{"": "1", "41": "42", "10000": "10000"} {
		d.fill(quantity, "1")
		if d.press(kb.Backspace); typed != "" {
			d.press(typed)
		}
		d.click(hook("product", v.products[0].SID))
		if got := evaluate[string](d, value); got != want {
			t.Errorf("one more than %q is %q, want %q", typed, got, want)
		}
	}
}

func TestWhatIsInTheOrderStaysMarkedWhereItCanBeChosen(t *testing.T) {
	v, d := newVendor(t), newDesk(t, services.MS1)
	d.fetch(v, v.products[0])
	evaluate[bool](d, `dispatchEvent(new StorageEvent("storage", {key: "ms2-demo"}))`) // another tab's
	for _, name := range []string{"product", "kept"} {
		if !evaluate[bool](d, fmt.Sprintf("document.querySelector('%s').matches('[data-chosen]')", hook(name, v.products[0].SID))) {
			t.Errorf("the %s is not marked", name)
		}
	}
}
