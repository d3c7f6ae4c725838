package protocol_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

func TestTheSingleDoorAttestsWhatIsValidToWhoAsks(t *testing.T) {
	h := protocol.NewHandler(usb, protocol.HandlerOptions{Attester: &notary{}, MaxAge: time.Minute})
	for name, c := range map[string]struct {
		method, target string
		fields         []string
		status         int
		want           string
	}{
		"for anybody":        {"GET", "/v1/sids/usb:046d", []string{"MS2-Attest", "1"}, 200, "for();usb:046d=vendor/7"},
		"for one user":       {"GET", "/v1/sids/usb:046d", []string{"MS2-Attest", "1", "MS2-Attest-Subject", "eve"}, 200, "for(eve);usb:046d=vendor/7"},
		"by HEAD":            {"HEAD", "/v1/sids/usb:046d", []string{"MS2-Attest", "1"}, 200, "for();usb:046d=vendor/7"},
		"with nothing new":   {"GET", "/v1/sids/usb:046d", []string{"MS2-Attest", "1", "If-None-Match", `"7"`}, 304, "for();usb:046d=vendor/7"},
		"another version":    {"GET", "/v1/sids/usb:046d", []string{"MS2-Attest", "1", "If-None-Match", `"6"`}, 200, "for();usb:046d=vendor/7"},
		"a retired one":      {"GET", "/v1/sids/usb:dead", []string{"MS2-Attest", "1"}, 404, ""},
		"an unknown one":     {"GET", "/v1/sids/usb:ffff", []string{"MS2-Attest", "1"}, 404, ""},
		"without being told": {"GET", "/v1/sids/usb:046d", nil, 200, ""},
		"a subject alone":    {"GET", "/v1/sids/usb:046d", []string{"MS2-Attest-Subject", "eve"}, 200, ""},
	} {
		t.Run(name, func(t *testing.T) {
			response := ask(h, c.method, c.target, "", c.fields...)
			if response.StatusCode != c.status {
				t.Errorf("got %d, want %d", response.StatusCode, c.status)
			}
			wantHeader(t, response, protocol.HeaderAttestation, c.want)
		})
	}
}

func TestAWishThatCouldMeanTwoThingsIsRefused(t *testing.T) {
	h := protocol.NewHandler(failing(errors.New("asked")), quiet(protocol.HandlerOptions{}))
	long := strings.Repeat("x", 256)
	for name, c := range map[string]struct {
		fields []string
		status int
	}{
		"yes":                      {[]string{"MS2-Attest", "yes"}, 400},
		"0":                        {[]string{"MS2-Attest", "0"}, 400},
		"nothing":                  {[]string{"MS2-Attest", ""}, 400},
		"twice":                    {[]string{"MS2-Attest", "1", "MS2-Attest", "1"}, 400},
		"a subject too long":       {[]string{"MS2-Attest", "1", "MS2-Attest-Subject", long + "x"}, 400},
		"an empty subject":         {[]string{"MS2-Attest", "1", "MS2-Attest-Subject", ""}, 400},
		"a subject of other bytes": {[]string{"MS2-Attest", "1", "MS2-Attest-Subject", "\xe9"}, 400},
		"two subjects":             {[]string{"MS2-Attest", "1", "MS2-Attest-Subject", "eve", "MS2-Attest-Subject", "bob"}, 400},
		"the longest subject":      {[]string{"MS2-Attest", "1", "MS2-Attest-Subject", long}, 500},
	} {
		if p := wantProblem(t, get(h, "/v1/sids/usb:046d", c.fields...), c.status); c.status == 400 && p.Detail == "" {
			t.Errorf("%s: no detail", name)
		}
	}
}

func TestAnswersThatMayCarryAttestationsVaryByWhoAsks(t *testing.T) {
	for _, c := range []struct {
		opts protocol.HandlerOptions
		want string
	}{
		{protocol.HandlerOptions{}, ""},
		{protocol.HandlerOptions{Token: "s3cret"}, "Authorization"},
		{protocol.HandlerOptions{Attester: &notary{}}, "MS2-Attest, MS2-Attest-Subject"},
		{protocol.HandlerOptions{Attester: &notary{}, Token: "s3cret"}, "Authorization, MS2-Attest, MS2-Attest-Subject"},
	} {
		h := protocol.NewHandler(usb, c.opts)
		for _, fields := range [][]string{nil, {"MS2-Attest", "1"}, {"If-None-Match", `"7"`}} {
			fields = append(fields, "Authorization", "Bearer s3cret")
			wantHeader(t, get(h, "/v1/sids/usb:046d", fields...), "Vary", c.want)
			wantHeader(t, get(h, "/v1/sids/usb:ffff", fields...), "Vary", c.want)
		}
	}
}

