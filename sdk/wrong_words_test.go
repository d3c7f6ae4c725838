package sdk_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ms2.internal/lb/sdk"
)

// How what is said is held to patterns.

// matches reports whether a text is as a pattern has it, in which # is any number or duration, and {one|other} either.
func matches(pattern, text string) bool {
	quoted := strings.NewReplacer("#", `-?[0-9][0-9a-zµ.]*`, `\{`, "(?:", `\|`, "|", `\}`, ")", `\[a-z_\]\+`, "[a-z_]+").Replace(regexp.QuoteMeta(pattern))
	return regexp.MustCompile("^" + quoted + "$").MatchString(text)
}

// wantTold fails the test unless the lines are those wanted, in any order if they are mixed. One wanted
// after "? " may be missing, and of those after "* " there may be any number.
func wantTold(t testing.TB, what string, got, want []string, mixed bool) {
	t.Helper()
	left := slices.Clone(got)
	for _, pattern := range want {
		pattern, any := strings.CutPrefix(pattern, "* ")
		if any && mixed {
			left = slices.DeleteFunc(left, func(line string) bool { return matches(pattern, line) })
			continue
		}
		pattern, optional := strings.CutPrefix(pattern, "? ")
		i := slices.IndexFunc(left, func(line string) bool { return matches(pattern, line) })
		switch {
		case i == 0 || i > 0 && mixed:
			left = slices.Delete(left, i, i+1)
		case !optional && !any:
			left = append(left, "and not: "+pattern)
		}
	}
	if len(left) > 0 {
		t.Errorf("%s:\n\t%s\nwant\n\t%s\nwrong:\n\t%s", what, strings.Join(got, "\n\t"), strings.Join(want, "\n\t"), strings.Join(left, "\n\t"))
	}
}

// numberOf is a number of Stats by its path in their JSON.
func numberOf(t testing.TB, s sdk.Stats, path string) float64 {
	t.Helper()
	body, err := json.Marshal(s)
	if err != nil {
		t.Error(err)
	}
	var at any
	json.Unmarshal(body, &at) //nolint:errcheck // as it was marshalled
	for name := range strings.SplitSeq(path, ".") {
		switch in := at.(type) {
		case map[string]any:
			at = in[name]
		case []any:
			i, _ := strconv.Atoi(name)
			at = in[i]
		}
	}
	n, ok := at.(float64)
	if !ok && at != nil {
		t.Errorf("%s is no number: %v", path, at)
	}
	return n
}
