package login_test

import (
	"net/http"
	"strings"
	"testing"

	"ms2.internal/lb/examples/login"
)

func TestTheUserIsTheOneNamedOnceInVisibleASCII(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fields []string
		want   string
		bad    bool
	}{
		"nobody":             {nil, "", false},
		"empty":              {[]string{""}, "", false},
		"a user":             {[]string{"ada"}, "ada", false},
		"the longest":        {[]string{strings.Repeat("x", 64)}, strings.Repeat("x", 64), false},
		"too long":           {[]string{strings.Repeat("x", 65)}, "", true},
		"a blank":            {[]string{"ada l"}, "", true},
		"a control":          {[]string{"ada\x7f"}, "", true},
		"no ASCII":           {[]string{"adä"}, "", true},
		"no UTF-8":           {[]string{"\xff"}, "", true},
		"two":                {[]string{"ada", "ben"}, "", true},
		"the same one twice": {[]string{"ada", "ada"}, "", true},
	} {
		r := &http.Request{Header: http.Header{login.Header: c.fields}}
		if got, err := login.User(r), login.Check(r); got != c.want || (err != nil) != c.bad {
			t.Errorf("%s: got %q, %v; want %q, bad %t", name, got, err, c.want, c.bad)
		}
	}
}
