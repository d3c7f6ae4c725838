package pages

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"ms2.internal/lb/examples/login"
	"ms2.internal/lb/examples/ms2/catalog"
	"ms2.internal/lb/sdk/protocol"
)

// visit is one request for a page: for whom it is, and whether with attestations.
type visit struct {
	pages
	user     string
	attested bool
	late     bool // for attestations
}

// maxLookup is how old data may be when it is signed: a change meanwhile would count as known.
const maxLookup = time.Second

// visit is that of a request whose data was asked of the store at that time and is there.
func (p pages) visit(r *http.Request, asked time.Time) visit {
	return visit{
		pages:    p,
		user:     login.User(r),
		attested: p.Signer != nil && r.URL.Query().Get("attest") == "1",
		late:     time.Since(asked) > maxLookup,
	}
}

// attest signs for an entity, where the request wants that. Without an attestation MS1 asks.
func (v visit) attest(e *catalog.Entity) (err error) {
	if v.attested && !v.late {
		e.Attestation, err = v.Signer.Sign(v.user, protocol.Attested{SID: e.SID, Kind: e.Kind, Version: e.Version})
	}
	return err
}

// answer writes a page. One without attestations can be asked for again by its ETag, which is made of the body where it is "". One
// with them has none: a 304 would prolong the attestations of the old body.
func (v visit) answer(w http.ResponseWriter, r *http.Request, body any, etag string) {
	text, err := json.Marshal(body)
	if err != nil {
		v.fail(w, r, err)
		return
	}
	text = append(text, '\n')
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", v.cacheControl())
	h.Add("Vary", login.Header)
	if v.attested {
		_, _ = w.Write(text) // the browser left
		return
	}
	if etag == "" {
		etag = fmt.Sprintf(`"%x"`, sha256.Sum256(text))
	}
	h.Set("Etag", etag)
	r.Header.Del("Range")                                           // pages are small, and answered whole
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(text)) // it answers If-None-Match
}

// cacheControl allows to keep a page while its attestations have half of their life before them. Attestations for a user are in no
// shared cache.
func (v visit) cacheControl() string {
	switch {
	case !v.attested:
		return cacheControl("public", v.Age)
	case v.late:
		return "no-store"
	case v.user == "":
		return cacheControl("public", min(v.Age, v.Life/2))
	}
	return cacheControl("private", min(v.Age, v.Life/2))
}

// cacheControl is the field for an age in whole seconds.
func cacheControl(who string, age time.Duration) string {
	if age < time.Second {
		return "no-store"
	}
	return fmt.Sprintf("%s, max-age=%d", who, age/time.Second)
}
