package browser_test

import (
	"testing"
)

// killMS2 kills every replica, and starts all again when the test is over.
func killMS2(t *testing.T) {
	t.Helper()
	for _, r := range services.Replicas {
		r.Kill()
	}
	t.Cleanup(func() {
		for _, r := range services.Replicas {
			if err := r.Restart(guarded(t)); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestWithoutMS2SignedDataThatTheBrowserKeptIsStored(t *testing.T) {
	v, d := newVendor(t), newDesk(t, services.MS1)
	d.sign(true)
	d.fetch(v, v.products[:2]...)
	killMS2(t)
	d.again()
	d.take(v.products[:2]...)
	d.fill(hook("customer"), "Ada")
	o := d.send()
	d.expectStored(o, "attested", v, v.products[:2]...)
	expectRow(t, o.ID, row{"customer": "Ada", "note": "", "source": "kept", "user": "ada"}, v, v.products[:2]...)
}

func TestWithoutMS2TheGatewayGoesOnWithWhatItHas(t *testing.T) {
	v, d := newVendor(t), newDesk(t, services.Gateway)
	d.fetch(v, v.products[0])
	d.fill(hook("customer"), "Ada")
	d.expectStored(d.send(), "attested", v, v.products[0])
	killMS2(t)
	d.again()
	d.take(v.products[0])
	d.fill(hook("customer"), "Ada once more")
	o := d.send()
	d.expectStored(o, "attested", v, v.products[0])
	expectRow(t, o.ID, row{"customer": "Ada once more", "note": "", "source": "kept", "user": "ada"}, v, v.products[0])
}

func TestWithoutMS2DataWithoutASignatureIsNotStored(t *testing.T) {
	v, d := newVendor(t), newDesk(t, services.MS1)
	d.sign(false)
	d.fetch(v, v.products[0])
	killMS2(t)
	d.fill(hook("customer"), "Ada")
	if o := d.send(); o.State != "unchecked" {
		t.Errorf("the order is %s", o.State)
	}
	d.expectNothingStored()
}
