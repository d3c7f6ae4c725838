// Package latency describes how long something took of late, in little memory and at the cost of an atomic add.
//
// A [Histogram] has eight buckets for each factor of two, as HdrHistogram has with one significant digit, so that a quantile is at
// most an eighth too high. It never forgets a count: what came of late is what it has more than a copy that it made of itself half a
// minute to a minute ago.
package latency
