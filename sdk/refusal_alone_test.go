package sdk_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// remedies are what the error of a refusal says to look at, by door and status.
var remedies = map[string]string{
	"batch 401": "MS2_TOKEN", "single 401": "MS2_TOKEN", "batch 403": "MS2_TOKEN", "single 403": "MS2_TOKEN",
	"batch 404": "MS2_PROTOCOL", "single 404": "MS2_NOT_FOUND", "single 410": "MS2_NOT_FOUND",
	"batch 405": "MS2_PROTOCOL", "batch 501": "MS2_PROTOCOL",
}

// failing reports whether the status is the replica's fault whatever others do, so that its breaker opens.
func (c cell) failing() bool {
	switch c.code {
	case http.StatusRequestTimeout, http.StatusMisdirectedRequest, http.StatusTooEarly:
		return true
	case http.StatusNotImplemented:
		return c.protocol == "single"
	}
	return c.code < 400 || c.code >= 500
}

func TestAReplicaAloneThatAnswersWithAnyStatusBringsErrorsThatSayWhatToDo(t *testing.T) {
	for _, c := range cells(oneOfEachRow, "batch", "single") {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(with(c.code, c.body))
			client := f.client(uncached, func(cfg *sdk.Config) { cfg.Protocol = c.protocol })
			for i := range 10 {
				err := refuses(t, client, mixed[i], nil)
				for _, part := range []string{fmt.Sprint("HTTP ", c.code), remedies[fmt.Sprint(c.protocol, " ", c.code)]} {
					if !strings.Contains(err.Error(), part) {
						t.Errorf("%v: %v does not say %q", c, err, part)
					}
				}
			}
			if s := statsOf(client, "a"); (s.Breaker == "closed") == c.failing() {
				t.Errorf("%v: %+v", c, s)
			}
			f.all(well())
			c.recovers(t, client)
		}, "a")
	}
}

// recovers holds that a check is answered as soon as may be once the replica is well: at once, but for one that was left alone.
func (c cell) recovers(t *testing.T, client *sdk.Client) {
	switch {
	case c.failing():
		<-time.After(2 * time.Second) // MS2_BREAKER_OPEN
	case c.code == http.StatusTooManyRequests:
		<-time.After(100 * time.Millisecond)
	}
	start := time.Now()
	v, err := client.Validate(t.Context(), "good:1")
	c.right(t, v, "good:1", err)
	took(t, start, workTime)
}
