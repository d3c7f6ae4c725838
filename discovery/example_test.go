package discovery_test

import (
	"context"
	"fmt"

	"ms2.internal/lb/discovery"
)

func ExampleNewStatic() {
	source, err := discovery.NewStatic("10.0.0.7:8080", "[2001:db8::1]:8080")
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	_ = source.Watch(ctx, func(s discovery.Snapshot) {
		for _, instance := range s.Instances {
			fmt.Println(instance.Addr)
		}
		stop()
	})
	// Output:
	// 10.0.0.7:8080
	// [2001:db8::1]:8080
}

func ExampleClean() {
	kept, dropped := discovery.Clean([]discovery.Instance{
		{ID: "a", Addr: "10.0.0.7:8080", Weight: 1_000_000},
		{ID: "b", Addr: "10.0.0.8:0", Weight: 1},
	})
	fmt.Println(kept[0].ID, kept[0].Weight)
	fmt.Println(dropped[0].ID, dropped[0].Why)
	// Output:
	// a 655350
	// b address "10.0.0.8:0": port "0" is not a number from 1 to 65535
}
