package protocol_test

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

func TestABatchIsAnsweredItemByItemInOrder(t *testing.T) {
	h := protocol.NewHandler(usb, protocol.HandlerOptions{
		MaxAge: time.Minute, NegativeMaxAge: 5900 * time.Millisecond, StaleWhileRevalidate: 30 * time.Second, StaleIfError: 10 * time.Minute,
	})
	response := post(h, `{"items":[{"sid":"usb:ffff"},{"sid":"usb:046d","version":"7"},{"sid":"usb:046d:c52b","version":"2"},{"sid":"usb:dead","version":"1"}]}`)
	want := `{"results":[{"sid":"usb:ffff","status":"invalid","max_age":5},` +
		`{"sid":"usb:046d","status":"unchanged","max_age":60,"stale_while_revalidate":30,"stale_if_error":600},` +
		`{"sid":"usb:046d:c52b","status":"valid","kind":"product","version":"3","max_age":60,"stale_while_revalidate":30,"stale_if_error":600},` +
		`{"sid":"usb:dead","status":"invalid","max_age":5}]}`
	if got := bodyOf(t, response); response.StatusCode != http.StatusOK || got != want {
		t.Errorf("got  %d %s\nwant 200 %s", response.StatusCode, got, want)
	}
	wantHeader(t, response, "Content-Type", "application/json")
	wantHeader(t, response, "Cache-Control", "no-store")
}

