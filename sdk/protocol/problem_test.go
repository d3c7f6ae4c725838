package protocol_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ms2.internal/lb/sdk/protocol"
)

func written(p protocol.Problem) *http.Response {
	w := httptest.NewRecorder()
	protocol.WriteProblem(w, p)
	return w.Result()
}

func TestAProblemIsWrittenWithWhatItLacks(t *testing.T) {
	for _, c := range []struct {
		p    protocol.Problem
		code int
		want string
	}{
		{protocol.Problem{Status: 404}, 404, `{"type":"about:blank","title":"Not Found","status":404}`},
		{protocol.Problem{}, 500, `{"type":"about:blank","title":"Internal Server Error","status":500}`},
		{protocol.Problem{Status: 200}, 500, `{"type":"about:blank","title":"Internal Server Error","status":500}`},
		{
			protocol.Problem{Type: "urn:x", Title: "X", Status: 422, Detail: "d", Instance: "/i", SIDs: []string{"a"}},
			422, `{"type":"urn:x","title":"X","status":422,"detail":"d","instance":"/i","sids":["a"]}`,
		},
	} {
		response := written(c.p)
		if got := bodyOf(t, response); response.StatusCode != c.code || got != c.want {
			t.Errorf("got %d %s, want %d %s", response.StatusCode, got, c.code, c.want)
		}
		wantHeader(t, response, "Content-Type", "application/problem+json")
		wantHeader(t, response, "Cache-Control", "no-store")
	}
}

func TestAReaderOfProblemsIgnoresWhatIsNotAsItShouldBe(t *testing.T) {
	for body, want := range map[string]protocol.Problem{
		`{}`: {Type: "about:blank"},
		`{"type":1,"title":null,"status":"404","detail":{},"instance":[],"sids":"a"}`: {Type: "about:blank"},
		`{"status":-404,"sids":[1,"a",null,["b"],""]}`:                                {Type: "about:blank", SIDs: []string{"a", ""}},
		`{"status":99}`:                   {Type: "about:blank"},
		`{"status":4e2}`:                  {Type: "about:blank"},
		`{"status":99999999999999999999}`: {Type: "about:blank"},
		`{"type":"urn:x","title":"X","status":422,"detail":"d","instance":"/i","extra":[0]}`: {Type: "urn:x", Title: "X", Status: 422, Detail: "d", Instance: "/i"},
	} {
		if got, err := protocol.DecodeProblem([]byte(body)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, %v, want %+v", body, got, err, want)
		}
	}
}

func TestAProblemNamesNoMoreThanABatchCanAsk(t *testing.T) {
	sent := []string{strings.Repeat("x", 257), strings.Repeat("x", 256)}
	for i := range 1000 {
		sent = append(sent, fmt.Sprint("s", i))
	}
	got, err := protocol.DecodeProblem([]byte(bodyOf(t, written(protocol.Problem{Status: 422, SIDs: sent}))))
	if want := sent[1:1001]; err != nil || !slices.Equal(got.SIDs, want) {
		t.Errorf("got %d SIDs from %.5s to %.5s, %v, want %d", len(got.SIDs), got.SIDs[0], got.SIDs[len(got.SIDs)-1], err, len(want))
	}
}

func TestWhatIsNoObjectIsNoProblem(t *testing.T) {
	for _, body := range []string{``, `null`, `"urn:ms2:unknown-sid"`, `[]`, `<html>`, `{"type":"urn:ms2:unknown-sid"`, `{} {}`} {
		if got, err := protocol.DecodeProblem([]byte(body)); !errors.Is(err, protocol.ErrMalformed) || got.Type != "" {
			t.Errorf("%s: got %+v, %v, want ErrMalformed", body, got, err)
		}
	}
}

func FuzzDecodeProblem(f *testing.F) {
	f.Add([]byte(`{"type":"urn:x","title":"X","status":422,"detail":"d","instance":"/i","sids":["a",1],"extra":[0]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := protocol.DecodeProblem(body)
		if err != nil {
			if !errors.Is(err, protocol.ErrMalformed) {
				t.Errorf("got %v, which is not ErrMalformed", err)
			}
			return
		}
		response := written(p)
		if again, err := protocol.DecodeProblem([]byte(bodyOf(t, response))); err != nil || again.Type == "" {
			t.Errorf("%+v reads back as %+v, %v", p, again, err)
		}
	})
}
