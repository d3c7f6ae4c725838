package main

import (
	"reflect"
	"strings"
	"testing"
)

// counters say where the rules keep what is in flight: a path of fields, through slices and what they hold.
var counters = map[string]string{
	ours.name:             "its statistics",
	weighted.name:         "its statistics",
	broken.name:           "its statistics",
	zoned.name:            "its statistics",
	"ours, 0.1 % failing": "its statistics",
	"the floor":           "replicas.inFlight.v",
	"grpc least_request":  "picker.endpointStates.numRPCs.v",
	"go-zero p2c_ewma":    "picker.conns.inflight",
	"kratos p2c + ewma":   "nodes.inflight",
	"httplb power of two": "picker.conns.load.v",
	"httplb least loaded": "picker.conns.load",
}

// inFlight adds up the rule's own counters, which nobody may be changing.
func inFlight(t *testing.T, r rule, p picker) int64 {
	t.Helper()
	if o, ok := p.(*oursPicker); ok { // it tells by itself
		var sum int64
		for _, s := range o.balancer.Stats() {
			sum += s.InFlight
		}
		return sum
	}
	return sum(t, reflect.ValueOf(p), strings.Split(counters[r.name], "."))
}

func sum(t *testing.T, v reflect.Value, path []string) (total int64) {
	t.Helper()
	switch kind := v.Kind(); {
	case kind == reflect.Pointer || kind == reflect.Interface:
		return sum(t, v.Elem(), path)
	case kind == reflect.Slice:
		for i := range v.Len() {
			total += sum(t, v.Index(i), path)
		}
		return total
	case len(path) > 0 && kind == reflect.Struct && v.FieldByName(path[0]).IsValid():
		return sum(t, v.FieldByName(path[0]), path[1:])
	case len(path) == 0 && v.CanInt():
		return v.Int()
	case len(path) == 0 && v.CanUint():
		return int64(v.Uint())
	}
	t.Fatalf("no %v in %v", path, v.Type())
	return 0
}
