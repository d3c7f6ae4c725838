package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// arrow says what a package must not depend on, directly or not: every import path that contains one of the words.
type arrow struct {
	from string
	not  []string
}

// arrows keep an adopter's build free of what the adopter did not ask for, and the packages in their order.
var arrows = []arrow{
	{from: "discovery", not: []string{"net/http", "consul", "lb/balancer", "lb/sdk"}},
	{from: "balancer", not: []string{"net/http", "consul", "lb/sdk"}},
	{from: "sdk", not: []string{"sql", "grpc", "prometheus", "opentelemetry"}},
	{from: "sdk/protocol", not: []string{"lb/sdk/internal"}},
	{from: "sdk/middleware", not: []string{"lb/sdk/attest", "jose"}},
	{from: "sdk/internal/cache", not: []string{"lb/sdk", "lb/balancer", "lb/discovery"}},
}

// sdkRooms are those that a check passes on its way to a replica: each may depend on those after it, and on none before it.
var sdkRooms = []string{"sdk/internal/flight", "sdk/internal/delivery", "sdk/internal/attempt", "sdk/internal/transport", "sdk/internal/hook"}

// arrowsBetweenRooms has no room depend on one before it.
func arrowsBetweenRooms() []arrow {
	var found []arrow
	for i, room := range sdkRooms {
		a := arrow{from: room, not: []string{"lb/sdk/sdktest", "lb/sdk/health"}}
		for _, before := range sdkRooms[:i] {
			a.not = append(a.not, "lb/"+before)
		}
		found = append(found, a)
	}
	return found
}

// follow is a step that looks at everything the package depends on.
func (r *repository) follow(a arrow) func(context.Context, io.Writer) error {
	return func(ctx context.Context, out io.Writer) error {
		list := r.command(ctx, out, ".", "go", "list", "-deps", "./"+a.from)
		list.Stdout = nil // read here; what it says of downloads and errors still goes to out
		deps, err := list.Output()
		if err != nil {
			return err
		}
		unwanted := a.unwanted(strings.Fields(string(deps)))
		for _, path := range unwanted {
			fmt.Fprintf(out, "%s depends on %s\n", a.from, path)
		}
		if len(unwanted) > 0 {
			return errors.New("the package must not depend on these")
		}
		return nil
	}
}

func (a arrow) unwanted(deps []string) []string {
	var unwanted []string
	for _, path := range deps {
		if strings.HasSuffix(path, "lb/"+a.from) {
			continue // itself
		}
		for _, word := range a.not {
			if strings.Contains(path, word) {
				unwanted = append(unwanted, path)
				break
			}
		}
	}
	return unwanted
}
