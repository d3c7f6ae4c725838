package orders

import (
	"net/http"
	"strings"
	"testing"
)

func FuzzWhatIsTakenForAnOrderHoldsItsLimits(f *testing.F) {
	const good = `{"customer":"Ada","source":"kept","lines":[{"product":{"sid":"p","attestation":"t"},"vendor":{"sid":"v"},"quantity":1}]}`
	for _, body := range []string{good, good + "{}", "", "{", "null", "[]", `{"lines":7}`, `{"lines":[{"quantity":1e3}]}`, `"order"`, `{"x":1}`} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		o, refused := decode(strings.NewReader(body))
		switch {
		case refused != nil && (refused.Status != http.StatusBadRequest || refused.Detail == "" || strings.Contains(refused.Detail, "json:")):
			t.Errorf("refused with %d %q", refused.Status, refused.Detail)
		case refused == nil && o.fault() != "":
			t.Errorf("taken, though %s", o.fault())
		}
		for _, l := range o.Lines {
			if refused == nil && l.Product.Attestation+l.Vendor.Attestation != "" {
				t.Errorf("an attestation is left in %+v", l)
			}
		}
	})
}
