package sdk_test

import (
	"flag"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "write the table of variables into the README")

const (
	readme     = "../README.md"
	tableBegin = "<!-- variables -->\n"
	tableEnd   = "<!-- /variables -->"
	tableHow   = "run: go test ./sdk -run TestReadmeTable -update"
)

func TestReadmeTableOfVariablesIsThatOfConfig(t *testing.T) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatalf("%v; %s", err, tableHow)
	}
	before, rest, begins := strings.Cut(string(text), tableBegin)
	got, after, ends := strings.Cut(rest, tableEnd)
	if !begins || !ends {
		t.Fatalf("README.md has no lines %q and %q; add them, then %s", strings.TrimSpace(tableBegin), tableEnd, tableHow)
	}
	want := configTable(t)
	switch {
	case got == want:
	case *update:
		if err := os.WriteFile(readme, []byte(before+tableBegin+want+tableEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("the table in README.md is not that of sdk.Config; %s", tableHow)
	}
}

// configTable renders the variables as Markdown.
func configTable(t *testing.T) string {
	t.Helper()
	meanings := configMeanings(t)
	var table strings.Builder
	table.WriteString("| variable | default | meaning |\n| --- | --- | --- |\n")
	configFields(func(name string, tag reflect.StructTag) {
		standard := "–"
		if text := tag.Get("default"); text != "" {
			standard = "`" + text + "`"
		}
		meaning := strings.ReplaceAll(meanings[name], "|", `\|`)
		table.WriteString("| `" + tag.Get("env") + "` | " + standard + " | " + meaning + " |\n")
	})
	return table.String()
}

// configMeanings are the first sentences of the comments on Config's fields.
func configMeanings(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "config.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	meanings := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, is := n.(*ast.TypeSpec)
		if !is || spec.Name.Name != "Config" {
			return true
		}
		for _, field := range spec.Type.(*ast.StructType).Fields.List {
			name := field.Names[0].Name
			if meanings[name] = meaning(name, field.Doc.Text()); meanings[name] == "" {
				t.Errorf("Config.%s has no comment that begins with its name", name)
			}
		}
		return false
	})
	return meanings
}

// meaning makes the first sentence of a comment one that needs no subject.
func meaning(name, comment string) string {
	sentence, named := strings.CutPrefix(new(doc.Package).Synopsis(comment), name+" ")
	if !named {
		return ""
	}
	for _, verb := range []string{"is ", "are "} {
		sentence = strings.TrimPrefix(sentence, verb)
	}
	first, size := utf8.DecodeRuneInString(sentence)
	return string(unicode.ToUpper(first)) + sentence[size:]
}
