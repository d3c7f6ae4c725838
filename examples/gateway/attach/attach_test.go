package attach_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/examples/gateway/attach"
	"ms2.internal/lb/sdk/protocol"
)

func TestEachSIDOfAnOrderGetsItsAttestation(t *testing.T) {
	m := &ms2{}
	a := newAttacher(t, m, attach.Options{})
	got := attached(t, a, `{"lines":[{"product":{"sid":"v:1"},"vendor":{"sid":"v"}},{"product":{"sid":"v:2"},"vendor":{"sid":"v"}}],"vendor":{"sid":"no"}}`)
	if want := []string{"for v", "for v:1", "for v:2"}; !slices.Equal(got, want) || a.Attached() != 3 {
		t.Errorf("got %q and %d", got, a.Attached())
	}
	slices.Sort(m.asked)
	if want := []string{"/v1/entities/v:1?attest=1", "/v1/entities/v:2?attest=1", "/v1/entities/v?attest=1"}; !slices.Equal(m.asked, want) {
		t.Errorf("asked for %q", m.asked)
	}
}

func TestAnythingThatFailsCostsTheAttestationAlone(t *testing.T) {
	for name, answer := range map[string]func() (*http.Response, error){
		"no answer":                 func() (*http.Response, error) { return nil, errors.New("down") },
		"an unknown SID":            func() (*http.Response, error) { return page(404, "x"), nil },
		"an answer without":         func() (*http.Response, error) { return page(200, ""), nil },
		"an answer with two":        func() (*http.Response, error) { return page(200, "a,b"), nil },
		"an answer with too many":   func() (*http.Response, error) { return page(200, strings.Repeat("a,", 17)), nil },
		"one that has no room left": func() (*http.Response, error) { return page(200, strings.Repeat("a", 8<<10)), nil },
	} {
		m := &ms2{answer: func(sid string) (*http.Response, error) {
			if sid == "good" {
				return page(200, "good"), nil
			}
			return answer()
		}}
		got := attached(t, newAttacher(t, m, attach.Options{SIDs: []string{"/*"}}), `["good","bad"]`)
		if !slices.Equal(got, []string{"good"}) {
			t.Errorf("%s: got %.80q", name, got)
		}
	}
}

func TestTheHeaderHasRoomForSixteenAttestationsAndEightKiB(t *testing.T) {
	var sids []string
	for i := range 40 {
		sids = append(sids, fmt.Sprintf("%q", fmt.Sprintf("s%02d", i)))
	}
	body := "[" + strings.Join(sids, ",") + "]"
	m := &ms2{}
	if got := attached(t, newAttacher(t, m, attach.Options{SIDs: []string{"/*"}}), body); len(got) != 16 || got[15] != "for s15" || len(m.asked) != 16 {
		t.Errorf("got %q for %d requests", got, len(m.asked))
	}
	m = &ms2{answer: func(string) (*http.Response, error) { return page(200, strings.Repeat("a", 1023)), nil }}
	if got := attached(t, newAttacher(t, m, attach.Options{SIDs: []string{"/*"}}), body); len(got) != 8 {
		t.Errorf("got %d", len(got))
	}
}

func TestBodiesThatCannotBeReadGoOnAsTheyCame(t *testing.T) {
	for _, body := range []string{"", "{", `{"lines":`, "no JSON", `["a"]["b"]`, strings.Repeat("[", 20_000)} {
		if got := attached(t, newAttacher(t, &ms2{}, attach.Options{SIDs: []string{"/*"}}), body); got != nil {
			t.Errorf("%.20q: got %q", body, got)
		}
	}
	large := order(t, io.NopCloser(strings.NewReader(`["a","b"]`)))
	newAttacher(t, &ms2{}, attach.Options{SIDs: []string{"/*"}, MaxBody: 4}).Attach(large)
	if body, err := io.ReadAll(large.Body); string(body) != `["a","b"]` || err != nil || len(large.Header) != 0 {
		t.Errorf("got %q, %v, %v", body, err, large.Header)
	}
	cut := order(t, io.MultiReader(strings.NewReader(`["a"`), failing{}))
	newAttacher(t, &ms2{}, attach.Options{SIDs: []string{"/*"}}).Attach(cut)
	if body, err := io.ReadAll(cut.Body); string(body) != `["a"` || !errors.Is(err, errCut) || len(cut.Header) != 0 {
		t.Errorf("got %q, %v, %v", body, err, cut.Header)
	}
}

var errCut = errors.New("cut off")

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errCut }

func TestWhatWasThereIsRemoved(t *testing.T) {
	for _, method := range []string{"GET", "POST", "PUT"} {
		req, err := http.NewRequestWithContext(t.Context(), method, "http://ms1/orders", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set(protocol.HeaderAttestation, "forged")
		newAttacher(t, &ms2{}, attach.Options{}).Attach(req)
		if len(req.Header) != 0 {
			t.Errorf("%s: %v is left", method, req.Header)
		}
	}
}

func TestAnOrderWaitsNoLongerThanItsPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := round(func(req *http.Request) (*http.Response, error) {
			if strings.HasSuffix(req.URL.Path, "quick") {
				return page(200, "quick"), nil
			}
			<-req.Context().Done()
			return nil, context.Cause(req.Context())
		})
		start := time.Now()
		got := attached(t, newAttacher(t, slow, attach.Options{SIDs: []string{"/*"}, Patience: 300 * time.Millisecond}), `["slow","quick"]`)
		if took := time.Since(start); took != 300*time.Millisecond || !slices.Equal(got, []string{"quick"}) {
			t.Errorf("got %q after %v", got, took)
		}
	})
}

type round func(*http.Request) (*http.Response, error)

func (r round) RoundTrip(req *http.Request) (*http.Response, error) { return r(req) }

func TestWhatCannotWorkIsRefused(t *testing.T) {
	for _, o := range []attach.Options{{MaxBody: -1}, {Patience: -1}} {
		if _, err := attach.New(&ms2{}, o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
	if _, err := attach.New(nil, attach.Options{}); err == nil {
		t.Error("no pages are taken")
	}
}
