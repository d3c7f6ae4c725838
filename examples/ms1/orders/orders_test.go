package orders_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"ms2.internal/lb/examples/login"
	"ms2.internal/lb/examples/ms1/orders"
	"ms2.internal/lb/sdk/protocol"
	"ms2.internal/lb/sdk/sdktest"
)

const (
	vendor  = "usb:046d"
	product = "usb:046d:c52b"
	retired = "usb:046d:c52f"
)

var discard = slog.New(slog.DiscardHandler)

// ms1 is the service under test, over an MS2 in the same process.
type ms1 struct {
	t       *testing.T
	ms2     *sdktest.MS2
	store   *orders.Store
	handler http.Handler
}

func newMS1(t *testing.T) *ms1 {
	t.Helper()
	store, err := orders.OpenStore(t.Context(), filepath.Join(t.TempDir(), "ms1.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	ms2 := sdktest.New(t, map[string]bool{retired: false})
	ms2.SetEntity(vendor, protocol.Entity{Kind: "vendor", Version: "1"})
	ms2.SetEntity(product, protocol.Entity{Kind: "product", Version: "1"})
	client := ms2.Client()
	guard, err := orders.Guard(client, discard)
	if err != nil {
		t.Fatal(err)
	}
	attempts := func() int64 { return client.Stats().Attempts }
	return &ms1{t, ms2, store, orders.Handler(guard, attempts, store, discard)}
}

func (m *ms1) do(method, path, body string, header ...string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	m.handler.ServeHTTP(w, r)
	return w
}

// expectStored fails the test when the database holds another number of orders.
func (m *ms1) expectStored(want int) {
	m.t.Helper()
	if got, err := m.store.Count(m.t.Context()); err != nil || got != want {
		m.t.Errorf("%d orders stored, %v; want %d", got, err, want)
	}
}

// order is one of a good line and a line with these SIDs.
func order(source, product2, vendor2 string) string {
	o := orders.Order{Customer: "Ada", Note: "soon", Source: source, Lines: []orders.Line{
		{Product: orders.Product{SID: product, Name: "Unifying Receiver", Version: "1"}, Vendor: orders.Vendor{SID: vendor, Name: "Logitech, Inc.", Version: "1"}, Quantity: 2},
		{Product: orders.Product{SID: product2, Name: "another"}, Vendor: orders.Vendor{SID: vendor2, Name: "another"}, Quantity: 1},
	}}
	text, err := json.Marshal(o)
	if err != nil {
		panic(err) // a fault of this file
	}
	return string(text)
}

func TestAGoodOrderIsStoredAndReadBack(t *testing.T) {
	t.Parallel()
	for _, source := range []string{orders.Fetched, orders.Kept} {
		m := newMS1(t)
		posted := m.do("POST", "/orders", order(source, product, vendor), login.Header, "ada")
		location := posted.Header().Get("Location")
		if posted.Code != http.StatusCreated || !strings.HasPrefix(location, "/orders/") {
			t.Fatalf("%s: got %d, %q, %s", source, posted.Code, location, posted.Body)
		}
		read := m.do("GET", location, "")
		var receipt orders.Receipt
		var got, want orders.Stored
		decode(t, posted, &receipt)
		decode(t, read, &got)
		if err := json.Unmarshal([]byte(order(source, product, vendor)), &want.Order); err != nil {
			t.Fatal(err)
		}
		want.ID, want.Created, want.User = strings.TrimPrefix(location, "/orders/"), got.Created, "ada"
		if got.Created.IsZero() || !reflect.DeepEqual(got, want) || !reflect.DeepEqual(receipt.Stored, want) {
			t.Errorf("%s: read %+v, want %+v, as posted %s", source, got, want, posted.Body)
		}
	}
}

// decode reads the body of an answer.
func decode(t *testing.T, w *httptest.ResponseRecorder, value any) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), value); err != nil {
		t.Fatalf("%s: %v", w.Body, err)
	}
}

func TestABadSIDIsNamedAndNothingIsStored(t *testing.T) {
	t.Parallel()
	m := newMS1(t)
	for name, c := range map[string]struct{ product, vendor, want string }{
		"forged":                 {"usb:046d:0000", vendor, `[{"pointer":"/lines/1/product/sid","sid":"usb:046d:0000","detail":"is not known to MS2"}]`},
		"retired":                {retired, vendor, `[{"pointer":"/lines/1/product/sid","sid":"usb:046d:c52f","detail":"is not known to MS2"}]`},
		"malformed":              {product, "usb 046d", `[{"pointer":"/lines/1/vendor/sid","sid":"usb 046d","detail":"is malformed: sid holds the byte 0x20 at position 3, which is not visible ASCII"}]`},
		"empty":                  {product, "", `[{"pointer":"/lines/1/vendor/sid","detail":"is malformed: sid is empty"}]`},
		"a vendor for a product": {vendor, vendor, `[{"pointer":"/lines/1/product/sid","sid":"usb:046d","detail":"is of kind vendor, not product"}]`},
		"two":                    {"usb:x", "é", `[{"pointer":"/lines/1/product/sid","sid":"usb:x","detail":"is not known to MS2"},{"pointer":"/lines/1/vendor/sid","sid":"é","detail":"is malformed: sid holds the byte 0xc3 at position 0, which is not visible ASCII"}]`},
	} {
		w := m.do("POST", "/orders", order(orders.Kept, c.product, c.vendor))
		if w.Code != http.StatusUnprocessableEntity || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: got %d %v", name, w.Code, w.Header())
		}
		if want := `"errors":` + c.want; !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: got %s, want %s", name, w.Body, want)
		}
	}
	m.expectStored(0)
}

func TestWithoutMS2NothingIsStoredAndTheBrowserIsToldWhenToComeAgain(t *testing.T) {
	t.Parallel()
	m := newMS1(t)
	m.ms2.SetDown(true)
	w := m.do("POST", "/orders", order(orders.Fetched, product, vendor))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), product) {
		t.Errorf("got %d %v %s", w.Code, w.Header(), w.Body)
	}
	m.expectStored(0)
	m.ms2.SetDown(false)
	if w := m.do("POST", "/orders", order(orders.Fetched, product, vendor)); w.Code != http.StatusCreated {
		t.Errorf("once it was up again: %d %s", w.Code, w.Body)
	}
}

func TestManyOrdersAtOnce(t *testing.T) {
	t.Parallel()
	m := newMS1(t)
	const browsers, each = 16, 10
	var done sync.WaitGroup
	for i := range browsers {
		done.Go(func() {
			for j := range each {
				sid, want := product, http.StatusCreated
				if j%2 == 1 {
					sid, want = fmt.Sprintf("usb:forged:%d", i), http.StatusUnprocessableEntity
				}
				if w := m.do("POST", "/orders", order(orders.Kept, sid, vendor), login.Header, fmt.Sprint("customer-", i)); w.Code != want {
					t.Errorf("%s: got %d %s, want %d", sid, w.Code, w.Body, want)
				}
			}
		})
	}
	done.Wait()
	m.expectStored(browsers * each / 2)
}
