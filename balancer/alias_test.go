package balancer_test

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
)

// wantChances holds the chances computed from a table's slots against the weights.
func wantChances(t *testing.T, weights []int) {
	t.Helper()
	total := 0
	for _, w := range weights {
		total += w
	}
	for i, chance := range balancer.Chances(weights) {
		want := 0.0
		if total > 0 {
			want = float64(weights[i]) / float64(total)
		}
		if math.Abs(chance-want) > 1.0/(1<<31) || (weights[i] == 0 && chance != 0) {
			t.Errorf("weights %v: index %d is drawn with %.12f, want %.12f", weights, i, chance, want)
		}
	}
}

func TestTheTableDrawsByWeight(t *testing.T) {
	for _, weights := range [][]int{
		{}, {0}, {1}, {0, 0}, {0, 5}, {1, 1, 4}, {1, 2, 4}, {7, 7, 7}, {1, discovery.MaxWeight},
		slices.Repeat([]int{1, 0, discovery.MaxWeight, 3}, 2500),
		append(slices.Repeat([]int{discovery.MaxWeight}, 9999), 1),
	} {
		wantChances(t, weights)
	}
}

func TestEachRandomNumberDrawsAnIndexThatCanBeDrawn(t *testing.T) {
	weights := []int{0, 1, 3, 0, 9}
	for _, random := range []uint64{0, 1, math.MaxUint32, math.MaxUint32 << 32, math.MaxUint64, math.MaxUint64 / 3, math.MaxUint64 / 2} {
		if i := balancer.Draw(weights, random); weights[i] == 0 {
			t.Errorf("random number %#x draws index %d, which has weight 0", random, i)
		}
	}
}

func FuzzTheTableDrawsByWeight(f *testing.F) {
	f.Add([]byte{1, 0, 1, 0, 4, 0}, uint64(0))
	f.Add([]byte{0, 0, 255, 255, 1, 0}, uint64(math.MaxUint64))
	f.Fuzz(func(t *testing.T, data []byte, random uint64) {
		var weights []int
		for ; len(data) >= 2 && len(weights) < 2000; data = data[2:] {
			weights = append(weights, 10*int(binary.LittleEndian.Uint16(data)))
		}
		wantChances(t, weights)
		if slices.ContainsFunc(weights, func(w int) bool { return w > 0 }) && weights[balancer.Draw(weights, random)] == 0 {
			t.Errorf("weights %v: random number %#x draws an index of weight 0", weights, random)
		}
	})
}
