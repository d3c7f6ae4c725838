package openapi

import (
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

// notary is an attester whose signature is none.
type notary struct{ keys http.HandlerFunc }

func (notary) Sign(subject string, items ...protocol.Attested) (string, error) {
	claims := protocol.Claims{Issuer: "ms2", Audience: "ms1", Issued: 100, Expires: 700, Items: items, Binding: subject}
	encode := base64.RawURLEncoding.EncodeToString
	header := `{"alg":"EdDSA","kid":"1","typ":"` + protocol.AttestationType + `"}`
	return encode([]byte(header)) + "." + encode(protocol.AppendClaims(nil, claims)) + "." + encode(make([]byte, 64)), nil
}

func (n notary) Keys() http.Handler { return n.keys }

// oneKey serves a set of one key (RFC 8037, appendix A.2).
func oneKey(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/jwk-set+json")
	w.Header().Set("Cache-Control", "public, max-age=600")
	w.Header().Set("ETag", `"7"`)
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(`{"`+protocol.KeysIssuer+`":"ms2","keys":[`+
		`{"kty":"OKP","crv":"Ed25519","use":"sig","alg":"EdDSA","kid":"1","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`))
}

func noKey(http.ResponseWriter, *http.Request) { panic("boom") }
