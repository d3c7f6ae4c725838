package sdk_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"

	"ms2.internal/lb/sdk"
)

// cell is one of a table of what a replica may answer everything with, from the start, and by which doors it is asked.
type cell struct {
	protocol string
	code     int
	body     body
}

func (c cell) String() string { return fmt.Sprintf("%s, %d, %s", c.protocol, c.code, c.body.name) }

// verdict reports whether the answer names the SID as unknown, which is a verdict.
func (c cell) verdict() bool {
	single := c.protocol == "single" || c.protocol == "auto" && c.code == http.StatusNotFound // which has the single door asked
	return single && (c.code == http.StatusNotFound || c.code == http.StatusGone) && c.body.name == ours.name
}

// cells are those of these statuses and doors that are no verdicts.
func cells(codes []int, doors ...string) (all []cell) {
	for _, code := range codes {
		for _, door := range doors {
			for _, b := range bodies {
				if c := (cell{door, code, b}); !c.verdict() {
					all = append(all, c)
				}
			}
		}
	}
	return all
}

// oneOfEachRow are statuses that stand for all of them.
var oneOfEachRow = played(
	[]int{302, 304, 400, 401, 403, 404, 405, 408, 410, 413, 418, 421, 422, 425, 429, 500, 501, 503, 504},
	[]int{304, 401, 403, 404, 410, 429, 501, 503},
)

// Each cell gets so many checks.
const (
	checksInARow = 24
	checksAtOnce = 8
)

// mixed are SIDs for them, of which each fourth is forged.
var mixed = func() (sids [checksInARow + checksAtOnce]string) {
	for i := range sids {
		sids[i] = fmt.Sprint([]string{"good:", "good:", "good:", "forged:"}[i%4], i)
	}
	return sids
}()

// needed is how many requests a fleet that is well gets for them.
func (c cell) needed() int {
	if c.protocol == "single" {
		return checksInARow + checksAtOnce
	}
	return checksInARow + 1
}

// handful is how many requests the bad replica may get: five tell that it answers nothing, and some are on their way meanwhile.
const handful = 10

// judge holds that the bad replica was found out soon, and that nothing was asked twice that others answer.
func (c cell) judge(t *testing.T, all, bad int) {
	most := handful
	if c.protocol == "auto" || c.code == http.StatusTooManyRequests {
		most *= 2 // each asks by the other door, too; and many may come when a rest is over
	}
	if bad > most || all > c.needed()+bad {
		t.Errorf("%v: %d requests where %d do, %d of them to the bad one", c, all, c.needed(), bad)
	}
}

// unequal asks a fleet without a wire.
func (c cell) unequal(t *testing.T, endpoints ...string) {
	synctest.Test(t, func(t *testing.T) {
		u := &unequal{code: c.code, body: c.body}
		cfg := sdk.Config{Endpoints: endpoints, Protocol: c.protocol, CacheEntries: sdk.Off}
		client, err := sdk.New(cfg, sdk.WithTransport(func(http.RoundTripper) http.RoundTripper { return u }))
		if err != nil {
			t.Fatal(err)
		}
		c.ask(t, client)
		client.Close()
		c.judge(t, int(u.all.Load()), int(u.bad.Load()))
	})
}

// ask makes checks one after the other and then many at once.
func (c cell) ask(t *testing.T, client *sdk.Client) {
	for _, sid := range mixed[:checksInARow] {
		v, err := client.Validate(t.Context(), sid)
		c.right(t, v, sid, err)
	}
	sids := mixed[checksInARow:]
	vs, err := client.ValidateAll(t.Context(), sdk.SIDs(sids...))
	for i, v := range vs {
		c.right(t, v, sids[i], errorAt(err, i))
	}
}

// right fails the test unless a verdict was had and is the truth.
func (c cell) right(t *testing.T, v sdk.Verdict, sid string, err error) {
	if err != nil || v.SID != sid || v.Valid != (truthOf(sid) == "valid") {
		t.Errorf("%v: %s: got %+v, %v", c, sid, v, err)
	}
}
