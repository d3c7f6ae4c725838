package main

import (
	"math"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"
)

func numbered(n int) []string {
	var sids []string
	for i := range n {
		sids = append(sids, strconv.Itoa(i))
	}
	return sids
}

func TestAScheduleIsTheSameForTheSameSeedAlone(t *testing.T) {
	draw := func(seed uint64) []arrival { return schedule(numbered(100), 1.1, 1000, time.Second, seed) }
	if !reflect.DeepEqual(draw(7), draw(7)) {
		t.Error("one seed drew two schedules")
	}
	if reflect.DeepEqual(draw(7), draw(8)) {
		t.Error("two seeds drew the same schedule")
	}
}

func TestArrivalsAreAPoissonProcess(t *testing.T) {
	const load, seconds = 1000, 100
	arrivals := schedule(numbered(100), 1.1, load, seconds*time.Second, 1)
	if !slices.IsSortedFunc(arrivals, func(a, b arrival) int { return int(a.at - b.at) }) {
		t.Error("the arrivals are out of order")
	}
	if last := arrivals[len(arrivals)-1].at; last >= seconds*time.Second {
		t.Errorf("the last arrival is at %v", last)
	}
	if n := float64(len(arrivals)); math.Abs(n-load*seconds) > 4*math.Sqrt(load*seconds) {
		t.Errorf("%v arrivals, want %v within 4 standard deviations", n, load*seconds)
	}
	perTick := make([]float64, 100*seconds) // of 10 ms, in which 10 are expected, with the variance 10
	for _, a := range arrivals {
		perTick[a.at/(10*time.Millisecond)]++
	}
	sum := 0.0
	for _, n := range perTick {
		sum += (n - 10) * (n - 10)
	}
	if variance := sum / float64(len(perTick)); math.Abs(variance-10) > 0.6 {
		t.Errorf("counts have the variance %.2f, want 10", variance)
	}
}

func TestSIDsFollowZipf(t *testing.T) {
	const n, exponent = 1000, 1.1
	count := map[string]float64{}
	arrivals := schedule(numbered(n), exponent, 100_000, time.Second, 1)
	for _, a := range arrivals {
		count[a.sid]++
	}
	norm := 0.0
	for k := range n {
		norm += math.Pow(float64(1+k), -exponent)
	}
	for _, k := range []int{0, 1, 9, 99} {
		want := float64(len(arrivals)) * math.Pow(float64(1+k), -exponent) / norm
		if got := count[strconv.Itoa(k)]; math.Abs(got-want) > 4*math.Sqrt(want) {
			t.Errorf("SID %d was drawn %v times, want %.0f within 4 standard deviations", k, got, want)
		}
	}
}
