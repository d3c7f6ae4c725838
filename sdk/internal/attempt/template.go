package attempt

import (
	"crypto/rand"
	"errors"
	"net/url"
	"strings"
)

// Template is the path of the single door.
type Template struct {
	before, after string // of the path, decoded
	query         string // encoded, with placeholder; "" for none
}

const placeholder = "{sid}"

var errTemplate = errors.New(`not a path that begins with "/" and holds {sid} once, such as "/v1/sids/{sid}" or "/check?sid={sid}"`)

// ParseTemplate reads a path in which {sid} stands for the SID, in its path or in its query.
func ParseTemplate(text string) (Template, error) {
	path, query, _ := strings.Cut(text, "?")
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.Count(text, placeholder) != 1 || strings.Contains(text, "#") {
		return Template{}, errTemplate
	}
	decoded, err := url.PathUnescape(path)
	if err != nil {
		return Template{}, errTemplate
	}
	before, after, _ := strings.Cut(decoded, placeholder)
	return Template{before: before, after: after, query: query}, nil
}

// URL is the address of a SID at a replica.
func (t Template) URL(scheme, host, sid string) *url.URL {
	u := &url.URL{Scheme: scheme, Host: host, Path: t.before, RawQuery: strings.Replace(t.query, placeholder, url.QueryEscape(sid), 1)}
	if !strings.Contains(t.query, placeholder) {
		u.Path = t.before + sid + t.after
		u.RawPath = (&url.URL{Path: t.before}).EscapedPath() + url.PathEscape(sid) + (&url.URL{Path: t.after}).EscapedPath()
	}
	return u
}

// madeUpSID is a SID that no MS2 knows: 128 random bits.
func madeUpSID() string { return "made-up:" + rand.Text() }
