package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestExplanationIsMatchedByText(t *testing.T) {
	t.Parallel()
	m := mutant{source: &source{path: "a/b.go"}, edit: edit{kind: negate}, before: "x = a | b == c", after: "x = a | b != c"}
	for line, want := range map[string]bool{
		"a/b.go negate | x = a | b == c | x = a | b != c | c is 0 | so it is": true,
		"a/b.go negate | x = a | b == c | x = a | b != c | ":                  false,
		"a/b.go negate | x = a | b == c | x = a | b != cc | why":              false,
		"a/b.go logic | x = a | b == c | x = a | b != c | why":                false,
		"b.go negate | x = a | b == c | x = a | b != c | why":                 false,
	} {
		if got := (explanations{line}).cover(m); got != want {
			t.Errorf("%q covers the mutant: %v, want %v", line, got, want)
		}
	}
}

func TestExplanationWithoutAReasonIsRefused(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "explained.txt")
	if err := os.WriteFile(file, []byte("# note\n\na.go negate | a | b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readExplanations(file); err == nil {
		t.Error("no error")
	}
}

// The file that is kept beside the command.
func TestExplanationsCanBeRead(t *testing.T) {
	t.Parallel()
	if _, err := readExplanations("explained.txt"); err != nil {
		t.Error(err)
	}
}

func TestKilledMutantDisprovesItsExplanation(t *testing.T) {
	t.Parallel()
	m := mutant{source: &source{path: "a.go"}, edit: edit{kind: negate}, before: "a", after: "b"}
	r := report{mutants: []mutant{m}, outcomes: []outcome{killed}, known: explanations{"a.go negate | a | b | why"}}
	if got := r.disproved(); len(got) != 1 {
		t.Errorf("disproved = %v", got)
	}
}
