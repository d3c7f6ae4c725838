package balancer_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
)

func Example() {
	b := balancer.New(balancer.Options{Rand: rand.NewPCG(1, 1)})
	b.Update([]discovery.Instance{
		{ID: "a", Addr: "10.0.0.1:8080", Weight: 1},
		{ID: "b", Addr: "10.0.0.2:8080", Weight: 1},
	})

	// A request for 20 SIDs.
	lease, err := b.Pick(20)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("asked", lease.Instance().Addr)
	lease.Done(balancer.Outcome{Result: balancer.Failure})

	// Its retry goes to another replica.
	retry, err := b.Pick(20, lease.Instance().ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("tried another:", retry.Instance().ID != lease.Instance().ID)
	retry.Done(balancer.Outcome{Result: balancer.Success})

	// Both refuse for load: the error says when to come back.
	for range 2 {
		if lease, err := b.Pick(1); err == nil {
			lease.Done(balancer.Outcome{Result: balancer.Shed, Rest: 2 * time.Second})
		}
	}
	_, err = b.Pick(1)
	var resting *balancer.RestingError
	fmt.Println("all rest:", errors.As(err, &resting) && resting.Wait > time.Second)
	for _, s := range b.Stats() {
		fmt.Println(s.Instance.ID, "is", s.State)
	}
	// Output:
	// asked 10.0.0.2:8080
	// tried another: true
	// all rest: true
	// a is resting
	// b is resting
}
