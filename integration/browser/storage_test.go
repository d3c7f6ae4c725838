package browser_test

import (
	"encoding/json"
	"fmt"
	"time"
)

// kept is an entity as the page keeps it in localStorage.
type kept struct {
	entity
	Attestation string `json:"attestation,omitempty"`
	User        string `json:"user,omitempty"` // whom the attestation is for
	Fetched     int64  `json:"fetched"`        // in milliseconds
}

// storageKey is where it does.
const storageKey = "ms2-demo"

// keep has the browser keep these alone, as somebody can who controls it, and loads the page again.
func (d *desk) keep(all ...kept) {
	d.t.Helper()
	entities := map[string]kept{}
	for _, k := range all {
		if k.Fetched == 0 {
			k.Fetched = time.Now().UnixMilli()
		}
		entities[k.SID] = k
	}
	text, err := json.Marshal(map[string]any{"version": 1, "user": "ada", "entities": entities})
	if err != nil {
		d.t.Fatal(err)
	}
	quoted, err := json.Marshal(string(text))
	if err != nil {
		d.t.Fatal(err)
	}
	evaluate[bool](d, fmt.Sprintf(`(localStorage.setItem("%s", %s), true)`, storageKey, quoted))
	d.again()
}

// youngUntilLater is when an attestation was fetched that ended already, so that the page takes it for young for an hour more: it renews
// one at half of the time that it counted then.
func youngUntilLater(end time.Time) (fetched int64) {
	return 2*time.Now().Add(time.Hour).UnixMilli() - end.UnixMilli()
}
