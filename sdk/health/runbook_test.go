package health

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// constants are the values of all string constants of a type in a file.
func constants(t *testing.T, file, typeName string) (values []string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !isNamed(spec.Type, typeName) {
			return true
		}
		for _, value := range spec.Values {
			text, err := strconv.Unquote(value.(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, text)
		}
		return true
	})
	return values
}

func isNamed(e ast.Expr, name string) bool {
	ident, ok := e.(*ast.Ident)
	return ok && ident.Name == name
}

// rowOfWord is a row of a table of the runbook: a word, what it means, what to do.
var rowOfWord = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| [^|]{5,} \\| [^|]{5,} \\|$")

// rowsBelow are the words that have a row below the headings.
func rowsBelow(t *testing.T, headings ...string) (words []string) {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, heading := range headings {
		_, section, found := strings.Cut(string(text), "\n## "+heading+"\n")
		if !found {
			t.Fatalf("no heading %q", heading)
		}
		section, _, _ = strings.Cut(section, "\n## ")
		for _, row := range rowOfWord.FindAllStringSubmatch(section, -1) {
			words = append(words, row[1])
		}
	}
	return words
}

func TestTheRunbookHasARowForEachWordAndNoOther(t *testing.T) {
	for _, c := range []struct {
		file, typeName string
		headings       []string
	}{
		{"../reason.go", "Reason", []string{"Reasons", "Causes"}},
		{"../event.go", "EventKind", []string{"Events"}},
		{"../../balancer/state.go", "State", []string{"States"}},
	} {
		words, rows := constants(t, c.file, c.typeName), rowsBelow(t, c.headings...)
		slices.Sort(words)
		slices.Sort(rows)
		if len(words) == 0 || !slices.Equal(words, rows) {
			t.Errorf("%s has %q\nthe runbook has %q", c.typeName, words, rows)
		}
	}
}

// The SDK has a constant of its own for each reason of the balancer, then for each cause of an attempt, in the same order.
func TestTheReasonsAreThoseOfTheBalancerAndTheCausesThoseOfAnAttempt(t *testing.T) {
	told := append(constants(t, "../../balancer/reason.go", "Reason"), constants(t, "../internal/attempt/fault.go", "Cause")...)
	reasons := constants(t, "../reason.go", "Reason")
	if len(told) == 0 || len(reasons) < len(told) || !slices.Equal(reasons[:len(told)], told) {
		t.Errorf("balancer and attempt have %q\nthe SDK has %q", told, reasons)
	}
	for _, kind := range constants(t, "../../balancer/change.go", "ChangeKind") {
		if !slices.Contains(constants(t, "../event.go", "EventKind"), kind) {
			t.Errorf("no event is of the balancer's kind %q", kind)
		}
	}
}
