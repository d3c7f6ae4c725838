package browser_test

import (
	"fmt"
	"testing"
)

// An attestation's end is MS2's time, and this clock may be hours off: workos/authkit-nextjs 470, koala73/worldmonitor 5932. It counts for
// between half of its life, since pages are kept for so long, and all of it.
func TestTheEndOfAnAttestationIsKnownThoughTheClockIsWrong(t *testing.T) {
	d := newDesk(t, services.MS1)
	for name, c := range map[string]struct{ fetched, end int }{ // seconds by this clock, of a life from 10,000 to 10,600
		"right":               {10_000, 10_600},
		"right, from a cache": {10_200, 10_600},
		"an hour behind":      {6_400, 7_000},
		"an hour ahead":       {13_600, 13_900},
	} {
		expression := fmt.Sprintf(`(async () => {
			const { end } = await import(document.querySelector("script[type=module]").src.replace("app.js", "renew.js"));
			return end({ attestation: "x." + btoa('{"iat":10000,"exp":10600}') + ".y", fetched: %d000 }) / 1000;
		})()`, c.fetched)
		if got := evaluate[int](d, expression); got != c.end {
			t.Errorf("%s: it ends at %d, want %d", name, got, c.end)
		}
	}
}

// A page in the back/forward cache hears of no change: nanostores/persistent 35.
func TestAPageThatIsShownAgainShowsWhatIsKeptNow(t *testing.T) {
	v, d := newVendor(t), newDesk(t, services.MS1)
	d.keep(signed(t, v.entity), signed(t, v.products[0]))
	d.await(fmt.Sprintf("document.querySelector('%s')", hook("kept", v.products[0].SID)))
	evaluate[bool](d, `(localStorage.clear(), dispatchEvent(new PageTransitionEvent("pageshow", {persisted: true})))`)
	d.await(fmt.Sprintf("!document.querySelector('%s')", hook("kept")))
}
