package attempt

import (
	"errors"
	"net/url"
	"strings"
)

// Template is the path of the single door. Its parts are kept as they are sent, percent-encoded.
type Template struct {
	before, after string // of the path
	query         string // "" for none
	inQuery       bool   // {sid} stands there
}

const placeholder = "{sid}"

var errTemplate = errors.New(`not a path that begins with "/" and holds {sid} once, such as "/v1/sids/{sid}" or "/check?sid={sid}"`)

// ParseTemplate reads a path in which {sid} stands for the SID, in its path or in its query.
func ParseTemplate(text string) (Template, error) {
	path, query, _ := strings.Cut(text, "?")
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.Count(text, placeholder) != 1 || strings.Contains(text, "#") {
		return Template{}, errTemplate
	}
	before, after, inPath := strings.Cut(path, placeholder)
	t := Template{query: query, inQuery: !inPath}
	var err error
	if t.before, err = encoded(before); err != nil {
		return Template{}, errTemplate
	}
	if t.after, err = encoded(after); err != nil {
		return Template{}, errTemplate
	}
	if _, err := url.ParseQuery(query); err != nil || strings.ContainsFunc(query, unsendable) {
		return Template{}, errTemplate
	}
	return t, nil
}

// encoded is a part of a path as it is sent: an escape in it stays one, and what can't be sent as it stands becomes one.
func encoded(part string) (string, error) {
	if _, err := url.PathUnescape(part); err != nil {
		return "", err
	}
	pieces := strings.Split(part, "%")
	for i, piece := range pieces {
		escape := min(2*i, 2) // the first piece begins with no hexadecimal digits
		pieces[i] = piece[:escape] + (&url.URL{Path: piece[escape:]}).EscapedPath()
	}
	return strings.Join(pieces, "%"), nil
}

// unsendable finds what would end a request line early, or begin another.
func unsendable(r rune) bool { return r <= ' ' || r > '~' }

// URL is the address of a SID at a replica.
func (t Template) URL(scheme, host, sid string) *url.URL {
	u := &url.URL{Scheme: scheme, Host: host, RawPath: t.before + t.after, RawQuery: t.query}
	if t.inQuery {
		u.RawQuery = strings.Replace(t.query, placeholder, url.QueryEscape(sid), 1)
	} else {
		u.RawPath = t.before + url.PathEscape(sid) + t.after
	}
	u.Path, _ = url.PathUnescape(u.RawPath) // all of it was encoded here or in ParseTemplate
	return u
}
