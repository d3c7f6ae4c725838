package attest_test

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/attest"
	"ms2.internal/lb/sdk/protocol"
)

// BenchmarkCheck has checks of one client whose MS2 is on loopback: by a token that is new, by one that is remembered, from the cache,
// and asked. The last run has them in turn, so that whatever else the machine does meets all, and reports medians.
func BenchmarkCheck(b *testing.B) {
	c := newCheckBench(b)
	all := []struct {
		name  string
		check func(i int)
	}{{"attested/new", c.isNew}, {"attested/remembered", c.remembered}, {"cached", c.cached}, {"asked", c.asked}}
	for _, one := range all {
		b.Run(one.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				one.check(i)
			}
		})
	}
	b.Run("in turn", func(b *testing.B) {
		took := make([][]time.Duration, len(all))
		for i := 0; b.Loop(); i++ {
			for k, one := range all {
				began := time.Now()
				one.check(i)
				took[k] = append(took[k], time.Since(began))
			}
		}
		asked := median(took[3])
		for k, one := range all {
			b.ReportMetric(median(took[k]), "ns/"+one.name)
		}
		b.ReportMetric(asked/median(took[0]), "asked/new")
		b.ReportMetric(0, "ns/op")
	})
}

func median(took []time.Duration) float64 {
	slices.Sort(took)
	return float64(took[len(took)/2])
}

// checkBench is a client with keys, and more tokens than it remembers.
type checkBench struct {
	b      *testing.B
	client *sdk.Client
	sids   []string
	tokens []string
}

func newCheckBench(b *testing.B) *checkBench {
	signer := signerOf(b, attest.SignerOptions{Life: time.Hour}, keyOf(b, "a", attest.EdDSA))
	server := httptest.NewServer(protocol.NewHandler(genuine{}, protocol.HandlerOptions{MaxAge: time.Hour, Attester: signer}))
	b.Cleanup(server.Close)
	v, err := attest.NewVerifier(attest.VerifierOptions{Issuer: "ms2", Audience: "ms1", MaxLife: time.Hour, Remember: 7})
	if err != nil {
		b.Fatal(err)
	}
	cfg := sdk.Config{Endpoints: []string{strings.TrimPrefix(server.URL, "http://")}, KeysInsecure: true}
	client, err := sdk.New(cfg, sdk.WithAttestations(v))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { client.Close() })
	c := &checkBench{b: b, client: client}
	for i := range 4096 {
		sid := fmt.Sprint("sid-", i)
		token, err := signer.Sign("", attest.Item{SID: sid, Kind: "product", Version: "3"})
		if err != nil {
			b.Fatal(err)
		}
		c.sids, c.tokens = append(c.sids, sid), append(c.tokens, token)
	}
	for stats(client).Keys.AgeSeconds == nil {
		pass(time.Millisecond)
	}
	c.want(sdk.Fresh, "sid-cached")
	return c
}

func (c *checkBench) want(origin sdk.Origin, sid string, opts ...sdk.CheckOption) {
	if v, err := c.client.Validate(c.b.Context(), sid, opts...); err != nil || !v.Valid || v.Origin != origin {
		c.b.Fatalf("%+v, %v", v, err)
	}
}

func (c *checkBench) isNew(i int) {
	i = 1 + i%(len(c.sids)-1)
	c.want(sdk.Attested, c.sids[i], sdk.AttestedBy(c.tokens[i]))
}

func (c *checkBench) remembered(int) { c.want(sdk.Attested, c.sids[0], sdk.AttestedBy(c.tokens[0])) }
func (c *checkBench) cached(int)     { c.want(sdk.Cached, "sid-cached") }
func (c *checkBench) asked(int)      { c.want(sdk.Fresh, "sid-asked", sdk.NoCache()) }
