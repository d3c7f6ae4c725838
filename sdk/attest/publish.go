package attest

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

// published is a key set as it is served.
type published struct {
	body []byte
	etag string
	ids  []string
}

// publish writes a JSON Web Key Set (RFC 7517), sorted by ID: replicas with the same keys serve the same bytes.
func publish(issuer string, keys []*held) published {
	slices.SortFunc(keys, func(a, b *held) int { return strings.Compare(a.id, b.id) })
	list, ids := make([]json.RawMessage, len(keys)), make([]string, len(keys))
	for i, k := range keys {
		list[i], ids[i] = k.public, k.id
	}
	members := map[string]any{"keys": list}
	if issuer != "" {
		members[protocol.KeysIssuer] = issuer
	}
	body, _ := json.Marshal(members) // strings and what was marshalled before can't fail
	sum := sha256.Sum256(body)
	return published{body: body, etag: `"` + base64url.EncodeToString(sum[:12]) + `"`, ids: ids}
}

// MarshalPublicKeys writes the public halves of keys as a JSON Web Key Set (RFC 7517), as [Signer.Keys] serves it: for a verifier whose
// keys are pinned by MS2_KEYS_FILE. Keys that sign later are in it, withdrawn ones are not. issuer is [SignerOptions.Issuer]; "" leaves
// it out, and who has the file trusts it all the same.
func MarshalPublicKeys(issuer string, keys ...SigningKey) ([]byte, error) {
	if err := checkKeys(keys); err != nil {
		return nil, fmt.Errorf("attest: %w", err)
	}
	var all []*held
	for _, k := range keys {
		if k.Withdrawn {
			continue
		}
		h, err := prepare(k)
		if err != nil {
			return nil, fmt.Errorf("attest: %w", err)
		}
		all = append(all, h)
	}
	return publish(issuer, all).body, nil
}

// Keys serves the public keys at [protocol.PathKeys] as a JSON Web Key Set (RFC 7517) with the member "ms2_issuer", to GET and
// HEAD, with an ETag and the maximum age that verifiers keep it for.
func (s *Signer) Keys() http.Handler { return http.HandlerFunc(s.serveKeys) }

func (s *Signer) serveKeys(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		protocol.WriteProblem(w, protocol.Problem{Status: http.StatusMethodNotAllowed})
		return
	}
	set := s.view(time.Now()).set
	h.Set("Content-Type", "application/jwk-set+json")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "public, max-age="+strconv.FormatInt(s.maxAge, 10))
	h.Set("ETag", set.etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(set.body))
}
