package sdk

import (
	"ms2.internal/lb/sdk/internal/delivery"
	"ms2.internal/lb/sdk/internal/latency"
)

// Sent is what the client counts of its attempts.
func (c *Client) Sent() *delivery.Counters { return c.carrier.Counters() }

// Took is how long a replica took of late.
func (c *Client) Took(id string) (latency.Summary, bool) { return c.carrier.Latency(id) }
