package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

var mutantCases = []struct {
	name, code string
	want       []string
}{
	{"equal", "return a == b", []string{"negate: return a != b"}},
	{"unequal", "return a != b", []string{"negate: return a == b"}},
	{"less", "return a < b", []string{"negate: return a >= b", "boundary: return a <= b"}},
	{"at most", "return a <= b", []string{"negate: return a > b", "boundary: return a < b"}},
	{"greater", "return a > b", []string{"negate: return a <= b", "boundary: return a >= b"}},
	{"at least", "return a >= b", []string{"negate: return a < b", "boundary: return a > b"}},
	{"and", "return a && b", []string{"logic: return a || b"}},
	{"or", "return a || b", []string{"logic: return a && b"}},
	{"plus", "return a + b", []string{"arithmetic: return a - b"}},
	{"minus", "return a - b", []string{"arithmetic: return a + b"}},
	{"times", "return a * b", nil},

	{"if", "if a {}", []string{"condition: if true || (a) {}", "condition: if false && (a) {}"}},
	{"zero", "return a[0]", []string{"constant: return a[1]"}},
	{"one", "return a[1:]", []string{"constant: return a[0:]"}},
	{"many", "return 0x1_0", []string{"constant: return 17"}},
	{"huge", "return 1e3 * 18446744073709551615", nil},
	{"true", "return a, true", []string{"result: return a, false"}},
	{"false", "return false", []string{"result: return true"}},
	{"no result", "return !true", nil},

	{"call", "f(a) // why", []string{"remove: if false { f(a) } // why"}},
	{"defer", "defer f(a)", []string{"remove: if false { defer f(a) }"}},
	{"increment", "a++", []string{"remove: if false { a++ }"}},
	{"field", "a.b, c = d, e", []string{"remove: if false { a.b, c = d, e }"}},
	{"add", "a.b += c", []string{"remove: if false { a.b += c }", "arithmetic: a.b -= c"}},
	{"definition", "a := b", nil},
	{"blank", "_ = b", nil},
	{"receive", "<-a", nil},
	{"case", "switch { case a: f() }", []string{"remove: switch { case a: if false { f() } }"}},
	{"comm", "select { case <-a: f() }", []string{"remove: select { case <-a: if false { f() } }"}},
	{"post", "for ; a; b++ {}", nil},
	{"lines", "f(func() {\n\tg()\n})", []string{"remove: if false { f(func() {", "remove: if false { g() }"}},
	{"comment", "// a == b\nreturn \"a == b\"", nil},
}

func TestMutants(t *testing.T) {
	t.Parallel()
	for _, c := range mutantCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := mutantsIn(t, "package p\n\nfunc _() {\n\t"+c.code+"\n}\n"); !slices.Equal(got, c.want) {
				t.Errorf("mutants = %q, want %q", got, c.want)
			}
		})
	}
}

// mutantsIn lists the kinds and the changed lines.
func mutantsIn(t *testing.T, code string) []string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "code.go")
	if err := os.WriteFile(file, []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := parse(dir, file)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range s.mutants() {
		got = append(got, fmt.Sprintf("%s: %s", m.kind, m.after))
	}
	return got
}

func TestSampleRepeatsAndKeepsTheOrder(t *testing.T) {
	t.Parallel()
	var all []mutant
	for i := range 100 {
		all = append(all, mutant{line: i})
	}
	lines := func(ms []mutant) (lines []int) {
		for _, m := range ms {
			lines = append(lines, m.line)
		}
		return lines
	}
	got := lines(sample(all, 10, 7))
	if len(got) != 10 || !slices.IsSorted(got) || !slices.Equal(got, lines(sample(all, 10, 7))) {
		t.Errorf("sample = %v", got)
	}
	if slices.Equal(got, lines(sample(all, 10, 8))) {
		t.Error("another seed chooses the same")
	}
	if len(sample(all, 0, 7)) != 100 || len(sample(all, 200, 7)) != 100 {
		t.Error("no sample, or one larger than the whole, is not the whole")
	}
}
