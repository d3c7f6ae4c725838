package web

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"path"
	"slices"

	"ms2.internal/lb/sdk/protocol"
)

//go:embed assets
var assets embed.FS

var page = template.Must(template.ParseFS(assets, "assets/index.html"))

// assetsPath holds the assets' version, so that browsers keep them for good and never mix those of two versions.
var assetsPath = "/web/" + version() + "/"

var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

func version() string {
	entries, err := assets.ReadDir("assets")
	var all []byte
	for _, e := range entries {
		all = slices.Concat(all, []byte(e.Name()), read(e.Name()))
	}
	if err != nil {
		panic(err) // the folder is compiled in
	}
	return hash(all)
}

func read(name string) []byte {
	content, _ := assets.ReadFile("assets/" + name) // nil when there is none, as for one that has .. in it
	return content
}

// render makes the page of a site, with its addresses as the scripts use them: an address that no browser could reach is
// left out.
func render(s Site) []byte {
	s.MS1, s.MS2 = usable(s.MS1), usable(s.MS2)
	var b bytes.Buffer
	if err := page.Execute(&b, map[string]any{"Site": s, "Assets": assetsPath}); err != nil {
		panic(err) // the template is compiled in and a site is but strings
	}
	return b.Bytes()
}

func serveAsset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	contentType, content := contentTypes[path.Ext(name)], read(name)
	if contentType == "" || content == nil {
		protocol.WriteProblem(w, protocol.Problem{Status: http.StatusNotFound})
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	serve(w, r, contentType, content)
}
