package attempt_test

import (
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk/internal/attempt"
)

// header is a header of fields, names and values in turn.
func header(fields ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(fields); i += 2 {
		h.Add(fields[i], fields[i+1])
	}
	return h
}

func TestRetryAfterIsReadInBothFormsAndNeverOverflows(t *testing.T) {
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "0": 0, "5": 5 * time.Second, " 5 ": 5 * time.Second, "120": 2 * time.Minute,
		"99999999999": attempt.Longest, "99999999999999999999999999": attempt.Longest,
		"-1": 0, "+1": 0, "1.5": 0, "1e3": 0, "soon": 0, "5s": 0, "5, 6": 0,
		now.Add(time.Hour).Format(http.TimeFormat):               time.Hour,
		" " + now.Add(time.Minute).Format(http.TimeFormat) + " ": time.Minute,
		now.Add(-time.Hour).Format(http.TimeFormat):              0,
		now.Add(time.Hour).Format(time.ANSIC):                    time.Hour,
		"Fri, 31 Dec 9999 23:59:59 GMT":                          attempt.Longest,
		"Mon, 01 Jan 0001 00:00:00 GMT":                          0,
	} {
		if got := attempt.RetryAfter(text, now); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestLoadIsReadInBothForms(t *testing.T) {
	for text, want := range map[string]float64{
		`JSON {"application_utilization":0.7}`:                       0.7,
		`json {"application_utilization":0.7,"cpu_utilization":0.2}`: 0.7,
		`JSON {"cpu_utilization":0.2,"named_metrics":{"x":1}}`:       0.2,
		`JSON  {"cpu_utilization":1.5}`:                              1.5,
		`TEXT application_utilization=0.7,cpu_utilization=0.2`:       0.7,
		`text cpu_utilization=0.2, application_utilization=0.7`:      0.7,
		`application_utilization=0.7`:                                0.7,
		` TEXT cpu_utilization=0.2`:                                  0.2,
		`TEXT application_utilization=0,cpu_utilization=0.2`:         0.2,
		"":                                       0,
		"JSON":                                   0,
		"JSON [0.7]":                             0,
		`JSON {"application_utilization":"0.7"}`: 0,
		`JSON {"application_utilization":-0.7}`:  0,
		`JSON {"application_utilization":1e999}`: 0,
		"TEXT application_utilization=1000":      1000,
		"TEXT application_utilization=1001":      0,
		"TEXT cpu_utilization=1e39":              0,
		`JSON {"cpu_utilization":1e39}`:          0,
		"TEXT application_utilization=NaN":       0,
		"TEXT application_utilization=Inf":       0,
		"TEXT application_utilization=-1":        0,
		"TEXT application_utilization":           0,
		"BIN CgkJmpmZmZmZ6T8=":                   0,
	} {
		if got := attempt.Load(text); got != want || math.Signbit(got) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestATagIsKeptIfItCanBeAskedAbout(t *testing.T) {
	long := `"` + strings.Repeat("x", 128) + `"`
	for tag, want := range map[string]bool{
		`"7"`: true, `W/"7"`: true, `""`: true, `"*"`: true, `"a,b"`: true, `7`: true, long: true, "W/" + long: true, "\"\xfc\"": true,
		"": false, `*`: false, `W/*`: false, `"a", "b"`: false, `a,b`: false, `"a`: false, `"a"b"`: false, "\"a\x01\"": false,
		"\"a b\"": false, `x` + long: false, `"x` + long[1:]: false, strings.Repeat("x", 129): false,
	} {
		if kept := attempt.ETag(header("ETag", tag)); (kept != "") != want || want && kept != tag {
			t.Errorf("%q: kept as %q", tag, kept)
		}
	}
}
