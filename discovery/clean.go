package discovery

import (
	"errors"
	"fmt"
	"maps"
)

// MaxInstances is how many instances [Clean] keeps.
const MaxInstances = 10_000

// Clean keeps the instances that can be used and says of each other one why it was dropped: it has no ID, an ID that an
// earlier one had, an address that cannot be dialled, an ID or address of more than 1024 bytes, or comes after
// [MaxInstances] others. A weight out of range is moved to the nearest bound, 0 or [MaxWeight].
//
// A consumer of a [Source] passes every set through it, so that one bad entry, or a custom source, costs that entry only.
// The order stays; kept is never nil and shares nothing with in; dropped is bounded as [Drops] says.
func Clean(in []Instance) (kept []Instance, dropped []Dropped) {
	kept = make([]Instance, 0, min(len(in), MaxInstances))
	seen := make(map[string]bool, cap(kept))
	var drops Drops
	for _, instance := range in {
		if err := usable(instance, seen, len(kept)); err != nil {
			drops.Add(instance.ID, err.Error())
			continue
		}
		seen[instance.ID] = true
		kept = append(kept, normalized(instance))
	}
	return kept, drops.List()
}

func usable(instance Instance, seen map[string]bool, kept int) error {
	switch {
	case instance.ID == "":
		return errors.New("it has no ID")
	case len(instance.ID) > maxText:
		return fmt.Errorf("ID of %d bytes: at most %d are allowed", len(instance.ID), maxText)
	case seen[instance.ID]:
		return errors.New("an earlier instance has the same ID")
	case kept == MaxInstances:
		return fmt.Errorf("more than %d instances", MaxInstances)
	}
	return checkAddr(instance.Addr)
}

// normalized returns a copy that stays true when the giver changes its own.
func normalized(instance Instance) Instance {
	instance.Weight = min(max(instance.Weight, 0), MaxWeight)
	instance.Meta = maps.Clone(instance.Meta)
	return instance
}
