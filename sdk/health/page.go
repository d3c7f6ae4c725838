package health

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
)

var (
	//go:embed page.html
	pageText string
	//go:embed style.css
	styleText string
	//go:embed script.js
	scriptText string
)

// pageTemplate is parsed once; what it is given, it escapes.
var pageTemplate = template.Must(template.New("page").Parse(pageText))

// policy allows the page its own style and script, and requests to its own server, and nothing else.
var policy = "default-src 'none'; style-src " + hashOf(styleText) + "; script-src " + hashOf(scriptText) +
	"; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// hashOf is the name under which a policy allows a text.
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// pageData is what the template is given.
type pageData struct {
	View   view
	Blank  view // an empty row of each list, which the script copies
	Query  string
	Others []choice
	Style  template.CSS
	Script template.JS
}

// choice is a client that may be looked at.
type choice struct {
	Name    string
	Query   string
	Current bool
}

// page serves the page with what is so now: it is complete without its script.
func (h *handler) page(w http.ResponseWriter, _ *http.Request, c *watch) {
	data := pageData{
		View: c.view(c.source.Stats()), Blank: blank, Query: query(c.name),
		Style: template.CSS(styleText), Script: template.JS(scriptText), //nolint:gosec // ours, embedded
	}
	if len(h.watches) > 1 {
		for _, other := range h.watches {
			data.Others = append(data.Others, choice{other.name, query(other.name), other == c})
		}
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Security-Policy", policy)
	writeWhole(w, http.StatusOK, "text/html; charset=utf-8", b.Bytes())
}

// blank has one empty element in each list.
var blank = view{
	Problems: make([]problemView, 1), Figures: make([]figure, 1), Origins: make([]originView, 1), Replicas: make([]replicaView, 1),
	Discovery: discoveryView{Dropped: make([]pair, 1), Detail: make([]pair, 1)},
	Events:    make([]eventView, 1), Groups: []group{{Pairs: make([]pair, 1)}}, Config: make([]pair, 1),
}

// query chooses a client.
func query(name string) string { return "?" + url.Values{"client": {name}}.Encode() }
