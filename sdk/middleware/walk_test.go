package middleware_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"ms2.internal/lb/sdk/middleware"
)

func TestNamesThatDifferByCaseAloneAreFoldedAlike(t *testing.T) {
	last := rune(unicode.CaseRanges[len(unicode.CaseRanges)-1].Hi)
	for r := rune(0); r <= last; r++ {
		if unicode.ToLower(r) == r && unicode.ToUpper(r) == r && unicode.SimpleFold(r) == r {
			continue // as most
		}
		folded := middleware.Fold(string(r))
		for _, other := range []rune{unicode.SimpleFold(r), unicode.ToLower(r), unicode.ToUpper(r), unicode.ToTitle(r)} {
			if middleware.Fold(string(other)) != folded {
				t.Errorf("%U and %U are told apart", r, other)
			}
		}
		if middleware.Fold(folded) != folded {
			t.Errorf("%U is folded to what is folded further", r)
		}
	}
}

func TestTheCostOfABodyIsInProportionToIt(t *testing.T) {
	fields := []middleware.Field{middleware.JSON("/a/*/sid", "").Optional().Version("/v/w"), middleware.JSON("/b/c", "").Optional()}
	const size = 20_000
	for name, c := range map[string]struct{ before, unit, after string }{
		"white space":          {"", " ", "{}"},
		"white space in lists": {"[", " ", "]"},
		"numbers":              {"[", "1,", "1]"},
		"one number":           {"", "1", "1"},
		"strings":              {"[", `"",`, `""]`},
		"escapes":              {`"`, `\n`, `"`},
		"surrogates":           {`"`, `\ud83d\ude00`, `"`},
		"empty objects":        {"[", "{},", "{}]"},
		"small objects":        {"[", `{"a":1,"b":2},`, "{}]"},
		"elements that lead":   {`{"a":[`, `{"v":{"w":"1"}},`, `{}]}`},
		"SIDs with versions":   {`{"a":[`, `{"v":{"w":"1"},"sid":"x"},`, `{}]}`},
		"long names":           {`{"`, "x", `":1}`},
		"cased names":          {`{"`, "X", `":1}`},
	} {
		body := c.before + strings.Repeat(c.unit, size/len(c.unit)) + c.after
		if !json.Valid([]byte(body)) {
			t.Fatalf("%s is no JSON", name)
		}
		looked, status := middleware.LookedAt(body, size, fields...)
		if looked > 2*len(body) || looked < len(body)-1 || status != 0 {
			t.Errorf("%s: %d bytes read of %d, %d", name, looked, len(body), status)
		}
	}
}

func TestManyNamesInOneObjectCostNoMoreEach(t *testing.T) {
	object := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(",\"" + strings.Repeat("n", 40) + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676)) + "\":1")
		}
		return "{" + b.String()[1:] + "}"
	}
	allocated := func(body string) float64 {
		return testing.AllocsPerRun(1, func() {
			if _, status := middleware.LookedAt(body, 10); status != 0 {
				t.Fatalf("refused: %d", status)
			}
		})
	}
	if small, large := allocated(object(1000)), allocated(object(16000)); large > 32*small {
		t.Errorf("%v allocations for 1,000 names, %v for 16,000", small, large)
	}
}