func TestTheBatchDoorAttestsWhatIsValidOrUnchangedAndNothingElse(t *testing.T) {
	h := protocol.NewHandler(usb, protocol.HandlerOptions{Attester: &notary{}})
	items := `{"items":[{"sid":"usb:ffff"},{"sid":"usb:046d","version":"7"},{"sid":"usb:dead","version":"1"},{"sid":"usb:046d:c52b"},{"sid":"usb:046d"}]`
	both := ";usb:046d=vendor/7;usb:046d:c52b=product/3"
	for rest, want := range map[string][]string{
		`,"attest":true}`:                    {"for()" + both},
		`,"subject":"eve","attest":true}`:    {"for(eve)" + both},
		`,"attest":true,"subject":null}`:     {"for()" + both},
		`,"attest":false,"subject":"eve"}`:   nil,
		`,"attest":null}`:                    nil,
		`,"Attest":true,"subject":"eve"}`:    nil,
		`}`:                                  nil,
		`,"\u0061ttest":true,"SUBJECT":"x"}`: {"for()" + both},
	} {
		got := decoded(t, post(h, items+rest))
		if !slices.Equal(got.Attestations, want) || len(got.Results) != 5 {
			t.Errorf("%s: got %q, want %q", rest, got.Attestations, want)
		}
	}
	if got := decoded(t, post(h, `{"items":[{"sid":"usb:ffff"}],"attest":true}`)); got.Attestations != nil {
		t.Errorf("nothing valid: got %q", got.Attestations)
	}
}

func TestAWishOfAnotherShapeIsMalformed(t *testing.T) {
	h := protocol.NewHandler(usb, protocol.HandlerOptions{})
	for _, rest := range []string{
		`"attest":1`, `"attest":"true"`, `"attest":[]`, `"attest":truely`, `"attest":tru`, `"attest":true,"attest":true`, `"attest":false,"\u0061ttest":true`,
		`"attest":null,"attest":true`, `"subject":1`, `"subject":["eve"]`, `"subject":"eve","subject":"eve"`, `"subject":null,"subject":"eve"`,
		`"subject":""`, `"subject":"` + strings.Repeat("x", 257) + `"`,
	} {
		body := `{"items":[{"sid":"a"}],` + rest + `}`
		wantProblem(t, post(h, body), http.StatusBadRequest)
		if _, err := referenceRequest([]byte(body)); err == nil {
			t.Errorf("%s: the reference decoder takes it", rest)
		}
	}
	decoded(t, post(h, `{"items":[{"sid":"a"}],"subject":"`+strings.Repeat("é", 128)+`","attest":true}`))
}

// many is a store of n SIDs with a version, and a request for all of them.
func many(n int, version string) (storeFunc, protocol.Request) {
	entities := make(map[string]protocol.Entity, n)
	request := protocol.Request{Attest: true}
	for i := range n {
		sid := fmt.Sprint("x", i)
		entities[sid] = protocol.Entity{Kind: "k", Version: version}
		request.Items = append(request.Items, protocol.Item{SID: sid})
	}
	return holding(entities), request
}

func TestASetThatIsTooLargeIsSignedInHalves(t *testing.T) {
	for _, c := range []struct{ n, most, tokens int }{
		{1, 0, 1}, {64, 0, 1}, {65, 0, 2}, {1000, 0, 16}, {64, 63, 2}, {64, 32, 2}, {65, 20, 5}, {100, 1, 100}, {3, 2, 2},
	} {
		store, request := many(c.n, "1")
		n := &notary{most: c.most}
		got := decoded(t, post(protocol.NewHandler(store, protocol.HandlerOptions{Attester: n}), string(request.Append(nil))))
		var want []string
		for _, item := range request.Items {
			want = append(want, item.SID)
		}
		if sids := sidsOf(got.Attestations); len(got.Attestations) != c.tokens || !slices.Equal(sids, want) {
			t.Errorf("%+v: got %d attestations of %d SIDs", c, len(got.Attestations), len(sids))
		}
		for _, set := range n.signed {
			if len(set) > 64 {
				t.Errorf("%+v: a set of %d", c, len(set))
			}
		}
	}
}

func TestWhatAnAttesterSignsTooLongIsSignedInHalvesToo(t *testing.T) {
	store, request := many(64, "1")
	n := &notary{sign: func(items []protocol.Attested) (string, error) { return strings.Repeat("x", 200*len(items)), nil }}
	got := decoded(t, post(protocol.NewHandler(store, protocol.HandlerOptions{Attester: n}), string(request.Append(nil))))
	if len(got.Attestations) != 4 || len(got.Attestations[0]) != 3200 {
		t.Errorf("got %d attestations, the first of %d bytes", len(got.Attestations), len(got.Attestations[0]))
	}
}

