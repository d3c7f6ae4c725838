package browser_test

import (
	"database/sql"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // the driver
)

// entity is a vendor or a product, as MS2's database holds it.
type entity struct {
	SID     string `json:"sid"`
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	Version string `json:"version"`
}

// vendor is one with products.
type vendor struct {
	entity
	products []entity
}

// row is one of a table, by the names of its columns.
type row map[string]any

// query reads rows of a database that a service uses at the same time.
func query(t *testing.T, file, text string, args ...any) (rows []row) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	found, err := db.QueryContext(t.Context(), text, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	names, err := found.Columns()
	for err == nil && found.Next() {
		values, places := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			places[i] = &values[i]
		}
		err = found.Scan(places...)
		one := row{}
		for i, name := range names {
			one[name] = values[i]
		}
		rows = append(rows, one)
	}
	if err != nil || found.Err() != nil {
		t.Fatal(text, err, found.Err())
	}
	return rows
}

func queryMS1(t *testing.T, text string, args ...any) []row {
	t.Helper()
	return query(t, services.MS1Database(), text, args...)
}

// entities are those of MS2's first replica.
func entities(t *testing.T, where string, args ...any) (found []entity) {
	t.Helper()
	for _, r := range query(t, services.Replicas[0].Database(), "SELECT sid, kind, name, version FROM entities WHERE retired = 0 AND "+where, args...) {
		found = append(found, entity{SID: r["sid"].(string), Kind: r["kind"].(string), Name: r["name"].(string), Version: fmt.Sprint(r["version"])})
	}
	return found
}

// unused are vendors that no test ordered from yet, so that MS1 can't know them. No other vendor has such a name within its own.
var unused []vendor

func newVendor(t *testing.T) vendor {
	t.Helper()
	if unused == nil {
		unused = findVendors(t)
	}
	if len(unused) == 0 {
		t.Fatal("MS2's database has no vendor left to order from")
	}
	v := unused[0]
	unused = unused[1:]
	return v
}

func findVendors(t *testing.T) (found []vendor) {
	t.Helper()
	products := map[string][]entity{}
	for _, p := range entities(t, "kind = 'product' ORDER BY sid") {
		of := p.SID[:strings.LastIndexByte(p.SID, ':')]
		products[of] = append(products[of], p)
	}
	vendors := entities(t, "kind = 'vendor' ORDER BY sid")
	for _, v := range vendors {
		own, name := products[v.SID], strings.ToLower(v.Name)
		alike := func(o entity) bool { return o != v && strings.Contains(strings.ToLower(o.Name), name) }
		if 4 <= len(own) && len(own) <= 20 && strings.TrimSpace(name) == name && !slices.ContainsFunc(vendors, alike) {
			found = append(found, vendor{v, own})
		}
	}
	return found
}

// orders is how many MS1 holds.
func orders(t *testing.T) int64 {
	t.Helper()
	return queryMS1(t, "SELECT count(*) AS n FROM orders")[0]["n"].(int64)
}

// expectRow fails the test unless MS1's database holds the order with its lines in every column, and MS2's database each entity in it.
func expectRow(t *testing.T, id string, want row, of vendor, products ...entity) {
	t.Helper()
	got := queryMS1(t, "SELECT * FROM orders WHERE id = ?", id)
	if len(got) != 1 {
		t.Fatalf("MS1's database has %d rows of order %q", len(got), id)
	}
	want["id"], want["created"] = id, got[0]["created"]
	if !maps.Equal(got[0], want) {
		t.Errorf("MS1's database has %v, want %v", got[0], want)
	}
	lines := queryMS1(t, "SELECT * FROM lines WHERE order_id = ? ORDER BY number", id)
	if len(lines) != len(products) {
		t.Fatalf("MS1's database has the lines %v, want those of %v", lines, products)
	}
	for i, p := range products {
		want := row{
			"order_id": id, "number": int64(i), "quantity": int64(1),
			"product_sid": p.SID, "product_name": p.Name, "product_version": p.Version,
			"vendor_sid": of.SID, "vendor_name": of.Name, "vendor_version": of.Version,
		}
		if !maps.Equal(lines[i], want) {
			t.Errorf("MS1's database has the line %v, want %v", lines[i], want)
		}
	}
}
