package sdk

import (
	"fmt"
	"testing"
)

func TestForgeriesAreCountedByABoundedNumberOfReasons(t *testing.T) {
	f := forgeries{log: &logger{}}
	defer f.close()
	for i := range 10_000 {
		f.note(&AttestationError{Reason: fmt.Sprint("reason ", i), Forged: true})
	}
	if n := len(f.untold); n > mostReasons+1 {
		t.Errorf("%d reasons", n)
	}
}