func TestAFailureToSignCostsTheAttestationAndNotTheVerdict(t *testing.T) {
	for name, sign := range map[string]func([]protocol.Attested) (string, error){
		"an error": func([]protocol.Attested) (string, error) { return "half", errors.New("no key today") },
		"a panic":  func([]protocol.Attested) (string, error) { panic("no key today") },
		"always too large": func([]protocol.Attested) (string, error) {
			return "", fmt.Errorf("no key today: %w", protocol.ErrAttestationTooLarge)
		},
		"nothing":    func([]protocol.Attested) (string, error) { return "", nil },
		"two fields": func([]protocol.Attested) (string, error) { return "a,b", nil },
		"two lines":  func([]protocol.Attested) (string, error) { return "a\r\nX-Evil: 1", nil },
		"other text": func([]protocol.Attested) (string, error) { return "é", nil },
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			h := protocol.NewHandler(usb, protocol.HandlerOptions{Attester: &notary{sign: sign}, Logger: slog.New(slog.NewTextHandler(&log, nil))})
			single := get(h, "/v1/sids/usb:046d", "MS2-Attest", "1")
			if body := bodyOf(t, single); single.StatusCode != http.StatusOK || !strings.Contains(body, `"usb:046d"`) {
				t.Errorf("the single door: got %d %s", single.StatusCode, body)
			}
			wantHeader(t, single, protocol.HeaderAttestation, "")
			got := decoded(t, post(h, `{"items":[{"sid":"usb:046d"},{"sid":"usb:046d:c52b"}],"attest":true}`))
			if len(got.Results) != 2 || got.Attestations != nil {
				t.Errorf("the batch door: got %+v", got)
			}
			if lines := strings.Count(log.String(), "\n"); lines != 1 || !strings.Contains(log.String(), "usb:046d") {
				t.Errorf("logged %d lines: %s", lines, &log)
			}
		})
	}
}

func TestASIDThatCannotBeSignedLeavesTheOthersAttested(t *testing.T) {
	store, request := many(130, "1")
	n := &notary{sign: func(items []protocol.Attested) (string, error) {
		if items[0].SID == "x64" {
			return "", errors.New("not this one")
		}
		return plain("", items...), nil
	}}
	got := decoded(t, post(protocol.NewHandler(store, quiet(protocol.HandlerOptions{Attester: n})), string(request.Append(nil))))
	if sids := sidsOf(got.Attestations); len(got.Results) != 130 || len(sids) != 66 || sids[63] != "x63" || sids[64] != "x128" {
		t.Errorf("got %q", sids)
	}
}

func TestAttestationsThatMakeAnAnswerTooLargeAreLeftOut(t *testing.T) {
	store, request := many(1000, strings.Repeat("v", 128))
	var log bytes.Buffer
	opts := protocol.HandlerOptions{Attester: &notary{most: 1, pad: 4096}, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	response := post(protocol.NewHandler(store, opts), string(request.Append(nil)))
	if got := decoded(t, response); len(got.Results) != 1000 || got.Attestations != nil || !strings.Contains(log.String(), "too large") {
		t.Errorf("got %d results and %d attestations, logged %s", len(got.Results), len(got.Attestations), &log)
	}
}

func TestWhatIsSignedIsWhatIsAnswered(t *testing.T) {
	long := strings.Repeat("x", 129)
	h := protocol.NewHandler(holding(map[string]protocol.Entity{"a": {Kind: long, Version: "\xff"}}), protocol.HandlerOptions{Attester: &notary{}})
	wantHeader(t, get(h, "/v1/sids/a", "MS2-Attest", "1"), protocol.HeaderAttestation, "for();a=/")
	if got := decoded(t, post(h, `{"items":[{"sid":"a"}],"attest":true}`)); !slices.Equal(got.Attestations, []string{"for();a=/"}) {
		t.Errorf("got %q", got.Attestations)
	}
}

func TestWhatWasLookedUpLongAgoIsNotAttestedAsOfNow(t *testing.T) {
	for took, want := range map[time.Duration]string{time.Second: "for();usb:046d=vendor/7", time.Second + 1: ""} {
		synctest.Test(t, func(t *testing.T) {
			h := protocol.NewHandler(slow(took), quiet(protocol.HandlerOptions{Attester: &notary{}}))
			response := get(h, "/v1/sids/usb:046d", "MS2-Attest", "1")
			wantHeader(t, response, protocol.HeaderAttestation, want)
			got := decoded(t, post(h, `{"items":[{"sid":"usb:046d"}],"attest":true}`))
			if strings.Join(got.Attestations, "") != want || response.StatusCode != http.StatusOK || len(got.Results) != 1 {
				t.Errorf("after %v: got %d, %+v", took, response.StatusCode, got)
			}
		})
	}
}

func TestWithoutAnAttesterTheWishIsAnsweredWithoutOne(t *testing.T) {
	h := protocol.NewHandler(usb, protocol.HandlerOptions{})
	response := get(h, "/v1/sids/usb:046d", "MS2-Attest", "1")
	wantHeader(t, response, protocol.HeaderAttestation, "")
	if got := decoded(t, post(h, `{"items":[{"sid":"usb:046d"}],"attest":true}`)); response.StatusCode != http.StatusOK || got.Attestations != nil {
		t.Errorf("got %d, %+v", response.StatusCode, got)
	}
}
