package ways

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"strings"

	"ms2.internal/lb/examples/ms1/orders"
	"ms2.internal/lb/examples/ms2/usbids"
)

// catalogue is the real one, which the replicas are filled with, and what customers like of it.
type catalogue struct {
	products []usbids.Entity          // genuine ones, the most popular first
	vendors  map[string]usbids.Entity // by SID
	retired  []string                 // products that the replicas must retire
	known    map[string]bool          // every SID of the file
	shares   []float64                // of the demand, as running sums over the products
}

const (
	// retiredEvery is which share of the products is retired.
	retiredEvery = 500

	// popularity is the exponent of the demand: the k-th product sells as k^-0.8. Web pages do so by 0.64 to 0.83 (Breslau and others,
	// "Web Caching and Zipf-like Distributions", INFOCOM 1999).
	popularity = 0.8

	// version is that of every entity in a fresh database of MS2.
	version = "1"
)

// newCatalogue reads the shipped file. Which product is popular, chance says, the same way in each run.
func newCatalogue() (*catalogue, error) {
	entities, err := usbids.Entities()
	if err != nil {
		return nil, err
	}
	c := &catalogue{vendors: map[string]usbids.Entity{}, known: map[string]bool{}}
	for i, e := range entities {
		c.known[e.SID] = true
		switch {
		case e.Kind == usbids.Vendor:
			c.vendors[e.SID] = e
		case i%retiredEvery == 0:
			c.retired = append(c.retired, e.SID)
		default:
			c.products = append(c.products, e)
		}
	}
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(c.products), func(i, j int) { c.products[i], c.products[j] = c.products[j], c.products[i] })
	sum := 0.0
	for k := range c.products {
		sum += math.Pow(float64(k+1), -popularity)
		c.shares = append(c.shares, sum)
	}
	return c, nil
}

// basket draws products, each another one, with their vendors.
func (c *catalogue) basket(random *rand.Rand, lines int) []orders.Line {
	var basket []orders.Line
	taken := map[int]bool{}
	for len(basket) < lines {
		i := sort.SearchFloat64s(c.shares, random.Float64()*c.shares[len(c.shares)-1])
		if taken[i] {
			continue
		}
		taken[i] = true
		product := c.products[i]
		vendor := c.vendors[vendorOf(product.SID)]
		basket = append(basket, orders.Line{
			Product:  orders.Product{SID: product.SID, Name: product.Name, Version: version},
			Vendor:   orders.Vendor{SID: vendor.SID, Name: vendor.Name, Version: version},
			Quantity: 1 + random.IntN(5),
		})
	}
	return basket
}

// forged is the SID of a product that a vendor does not have.
func (c *catalogue) forged(random *rand.Rand, vendor string) string {
	for {
		if sid := fmt.Sprintf("%s:%04x", vendor, random.IntN(1<<16)); !c.known[sid] {
			return sid
		}
	}
}

// vendorOf is the SID of a product's vendor.
func vendorOf(product string) string { return product[:strings.LastIndexByte(product, ':')] }
