package protocol_test

import (
	"fmt"
	"slices"
	"testing"
	"unsafe"

	"ms2.internal/lb/sdk/protocol"
)

func TestAppendResultsKeepsWhatIsThereAndUsesTheRoom(t *testing.T) {
	body := []byte(`{"results":[{"sid":"a","status":"valid"},{"sid":"b","status":"invalid"}]}`)
	dst := make([]protocol.Result, 1, 8)
	dst[0].SID = "first"
	got, err := protocol.AppendResults(dst, nil, body)
	if err != nil || len(got) != 3 || got[0].SID != "first" || got[2].SID != "b" || &got[0] != &dst[0] {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := protocol.AppendResults(dst[:1:1], nil, body); err != nil || len(got) != 3 || got[0].SID != "first" {
		t.Errorf("without room: %+v, %v", got, err)
	}
	if got, err := protocol.AppendResults(dst, nil, []byte(`{}`)); err == nil || got != nil {
		t.Errorf("malformed: %+v, %v", got, err)
	}
}

func TestAResultInThePlaceOfItsItemSharesItsSID(t *testing.T) {
	items := []protocol.Item{{SID: "a:1"}, {SID: "b:2"}, {SID: "c:3"}}
	body := []byte(`{"results":[{"sid":"a:1","status":"valid"},{"sid":"c:3","status":"valid"},{"sid":"c\u003a3","status":"invalid"},{"sid":"d","status":"valid"}]}`)
	got, err := protocol.AppendResults(nil, items, body)
	if err != nil {
		t.Fatal(err)
	}
	var sids []string
	var shared []bool
	for i, r := range got {
		sids = append(sids, r.SID)
		shared = append(shared, i < len(items) && unsafe.StringData(r.SID) == unsafe.StringData(items[i].SID))
	}
	if want := []string{"a:1", "c:3", "c:3", "d"}; !slices.Equal(sids, want) {
		t.Errorf("got %q, want %q", sids, want)
	}
	if want := []bool{true, false, true, false}; !slices.Equal(shared, want) {
		t.Errorf("shared %v, want %v", shared, want)
	}
}

func BenchmarkAppendResults(b *testing.B) {
	for _, n := range []int{1, 100, 1000} {
		sent := results(n)
		body := protocol.AppendResponse(nil, protocol.Response{Results: sent})
		items := make([]protocol.Item, n)
		for i, r := range sent {
			items[i].SID = r.SID
		}
		b.Run(fmt.Sprintf("results=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			var dst []protocol.Result
			for b.Loop() {
				dst, _ = protocol.AppendResults(dst[:0], items, body)
			}
		})
	}
}
