package sharedcache

import (
	"net/http"
	"slices"
	"time"
)

// judge makes an entry of an answer, without its body, or returns nil for one that may not be kept (RFC 9111, 3). sent is when it was
// asked for.
func judge(req *http.Request, resp *http.Response, sent time.Time) *entry {
	h := resp.Header
	said, ok := parseControl(h)
	if !ok || !keepable(resp, said) {
		return nil
	}
	life, ok := lifetime(h, said, sent)
	if !ok {
		return nil
	}
	e := &entry{
		status: resp.StatusCode, header: endToEnd(h), vary: varies(h), sent: sent, born: bornAt(h), life: life,
		open: said.has["public"] || said.has["must-revalidate"] || said.has["s-maxage"],
	}
	e.variant = variantOf(req.Header, e.vary)
	if !said.has["must-revalidate"] && !said.has["proxy-revalidate"] && !said.has["s-maxage"] { // 5.2.2.10: the last implies the others
		e.staleIfError = said.ages["stale-if-error"]
	}
	if said.has["no-cache"] { // for some fields alone, too: which ones the page needs is not ours to say
		e.life, e.staleIfError = 0, 0
	}
	if !e.fits(req) || !e.untilAttestationsEnd() || !e.useful() {
		return nil
	}
	return e
}

// keepable reports whether an answer is of a sort that a shared cache may keep.
func keepable(resp *http.Response, said control) bool {
	status := resp.StatusCode == http.StatusOK || (resp.StatusCode == http.StatusNotFound && said.has["public"])
	h := resp.Header
	return status && !said.has["no-store"] && !said.has["private"] && !slices.Contains(list(h, "Vary"), "*") &&
		len(h.Values("Set-Cookie")) == 0 && len(h.Values("Content-Range")) == 0
}

// useful reports whether it can ever spare a request: while it is fresh, or by a validation.
func (e *entry) useful() bool {
	validates := e.header.Get("ETag") != "" || e.header.Get("Last-Modified") != ""
	return e.life > e.born || validates
}

// lifetime is for how long an answer is fresh (4.2.1), from when it was made; false where it does not say. An Expires that can't be read
// is long ago (5.3).
func lifetime(h http.Header, said control, received time.Time) (time.Duration, bool) {
	for _, name := range []string{"s-maxage", "max-age"} {
		if age, ok := said.ages[name]; ok {
			return age, true
		}
	}
	expires := h.Values("Expires")
	if len(expires) == 0 {
		return 0, said.has["no-cache"]
	}
	end, err := http.ParseTime(expires[0])
	if err != nil || len(expires) > 1 {
		return 0, true
	}
	made, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		made = received
	}
	return min(max(end.Sub(made), 0), longest), true
}

// bornAt is the age that an answer came with; of several the first counts, and one that can't be read does not (5.1). Date is not
// compared with our clock: the two differ, and no old proxy stands between us and MS2 (4.2.3).
func bornAt(h http.Header) time.Duration {
	for _, first := range list(h, "Age") {
		age, _ := seconds(first)
		return age
	}
	return 0
}