func TestWithoutMaxAgeNoResultMayBeKept(t *testing.T) {
	h := protocol.NewHandler(usb, protocol.HandlerOptions{MaxAge: 999 * time.Millisecond, NegativeMaxAge: -time.Hour, StaleIfError: time.Hour})
	got := bodyOf(t, post(h, `{"items":[{"sid":"usb:046d"},{"sid":"usb:ffff"}]}`))
	want := `{"results":[{"sid":"usb:046d","status":"valid","kind":"vendor","version":"7"},{"sid":"usb:ffff","status":"invalid"}]}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestOneLookupServesABatchWithEachSIDOnce(t *testing.T) {
	var calls [][]string
	h := protocol.NewHandler(storeFunc(func(ctx context.Context, sids []string) (map[string]protocol.Entity, error) {
		calls = append(calls, slices.Clone(sids))
		return usb(ctx, sids)
	}), protocol.HandlerOptions{})
	post(h, `{"items":[{"sid":"b"},{"sid":"a"},{"sid":"b"}]}`)
	if want := [][]string{{"b", "a"}}; !reflect.DeepEqual(calls, want) {
		t.Errorf("looked up %v, want %v", calls, want)
	}
}

func TestDoublesInOneBatchAreAnsweredAlike(t *testing.T) {
	h := protocol.NewHandler(usb, protocol.HandlerOptions{})
	for name, c := range map[string]struct {
		versions []string
		want     protocol.Status
	}{
		"the same version":         {[]string{"7", "7"}, protocol.StatusUnchanged},
		"one without a version":    {[]string{"7", ""}, protocol.StatusValid},
		"one without, first":       {[]string{"", "7"}, protocol.StatusValid},
		"another version between":  {[]string{"7", "6", "7"}, protocol.StatusValid},
		"another version, no more": {[]string{"7", "6"}, protocol.StatusValid},
	} {
		t.Run(name, func(t *testing.T) {
			var items []protocol.Item
			for _, version := range c.versions {
				items = append(items, protocol.Item{SID: "usb:046d", Version: version})
			}
			response := post(h, string(protocol.AppendRequest(nil, items)))
			got, err := protocol.DecodeResponse([]byte(bodyOf(t, response)))
			if err != nil || len(got.Results) != len(items) {
				t.Fatalf("got %+v, %v", got, err)
			}
			for _, r := range got.Results {
				if r != got.Results[0] || r.Status != c.want {
					t.Errorf("got %+v, want all %s", got.Results, c.want)
				}
			}
		})
	}
}

func TestWithoutAVersionNothingIsEverUnchanged(t *testing.T) {
	h := protocol.NewHandler(holding(map[string]protocol.Entity{"a": {Kind: "k"}}), protocol.HandlerOptions{})
	if got, want := bodyOf(t, post(h, `{"items":[{"sid":"a"}]}`)), `{"results":[{"sid":"a","status":"valid","kind":"k"}]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestWhatTheClientWouldCallMalformedIsLeftOut(t *testing.T) {
	long := strings.Repeat("x", 129)
	h := protocol.NewHandler(holding(map[string]protocol.Entity{"a": {Kind: long, Version: "\xff"}}), protocol.HandlerOptions{})
	if got, want := bodyOf(t, post(h, `{"items":[{"sid":"a"}]}`)), `{"results":[{"sid":"a","status":"valid"}]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := bodyOf(t, get(h, "/v1/sids/a")), `{"sid":"a"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestABadBatchIsRefusedByWhatIsWrongWithIt(t *testing.T) {
	items := func(n int) string { return string(protocol.AppendRequest(nil, make([]protocol.Item, n))) }
	padded := `{"items":[{"sid":"a"}]` + strings.Repeat(" ", 1<<20-23) + `}`
	for name, c := range map[string]struct {
		body   string
		status int
		detail string
		sids   []string
	}{
		"nothing":            {``, 400, "malformed", nil},
		"broken JSON":        {`{"items":[{"sid":"a"}`, 400, "malformed", nil},
		"more behind":        {`{"items":[{"sid":"a"}]}x`, 400, "malformed", nil},
		"items twice":        {`{"items":[{"sid":"a"}],"items":[{"sid":"a"}]}`, 400, "a second member items", nil},
		"items after a null": {`{"items":null,"items":[{"sid":"a"}]}`, 400, "a second member items", nil},
		"items taken back":   {`{"items":[{"sid":"a"}],"\u0069tems":null}`, 400, "a second member items", nil},
		"no items":           {`{"Items":[{"sid":"a"}]}`, 400, "no member items", nil},
		"a sid of numbers":   {`{"items":[{"sid":"a"},{"sid":1}]}`, 400, "item 1", nil},
		"not UTF-8":          {"{\"items\":[{\"sid\":\"a\",\"version\":\"\xff\"}]}", 400, "UTF-8", nil},
		"empty":              {`{"items":[]}`, 422, "at least one", nil},
		"a malformed sid":    {`{"items":[{"sid":"a"},{"sid":"a b"}]}`, 422, `item 1 (sid "a b")`, []string{"a b"}},
		"a sid missing":      {`{"items":[{"version":"1"}]}`, 422, "item 0", []string{""}},
		"a sid far too long": {`{"items":[{"sid":"` + strings.Repeat("x", 9999) + `"}]}`, 422, "item 0", []string{strings.Repeat("x", 256)}},
		"a version too long": {`{"items":[{"sid":"a","version":"` + strings.Repeat("v", 129) + `"}]}`, 422, "version", []string{"a"}},
		"too many items":     {items(1001), 413, "1000 items", nil},
		"too many bytes":     {padded + " ", 413, "1048576 bytes", nil},
		"all it may be":      {padded, 200, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			response := post(protocol.NewHandler(usb, protocol.HandlerOptions{}), c.body)
			if c.status == http.StatusOK {
				if response.StatusCode != c.status {
					t.Errorf("got %d, want %d", response.StatusCode, c.status)
				}
				return
			}
			p := wantProblem(t, response, c.status)
			if !strings.Contains(p.Detail, c.detail) || !reflect.DeepEqual(p.SIDs, c.sids) || len(p.Detail) > 500 {
				t.Errorf("got %+v, want a detail with %q and the sids %q", p, c.detail, c.sids)
			}
		})
	}
}

func TestABatchOfTheMostItemsIsAnswered(t *testing.T) {
	items := make([]protocol.Item, 1000)
	for i := range items {
		items[i].SID = fmt.Sprint("x", i)
	}
	response := post(protocol.NewHandler(usb, protocol.HandlerOptions{}), string(protocol.AppendRequest(nil, items)))
	if got, err := protocol.DecodeResponse([]byte(bodyOf(t, response))); err != nil || len(got.Results) != 1000 {
		t.Errorf("got %d results, %v", len(got.Results), err)
	}
}

func TestABatchMustSayThatItIsJSON(t *testing.T) {
	h := protocol.NewHandler(usb, protocol.HandlerOptions{})
	for contentType, status := range map[string]int{
		"application/json":                200,
		"Application/JSON; charset=utf-8": 200,
		"text/plain":                      415,
		"application/json5":               415,
		"":                                415,
	} {
		response := ask(h, http.MethodPost, protocol.PathBatch, `{"items":[{"sid":"a"}]}`, "Content-Type", contentType)
		if response.StatusCode != status {
			t.Errorf("%q: got %d, want %d", contentType, response.StatusCode, status)
		}
	}
}

func FuzzDecodeRequest(f *testing.F) {
	f.Add(`{"items":[{"sid":"usb:046d","version":"7"},{"sid":"a b"}]}`)
	f.Add(`{"items":[{"sid":"a","x":[{}]}],"items":null}`)
	f.Add(`{"items":null,"items":[{"sid":"a"}]}`)
	f.Add(`{"items":[{"sid":"a"}],"attest":true,"subject":"eve"}`)
	f.Add(`{"subject":null,"attest":null,"items":[{"sid":"a"}],"\u0061ttest":false}`)
	f.Add(`{"items":[{"sid":"a","sid":"b","version":"1","version":null}],"Items":[]}`)
	f.Fuzz(func(t *testing.T, body string) {
		want, wantErr := referenceRequest([]byte(body))
		got, err := protocol.DecodeRequest(strings.NewReader(body))
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("got error %v, want %v", err, wantErr)
		}
		if err != nil {
			return
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
		again, err := protocol.DecodeRequest(strings.NewReader(string(got.Append(nil))))
		if err != nil || !reflect.DeepEqual(again, got) || len(got.Items) == 0 {
			t.Errorf("read %+v, and of what that writes %+v, %v", got, again, err)
		}
	})
}
