package main

import (
	"io"
	"slices"
	"testing"
)

func TestFlagsMayFollowThePackage(t *testing.T) {
	t.Parallel()
	o, err := parseOptions([]string{"-sample", "30", "./a", "-tests", "./a,./b", "-files", "^c"}, io.Discard)
	if err != nil || o.pkg != "./a" || o.sample != 30 || !slices.Equal(o.tests, []string{"./a", "./b"}) || o.whole() {
		t.Errorf("options = %+v, error = %v", o, err)
	}
}

func TestDefaultsTryTheWholePackageByItsOwnTests(t *testing.T) {
	t.Parallel()
	o, err := parseOptions([]string{"./a"}, io.Discard)
	if err != nil || !slices.Equal(o.tests, []string{"./a"}) || o.workers != 2 || !o.whole() {
		t.Errorf("options = %+v, error = %v", o, err)
	}
}

func TestBadCommandLinesAreRefused(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{}, {"./a", "./b"}, {"./a", "-workers=0"}, {"-sample=-1", "./a"}, {"./a", "-timeout=-1s"}, {"./a", "-files=("}} {
		if _, err := parseOptions(args, io.Discard); err == nil {
			t.Errorf("%q is accepted", args)
		}
	}
}
