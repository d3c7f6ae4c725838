package sdktest_test

import (
	"context"
	"fmt"
	"testing"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/sdktest"
)

// placeOrder stands for the code of an adopter.
func placeOrder(ctx context.Context, client *sdk.Client, sid string) string {
	v, err := client.Validate(ctx, sid)
	switch {
	case err != nil:
		return "503: try again later"
	case !v.Valid:
		return "422: unknown SID"
	}
	return "201: placed"
}

func Example() {
	t := &testing.T{} // the one that your test is given
	ms2 := sdktest.New(t, map[string]bool{"usb:046d:c52b": true})
	defer ms2.Client().Close() // by itself at the end of a real test

	fmt.Println(placeOrder(context.Background(), ms2.Client(), "usb:046d:c52b"))
	fmt.Println(placeOrder(context.Background(), ms2.Client(), "usb:forged"))
	ms2.SetDown(true)
	fmt.Println(placeOrder(context.Background(), ms2.Client(), "usb:046d:c52b"))
	// Output:
	// 201: placed
	// 422: unknown SID
	// 503: try again later
}
