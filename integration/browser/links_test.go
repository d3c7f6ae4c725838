package browser_test

import (
	"fmt"
	"testing"
)

func TestThePageLeadsToItselfElsewhere(t *testing.T) {
	one, two, gateway := services.MS1, services.Replicas[0].Addr, services.Gateway
	d := visit(t, newPerson(t), one)
	for _, next := range []string{two, gateway, one, gateway, two, one} { // each leads to both others
		d.click(fmt.Sprintf(`%s a[href*="%s"]`, hook("nav"), next))
		d.await(fmt.Sprintf(`location.host === "%s"`, next))
		d.awaitScript()
		if links := evaluate[int](d, fmt.Sprintf("document.querySelectorAll('%s a').length", hook("nav"))); links != 2 {
			t.Errorf("the page at %s has %d links", next, links)
		}
	}
}
