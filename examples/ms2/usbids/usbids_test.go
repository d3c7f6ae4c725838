package usbids_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"ms2.internal/lb/examples/ms2/usbids"
	"ms2.internal/lb/sdk/protocol"
)

func TestTheShippedFileIsWhole(t *testing.T) {
	entities, err := usbids.Entities()
	if err != nil {
		t.Fatal(err)
	}
	counts, seen := map[string]int{}, map[string]bool{}
	for _, e := range entities {
		counts[e.Kind]++
		if seen[e.SID] {
			t.Errorf("%s is there twice", e.SID)
		}
		seen[e.SID] = true
	}
	if counts[usbids.Vendor] != 3427 || counts[usbids.Product] != 20528 {
		t.Errorf("got %v", counts)
	}
	if !slices.IsSortedFunc(entities, func(a, b usbids.Entity) int { return strings.Compare(a.SID, b.SID) }) {
		t.Error("not in the order of SIDs")
	}
	want := usbids.Entity{SID: "usb:046d:c52b", Kind: usbids.Product, Name: "Unifying Receiver"}
	if !slices.Contains(entities, want) {
		t.Errorf("lacks %v", want)
	}
}

func TestParseSkipsWhatIsNeitherVendorNorProduct(t *testing.T) {
	const file = "# a comment\n\n" +
		"\t0001  a product of nobody\n" +
		"046d  Logitech, Inc.\n" +
		"\tc52b  Unifying  Receiver \n" +
		"\t\t01  an interface\n" +
		"\tC52C  upper case\n" +
		"\tc52d\n" +
		"C 03  Human Interface Device\n" +
		"\t0001  not a product\n"
	got, err := usbids.Parse(strings.NewReader(file))
	want := []usbids.Entity{
		{SID: "usb:046d", Kind: usbids.Vendor, Name: "Logitech, Inc."},
		{SID: "usb:046d:c52b", Kind: usbids.Product, Name: "Unifying  Receiver"},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestParseNamesTheLineThatIsTooLong(t *testing.T) {
	_, err := usbids.Parse(strings.NewReader("046d  Logitech\n" + strings.Repeat("x", 1<<20)))
	if err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("got %v", err)
	}
}

// Whatever is read, each entity is one that MS2 can serve, and a product follows its vendor.
func FuzzParse(f *testing.F) {
	f.Add("046d  Logitech, Inc.\n\tc52b  Unifying Receiver\nC 03  HID\n\t0001  x\n")
	f.Add("# \xff\n046d  \xff\n\t\t\n\t0000    \n")
	f.Fuzz(func(t *testing.T, file string) {
		entities, err := usbids.Parse(strings.NewReader(file))
		if err != nil {
			return
		}
		vendor := ""
		for _, e := range entities {
			if err := protocol.CheckSID(e.SID); err != nil || e.Name == "" || !utf8.ValidString(e.Name) {
				t.Fatalf("%+v: %v", e, err)
			}
			if e.Kind == usbids.Vendor {
				vendor = e.SID
			} else if len(e.SID) != 13 || vendor == "" || !strings.HasPrefix(e.SID, vendor+":") {
				t.Fatalf("%+v after vendor %q", e, vendor)
			}
		}
	})
}
