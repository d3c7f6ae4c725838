package sdktest_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/middleware"
	"ms2.internal/lb/sdk/protocol"
	"ms2.internal/lb/sdk/sdktest"
)

var mouse = protocol.Attested{SID: "usb:046d:c52b", Kind: "product", Version: "7"}

func TestWhatIsAttestedNeedsNoRequestForTenMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ms2 := sdktest.New(t, nil)
		ms2.SetDown(true)
		token := ms2.Attest("ann", mouse)
		check := func() (sdk.Verdict, error) {
			return ms2.Client().Validate(t.Context(), mouse.SID, sdk.AttestedBy(token), sdk.Subject("ann"))
		}
		for _, later := range []time.Duration{0, 10*time.Minute - 1} {
			time.Sleep(later)
			if v, err := check(); err != nil || !v.Valid || v.Origin != sdk.Attested || v.Kind != mouse.Kind || v.Version != mouse.Version {
				t.Fatalf("%+v, %v", v, err)
			}
		}
		time.Sleep(time.Nanosecond)
		if v, err := check(); err == nil {
			t.Errorf("%+v after ten minutes, and MS2 is down", v)
		}
		if ms2.Requests() != 0 {
			t.Errorf("%d requests", ms2.Requests())
		}
	})
}

func TestAForgedTokenIsForgedAndAnExpiredOneHasMS2Asked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ms2, other := sdktest.New(t, map[string]bool{mouse.SID: true}), sdktest.New(t, nil)
		for name, c := range map[string]struct {
			token, subject string
			reason         string
		}{
			"forged":        {ms2.Forged(), "ann", "signature"},
			"another MS2's": {other.Attest("", mouse), "ann", "signature"},
			"another's":     {ms2.Attest("ann", mouse), "bob", "subject"},
			"nobody's":      {ms2.Attest("ann", mouse), "", "subject"},
		} {
			_, err := ms2.Client().Validate(t.Context(), mouse.SID, sdk.AttestedBy(c.token), sdk.Subject(c.subject))
			var why *sdk.AttestationError
			if !errors.Is(err, sdk.ErrForged) || !errors.As(err, &why) || why.Reason != c.reason {
				t.Errorf("%s: %v, want %s", name, err, c.reason)
			}
		}
		if n := ms2.Requests(); n != 0 {
			t.Errorf("%d requests for forged ones", n)
		}
		v, err := ms2.Client().Validate(t.Context(), mouse.SID, sdk.AttestedBy(ms2.Expired()))
		if err != nil || !v.Valid || v.Origin == sdk.Attested || ms2.Requests() != 1 {
			t.Errorf("expired: %+v, %v", v, err)
		}
		stats := ms2.Client().Stats().Attestations
		if stats == nil || stats.Forged["signature"] != 2 || stats.Forged["subject"] != 2 || stats.Unusable["expired"] != 1 {
			t.Errorf("%+v", stats)
		}
	})
}

func TestAnAttestationForAnybodyPassesAMiddleware(t *testing.T) {
	ms2 := sdktest.New(t, nil)
	check, err := middleware.New(ms2.Client(), middleware.Options{SIDs: []middleware.Field{middleware.Query("sid", "product")}})
	if err != nil {
		t.Fatal(err)
	}
	h := check(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for token, want := range map[string]int{ms2.Attest("", mouse): http.StatusOK, ms2.Forged(): http.StatusUnprocessableEntity} {
		r := httptest.NewRequest(http.MethodGet, "/?sid="+mouse.SID, nil)
		r.Header.Set(protocol.HeaderAttestation, token)
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != want {
			t.Errorf("%s: %d %s", token, w.Code, w.Body)
		}
	}
}
