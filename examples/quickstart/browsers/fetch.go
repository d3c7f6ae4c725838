package browsers

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"

	"ms2.internal/lb/examples/ms1/orders"
	"ms2.internal/lb/examples/ms2/catalog"
)

// fetch looks for a product, as people do: it opens the page of MS2 that shows it among others of its vendor, and takes
// up to count of them. It returns none when no replica answers.
func (c *Crowd) fetch(ctx context.Context, count int, attested bool) []orders.Line {
	query := "?limit=20"
	if attested {
		query += "&attest=1"
	}
	wanted := c.truth.product()
	var page struct{ Entities []catalog.Entity }
	var vendor catalog.Entity
	if !c.page(ctx, "/v1/entities"+query+"&prefix="+url.QueryEscape(wanted[:len(wanted)-2]), &page) ||
		!c.page(ctx, "/v1/entities/"+vendorOf(wanted)+query, &vendor) {
		return nil
	}
	rand.Shuffle(len(page.Entities), func(i, j int) {
		page.Entities[i], page.Entities[j] = page.Entities[j], page.Entities[i]
	})
	var lines []orders.Line
	for _, e := range page.Entities[:min(count, len(page.Entities))] {
		lines = append(lines, orders.Line{
			Product:  orders.Product{SID: e.SID, Name: e.Name, Version: e.Version, Attestation: e.Attestation},
			Vendor:   orders.Vendor{SID: vendor.SID, Name: vendor.Name, Version: vendor.Version, Attestation: vendor.Attestation},
			Quantity: 1 + rand.IntN(5),
		})
	}
	return lines
}

// page reads a page of any replica that answers.
func (c *Crowd) page(ctx context.Context, path string, value any) bool {
	for _, i := range rand.Perm(len(c.ms2)) {
		if c.Shunned != nil && c.Shunned(c.ms2[i]) {
			continue
		}
		if c.read(ctx, "http://"+c.ms2[i]+path, value) == nil {
			return true
		}
	}
	return false
}

func (c *Crowd) read(ctx context.Context, address string, value any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	response, err := c.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", address, response.Status)
	}
	return json.NewDecoder(response.Body).Decode(value)
}
