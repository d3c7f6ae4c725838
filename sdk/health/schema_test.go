package health

import (
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// member is one of the JSON of Stats.
type member struct{ path, kind string }

// membersOf walks a type as encoding/json does: a list's rows are under "[]", a map's values under "*".
func membersOf(t reflect.Type, path string) (all []member) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		at := strings.TrimPrefix(path+"."+name, ".")
		kind, inner, suffix := kindOf(f.Type)
		if strings.Contains(f.Tag.Get("json"), ",omitempty") {
			kind += " or absent"
		}
		all = append(all, member{at + suffix, kind})
		if inner != nil {
			all = append(all, membersOf(inner, at+suffix)...)
		}
	}
	return all
}

// kindOf is the JSON's word for a type, the struct within, and how its place is written.
func kindOf(t reflect.Type) (kind string, inner reflect.Type, suffix string) {
	switch {
	case t.Kind() == reflect.Pointer:
		kind, inner, suffix = kindOf(t.Elem())
		return kind + " or null", inner, suffix
	case t == reflect.TypeFor[time.Time]():
		return "time", nil, ""
	case t.Kind() == reflect.Struct:
		return "object", t, ""
	case t.Kind() == reflect.Slice:
		kind, inner, _ = kindOf(t.Elem())
		return "list of " + kind, inner, "[]"
	case t.Kind() == reflect.Map:
		kind, inner, _ = kindOf(t.Elem())
		return "object of " + kind, inner, ".*"
	case t.Kind() == reflect.String:
		return "string", nil, ""
	case t.Kind() == reflect.Bool:
		return "boolean", nil, ""
	}
	return "number", nil, ""
}

// rowOfMember is a row of the table of /stats.
var rowOfMember = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\|$")

func TestEveryMemberOfStatsHasItsRow(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "\n## Members of /stats\n")
	var rows []member
	for _, row := range rowOfMember.FindAllStringSubmatch(table, -1) {
		rows = append(rows, member{row[1], strings.TrimSpace(row[2])})
	}
	members := membersOf(reflect.TypeFor[sdk.Stats](), "")
	for _, m := range members {
		if !slices.Contains(rows, m) {
			t.Errorf("no row | `%s` | %s |", m.path, m.kind)
		}
	}
	for _, row := range rows {
		if !slices.Contains(members, row) {
			t.Errorf("no member for the row | `%s` | %s |", row.path, row.kind)
		}
	}
}

// What the walk finds is what encoding/json writes.
func TestTheWalkFindsWhatIsWritten(t *testing.T) {
	body, err := json.Marshal(incident(130))
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, m := range membersOf(reflect.TypeFor[sdk.Stats](), "") {
		known[m.path] = true
	}
	written(v, "", func(path string) {
		parent, _, _ := strings.Cut(path, "[]")
		if i := strings.LastIndex(path, "."); !known[path] && !known[path+"[]"] && !known[path+".*"] && !(i >= 0 && known[path[:i]+".*"]) {
			t.Errorf("%s is written, and no member (%s)", path, parent)
		}
	})
}

func written(v any, path string, tell func(string)) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			at := strings.TrimPrefix(path+"."+name, ".")
			tell(at)
			written(inner, at, tell)
		}
	case []any:
		for _, row := range v {
			written(row, path+"[]", tell)
		}
	}
}
