package protocol

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// maxLookup is how long a lookup may take for its result to be attested. An attestation is dated when it is signed, and says of
// that moment what was looked up before: what changed in between would look as if it had been known.
const maxLookup = time.Second

// varyOf says by which fields of a request the single door's answers differ (RFC 9110, 12.5.5).
func varyOf(opts HandlerOptions) string {
	const attested = HeaderAttest + ", " + HeaderSubject
	switch {
	case opts.Attester == nil && opts.Token == "":
		return ""
	case opts.Attester == nil:
		return "Authorization"
	case opts.Token == "":
		return attested
	}
	return "Authorization, " + attested
}

// attestFor reads whether the single door's asker wants an attestation, and for whom.
func attestFor(header http.Header) (wanted bool, subject string, err error) {
	if sent := header.Values(HeaderAttest); len(sent) > 0 {
		if wanted = len(sent) == 1 && sent[0] == "1"; !wanted {
			return false, "", fmt.Errorf("%s is not 1", HeaderAttest)
		}
	}
	switch sent := header.Values(HeaderSubject); len(sent) {
	case 0:
		return wanted, "", nil
	case 1:
		return wanted, sent[0], checkSubject(sent[0])
	}
	return false, "", fmt.Errorf("%s is there twice", HeaderSubject)
}

// attest signs items for an answer: they were valid in a lookup that began at asked. What fails costs the attestation and not the
// answer. It may fail for a whole class of requests, such as those that name no subject, so it is logged with a count.
func (h *Handler) attest(ctx context.Context, asked time.Time, subject string, items []Attested) []string {
	if h.opts.Attester == nil || len(items) == 0 {
		return nil
	}
	if took := time.Since(asked); took > maxLookup {
		if count, tell := h.tooLate.note(); tell {
			h.log.WarnContext(ctx, "ms2: not attested: the lookup took too long", "took", took, "limit", maxLookup, "count", count)
		}
		return nil
	}
	tokens, err := signAll(h.opts.Attester, subject, items)
	if err != nil {
		if count, tell := h.unsigned.note(); tell {
			h.log.ErrorContext(ctx, "ms2: attesting failed", "error", err, "count", count)
		}
	}
	return tokens
}

// attested returns what of sids is valid, each as answers tell it.
func attested(sids []string, found map[string]Entity) []Attested {
	items := make([]Attested, 0, len(sids))
	for _, sid := range sids {
		if entity, known := found[sid]; known && !entity.Retired {
			items = append(items, Attested{SID: sid, Kind: label(entity.Kind), Version: label(entity.Version)})
		}
	}
	return items
}
