package main

import (
	"bufio"
	"errors"
	"maps"
	"strings"
	"testing"
)

func TestASliceEndsAtAnEmptyLine(t *testing.T) {
	t.Parallel()
	lines := bufio.NewScanner(strings.NewReader("hit 143.2\nhit.allocations 0\n\nhit 1e+02\n\n"))
	for _, want := range []figures{{"hit": 143.2, "hit.allocations": 0}, {"hit": 100}} {
		if got, err := parse(lines); err != nil || !maps.Equal(got, want) {
			t.Errorf("%v, %v; want %v", got, err, want)
		}
	}
	if _, err := parse(lines); !errors.Is(err, errEnded) {
		t.Errorf("after the last slice: %v", err)
	}
}

func TestWhatIsNoFigureIsRefused(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"hit", "hit ", "hit NaN", "hit +Inf", "hit -1", "hit 1 2", "panic: nil map"} {
		if f, err := parse(bufio.NewScanner(strings.NewReader(line + "\n\n"))); err == nil {
			t.Errorf("%q: %v", line, f)
		}
	}
	if _, err := parse(bufio.NewScanner(strings.NewReader("hit 1\n"))); !errors.Is(err, errEnded) {
		t.Errorf("half a slice: %v", err)
	}
}
