package attest_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"ms2.internal/lb/sdk/attest"
	"ms2.internal/lb/sdk/protocol"
)

// everything is a store in which each SID is valid.
type everything struct{}

func (everything) Lookup(_ context.Context, sids []string) (map[string]protocol.Entity, error) {
	found := map[string]protocol.Entity{}
	for _, sid := range sids {
		found[sid] = protocol.Entity{Kind: "product"}
	}
	return found, nil
}

func TestASignerThatRequiresASubjectSignsForNobodyElse(t *testing.T) {
	s := signerOf(t, attest.SignerOptions{RequireSubject: true}, keyOf(t, "k1", attest.EdDSA))
	if token, err := s.Sign("", one); token != "" || err == nil || !strings.Contains(err.Error(), "unset RequireSubject") {
		t.Errorf("%q, %v", token, err)
	}
	token, err := s.Sign("alice", one)
	if err != nil || claimsOf(t, s, token).Binding == "" {
		t.Errorf("%v", err)
	}
	if err := protocol.Attach(http.Header{}, s, "", one); err == nil || !strings.Contains(err.Error(), "unset RequireSubject") {
		t.Errorf("attached: %v", err)
	}
}

func TestTheDoorsAnswerWhoNamesNoSubjectWithoutAnAttestation(t *testing.T) {
	var log bytes.Buffer
	h := protocol.NewHandler(everything{}, protocol.HandlerOptions{
		Attester: signerOf(t, attest.SignerOptions{RequireSubject: true}, keyOf(t, "k1", attest.EdDSA)),
		Logger:   slog.New(slog.NewTextHandler(&log, nil)),
	})
	single := func(subject string) *http.Response {
		r := httptest.NewRequest(http.MethodGet, "/v1/sids/a", nil)
		r.Header.Set(protocol.HeaderAttest, "1")
		if subject != "" {
			r.Header.Set(protocol.HeaderSubject, subject)
		}
		return answer(h, r)
	}
	batch := func(subject string) protocol.Response {
		request := protocol.Request{Items: []protocol.Item{{SID: "a"}}, Attest: true, Subject: subject}
		r := httptest.NewRequest(http.MethodPost, protocol.PathBatch, bytes.NewReader(request.Append(nil)))
		r.Header.Set("Content-Type", "application/json")
		body, _ := io.ReadAll(answer(h, r).Body)
		got, err := protocol.DecodeResponse(body)
		if err != nil || len(got.Results) != 1 || got.Results[0].Status != protocol.StatusValid {
			t.Fatalf("%s: %v", body, err)
		}
		return got
	}
	for range 20 {
		if got := single(""); got.StatusCode != http.StatusOK || got.Header.Get(protocol.HeaderAttestation) != "" {
			t.Fatalf("the single door: %d %v", got.StatusCode, got.Header)
		}
		if got := batch(""); got.Attestations != nil {
			t.Fatalf("the batch door: %q", got.Attestations)
		}
	}
	if single("alice").Header.Get(protocol.HeaderAttestation) == "" || len(batch("alice").Attestations) != 1 {
		t.Error("nothing for alice")
	}
	if lines := strings.Count(log.String(), "\n"); lines != 1 || !strings.Contains(log.String(), "give the subject") {
		t.Errorf("%d lines: %s", lines, &log)
	}
}

func answer(h http.Handler, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}
