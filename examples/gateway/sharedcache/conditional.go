package sharedcache

import (
	"net/http"
	"strings"
)

// unmodified reports whether who asks has this very answer already (RFC 9111, 4.3.2). One with attestations is always sent whole: those
// that the browser has may be over.
func (e *entry) unmodified(req *http.Request) bool {
	if e.status != http.StatusOK || e.attested {
		return false
	}
	if tags := req.Header.Values("If-None-Match"); len(tags) > 0 { // it goes before a date (RFC 9110, 13.2.2)
		return matches(strings.Join(tags, ","), e.header.Get("ETag"))
	}
	since, err := http.ParseTime(req.Header.Get("If-Modified-Since"))
	modified, unknown := http.ParseTime(e.header.Get("Last-Modified"))
	return err == nil && unknown == nil && !modified.After(since)
}

// matches reports whether a list of entity tags names this one, weakly compared (RFC 9110, 8.8.3.2). A tag may hold commas.
func matches(list, tag string) bool {
	if strings.TrimSpace(list) == "*" {
		return true
	}
	tag = strings.TrimPrefix(tag, "W/")
	for rest := list; tag != ""; {
		_, after, found := strings.Cut(rest, `"`)
		opaque, after, ends := strings.Cut(after, `"`)
		if !found || !ends {
			return false
		}
		if `"`+opaque+`"` == tag {
			return true
		}
		rest = after
	}
	return false
}

// onlyValidators leaves the fields that a 304 carries (RFC 9110, 15.4.5).
func onlyValidators(h http.Header) http.Header {
	kept := http.Header{}
	for _, name := range []string{"Age", "Cache-Control", "Content-Location", "Date", "Etag", "Expires", "Last-Modified", "Vary"} {
		if values := h.Values(name); len(values) > 0 {
			kept[name] = values
		}
	}
	return kept
}

// validation makes req ask whether the entry still holds, and nothing that its sender asked (RFC 9111, 4.3.1).
func (e *entry) validation(req *http.Request) {
	req.Header.Del("If-None-Match")
	req.Header.Del("If-Modified-Since")
	if e == nil || e.attested || e.status != http.StatusOK {
		return
	}
	if tag := e.header.Get("ETag"); tag != "" {
		req.Header.Set("If-None-Match", tag)
	}
	if modified := e.header.Get("Last-Modified"); modified != "" {
		req.Header.Set("If-Modified-Since", modified)
	}
}

// validated is the whole answer that a 304 stands for: the entry's body under its updated fields (3.2 and 4.3.4). It returns false for
// a 304 that speaks of another answer.
func (e *entry) validated(req *http.Request, h http.Header) (*http.Response, bool) {
	if tag := h.Get("ETag"); tag != "" && !matches(tag, e.header.Get("ETag")) {
		return nil, false
	}
	merged := e.header.Clone()
	merged.Del("Age") // it was validated now
	for name, values := range endToEnd(h) {
		if !strings.HasPrefix(name, "Content-") || name == "Content-Location" { // these belong to the body that is kept
			merged[name] = values
		}
	}
	return response(req, http.StatusOK, merged, e.body), true
}
