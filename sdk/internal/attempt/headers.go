package attempt

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

// longest bounds every period that a header names, so that no sum overflows.
const longest = 10 * 365 * 24 * time.Hour

// seconds reads whole seconds, at most longest; ok is false for what is none (RFC 9111, 1.2.2).
func seconds(text string) (d time.Duration, ok bool) {
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n > int64(longest/time.Second) {
		return longest, true
	}
	return time.Duration(n) * time.Second, true
}

// retryAfter reads how long to leave a replica alone (RFC 9110, 10.2.3), 0 for what it can't read. The caller caps it.
func retryAfter(text string, now time.Time) time.Duration {
	text = strings.TrimSpace(text)
	if d, ok := seconds(text); ok {
		return d
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(longest, max(0, at.Sub(now)))
	}
	return 0
}

// etag returns the entity tag as it was sent, "" when there is none that can be asked about.
func etag(h http.Header) string {
	if tag := h.Get("Etag"); len(bare(tag)) <= protocol.MaxLabelBytes && askable(tag) {
		return tag
	}
	return ""
}

// bare returns a tag without its mark of weakness and its quotes: the version that the batch door would name.
func bare(tag string) string {
	tag = strings.TrimPrefix(tag, "W/")
	if opaque, quoted := strings.CutPrefix(tag, `"`); quoted {
		return strings.TrimSuffix(opaque, `"`)
	}
	return tag
}

// askable reports whether a tag can be asked about by itself (RFC 9110, 8.8.3 and 13.1.2). Tags without quotes are against
// the rules and in use. "*" and a list would ask about any version or several, and a control character cannot be sent.
func askable(tag string) bool {
	opaque, quoted := strings.CutPrefix(strings.TrimPrefix(tag, "W/"), `"`)
	if quoted {
		if opaque, quoted = strings.CutSuffix(opaque, `"`); !quoted {
			return false
		}
	} else if strings.ContainsAny(opaque, "*,") {
		return false
	}
	return !strings.ContainsFunc(opaque, func(r rune) bool { return r <= ' ' || r == '"' || r == 0x7f })
}

// sameTag reports whether tags are the same by the weak comparison of entity tags (RFC 9110, 8.8.3.2).
func sameTag(a, b string) bool {
	return strings.TrimPrefix(a, "W/") == strings.TrimPrefix(b, "W/")
}

// load reads the utilisation that a replica reports, in the JSON or the text form of ORCA (Open Request Cost
// Aggregation); 0 for what it can't read.
func load(text string) float64 {
	if text == "" {
		return 0 // most say nothing, and must cost nothing
	}
	form, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	var report loadReport
	switch {
	case strings.EqualFold(form, "JSON"):
		_ = json.Unmarshal([]byte(rest), &report)
	case strings.EqualFold(form, "TEXT"):
		report.read(rest)
	default:
		report.read(text)
	}
	return cmp.Or(utilisation(report.Application), utilisation(report.CPU))
}

// mostUtilised is a thousand times what a replica can do. No machine reports more: beyond it is no utilisation but a
// mistake, and may be a number that no float32 holds.
const mostUtilised = 1000

// utilisation returns n, or 0 for what can't be one.
func utilisation(n float64) float64 {
	if n > 0 && n <= mostUtilised {
		return n
	}
	return 0
}

type loadReport struct {
	Application float64 `json:"application_utilization"`
	CPU         float64 `json:"cpu_utilization"`
}

// read takes in the text form.
func (r *loadReport) read(text string) {
	for part := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		n, _ := strconv.ParseFloat(value, 64)
		switch name {
		case "application_utilization":
			r.Application = n
		case "cpu_utilization":
			r.CPU = n
		}
	}
}
