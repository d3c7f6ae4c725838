package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"ms2.internal/lb/sdk"
)

// lone measures one check at a time on an idle client, and prints the median's microseconds.
func lone(ctx context.Context, t turns, s size, _ *rand.Rand) error {
	return withClient(0, sdk.Off, func(client *sdk.Client) error {
		return t.take(func(out io.Writer) error { return loneSlice(ctx, out, client, s.lone) })
	})
}

func loneSlice(ctx context.Context, out io.Writer, client *sdk.Client, checks int) error {
	each := make([]float64, checks)
	for i := range each {
		began := time.Now()
		if _, err := client.Validate(ctx, "usb:046d:c52b"); err != nil {
			return err
		}
		each[i] = float64(time.Since(began)) / float64(time.Microsecond)
	}
	fmt.Fprintf(out, "lone %g\n", median(each))
	return nil
}
