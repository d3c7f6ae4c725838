package protocol_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"ms2.internal/lb/sdk/protocol"
)

func TestARequestIsWrittenAsTheContractShowsIt(t *testing.T) {
	got := string(protocol.AppendRequest([]byte("> "), []protocol.Item{{SID: "usb:046d", Version: "7"}, {SID: `a"b\<`}}))
	want := `> {"items":[{"sid":"usb:046d","version":"7"},{"sid":"a\"b\\<"}]}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAWholeRequestSaysForWhomItAsks(t *testing.T) {
	items := []protocol.Item{{SID: "a"}}
	for want, r := range map[string]protocol.Request{
		`{"items":[{"sid":"a"}]}`:                                       {Items: items},
		`{"items":[{"sid":"a"}],"attest":true}`:                         {Items: items, Attest: true},
		`{"items":[{"sid":"a"}],"attest":true,"subject":"e\"v\u000ae"}`: {Items: items, Attest: true, Subject: "e\"v\ne"},
	} {
		if got := string(r.Append([]byte("> "))); got != "> "+want {
			t.Errorf("got  %s\nwant > %s", got, want)
		}
	}
}

func TestAResponseIsWrittenAsTheContractShowsIt(t *testing.T) {
	got := string(protocol.AppendResponse(nil, protocol.Response{Results: []protocol.Result{
		{SID: "usb:046d", Status: protocol.StatusUnchanged, MaxAge: 60},
		{SID: "usb:046d:c52b", Status: protocol.StatusValid, Kind: "product", Version: "3", MaxAge: 60, StaleWhileRevalidate: 30, StaleIfError: 600},
		{SID: "x", Status: protocol.StatusInvalid, MaxAge: -1},
	}, Attestations: []string{"a.b.c", "d.e.f"}}))
	want := `{"results":[{"sid":"usb:046d","status":"unchanged","max_age":60},` +
		`{"sid":"usb:046d:c52b","status":"valid","kind":"product","version":"3","max_age":60,"stale_while_revalidate":30,"stale_if_error":600},` +
		`{"sid":"x","status":"invalid"}],"attestations":["a.b.c","d.e.f"]}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAResponseThatIsWrittenReadsBackTheSame(t *testing.T) {
	sent := protocol.Response{Results: results(3)}
	got, err := protocol.DecodeResponse(protocol.AppendResponse(nil, sent))
	if err != nil || !reflect.DeepEqual(got, sent) {
		t.Errorf("got %+v, %v, want %+v", got, err, sent)
	}
}

func TestOneHugeItemDoesNotMultiplyTheRoomThatIsTaken(t *testing.T) {
	holdMemory(t, "a huge item first", func(length int) {
		items := make([]protocol.Item, length/32)
		items[0].SID = strings.Repeat("x", length)
		protocol.AppendRequest(nil, items)
	})
}

// Whatever the strings hold, encoding/json reads back what it would have written itself.
func FuzzAppendRequest(f *testing.F) {
	f.Add("usb:046d", "7")
	f.Add(`"\<>&/`, "\x00\x1f\n\t\u2028\x7f")
	f.Add("\xff\xc3", "\xed\xa0\x80 é 😀 \ufffd")
	f.Fuzz(func(t *testing.T, sid, version string) {
		sent := []protocol.Item{{SID: sid, Version: version}, {SID: version}}
		var got protocol.Request
		if err := json.Unmarshal(protocol.AppendRequest(nil, sent), &got); err != nil {
			t.Fatal(err)
		}
		for i := range sent {
			sent[i].SID, sent[i].Version = utf8Only(sent[i].SID), utf8Only(sent[i].Version)
		}
		if !reflect.DeepEqual(got.Items, sent) {
			t.Errorf("got %q, want %q", got.Items, sent)
		}
	})
}

// utf8Only replaces each byte that is not UTF-8 by itself, as encoding/json does.
func utf8Only(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteRune(r)
	}
	return b.String()
}

func BenchmarkAppendRequest(b *testing.B) {
	for _, n := range []int{1, 100, 1000} {
		items := make([]protocol.Item, n)
		for i, r := range results(n) {
			items[i] = protocol.Item{SID: r.SID, Version: r.Version}
		}
		b.Run(fmt.Sprintf("items=%d/of=protocol", n), func(b *testing.B) {
			var dst []byte
			for b.Loop() {
				dst = protocol.AppendRequest(dst[:0], items)
			}
			b.SetBytes(int64(len(dst)))
		})
		b.Run(fmt.Sprintf("items=%d/of=encoding-json", n), func(b *testing.B) {
			for b.Loop() {
				_, _ = json.Marshal(protocol.Request{Items: items})
			}
		})
	}
}

// results returns n different results as an MS2 of USB IDs gives them.
func results(n int) []protocol.Result {
	all := make([]protocol.Result, n)
	for i := range all {
		all[i] = protocol.Result{
			SID: fmt.Sprintf("usb:046d:%04x", i), Status: protocol.StatusValid, Kind: "product", Version: fmt.Sprint(1 + i%9),
			MaxAge: 60, StaleWhileRevalidate: 30, StaleIfError: 600,
		}
	}
	return all
}
