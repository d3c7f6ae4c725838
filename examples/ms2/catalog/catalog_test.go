package catalog_test

import (
	"errors"
	"strconv"
	"sync"
	"testing"

	"ms2.internal/lb/examples/ms2/catalog"
	"ms2.internal/lb/examples/ms2/catalog/catalogtest"
	"ms2.internal/lb/sdk/protocol"
)

const (
	vendor  = "usb:046d"
	product = "usb:046d:c52b"
	forged  = "usb:046d:0000"
)

func open(t *testing.T, path string) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestLookupAnswersAWholeBatch(t *testing.T) {
	t.Parallel()
	c := catalogtest.Open(t)
	found, err := c.Lookup(t.Context(), []string{vendor, product, forged, `"]`, "' OR 1 --"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]protocol.Entity{
		vendor:  {Kind: "vendor", Version: "1"},
		product: {Kind: "product", Version: "1"},
	}
	if len(found) != len(want) || found[vendor] != want[vendor] || found[product] != want[product] {
		t.Errorf("got %v, want %v", found, want)
	}
}

func TestRetiredStaysRetiredAfterAnotherStart(t *testing.T) {
	t.Parallel()
	path := catalogtest.Path(t)
	first := open(t, path)
	for range 2 { // the second changes nothing
		if err := first.Retire(t.Context(), product); err != nil {
			t.Fatal(err)
		}
	}
	first.Close()
	c := open(t, path)
	found, err := c.Lookup(t.Context(), []string{product})
	if want := (protocol.Entity{Kind: "product", Version: "2", Retired: true}); err != nil || found[product] != want {
		t.Errorf("got %v, %v; want %v", found, err, want)
	}
	if _, err := c.Entity(t.Context(), product); !errors.Is(err, catalog.ErrUnknown) {
		t.Errorf("its data is served: %v", err)
	}
	list, err := c.List(t.Context(), catalog.Filter{Prefix: product}, 10)
	if err != nil || len(list) != 0 {
		t.Errorf("it is listed: %v, %v", list, err)
	}
}

func TestRetireIsAllOrNothing(t *testing.T) {
	t.Parallel()
	c := catalogtest.Open(t)
	if err := c.Retire(t.Context(), product, forged); !errors.Is(err, catalog.ErrUnknown) {
		t.Errorf("got %v", err)
	}
	if _, err := c.Entity(t.Context(), product); err != nil {
		t.Errorf("retired beside an unknown one: %v", err)
	}
}

func TestBrowse(t *testing.T) {
	t.Parallel()
	c := catalogtest.Open(t)
	e, err := c.Entity(t.Context(), product)
	want := catalog.Entity{SID: product, Kind: "product", Name: "Unifying Receiver", Version: "1"}
	if err != nil || e != want {
		t.Errorf("got %v, %v; want %v", e, err, want)
	}
	list, err := c.List(t.Context(), catalog.Filter{Prefix: vendor}, 3)
	if err != nil || len(list) != 3 || list[0].SID != vendor || list[1].Kind != "product" {
		t.Errorf("got %v, %v", list, err)
	}
	for _, name := range []string{"NÜVI 1350", "nüvi 1350"} {
		found, err := c.List(t.Context(), catalog.Filter{Name: name}, 10)
		if err != nil || len(found) != 1 || found[0].SID != "usb:091e:23cc" {
			t.Errorf("%s: got %v, %v", name, found, err)
		}
	}
	vendors, err := c.List(t.Context(), catalog.Filter{Kind: "vendor"}, 10000)
	if err != nil || len(vendors) != 3427 {
		t.Errorf("got %d vendors, %v", len(vendors), err)
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	c := catalogtest.Open(t)
	var done sync.WaitGroup
	for i := range 8 {
		done.Go(func() {
			for range 20 {
				found, err := c.Lookup(t.Context(), []string{vendor, product, "usb:forged:" + strconv.Itoa(i)})
				if err != nil || len(found) != 2 {
					t.Errorf("got %v, %v", found, err)
				}
			}
		})
	}
	done.Wait()
}
