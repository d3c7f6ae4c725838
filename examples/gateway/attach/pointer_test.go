package attach_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"ms2.internal/lb/examples/gateway/attach"
	"ms2.internal/lb/sdk/protocol"
)

func TestPointersLeadToSIDs(t *testing.T) {
	const body = `{"a":{"b":"1","c":["2","3",["4"]],"":"5"},"d/e":"6","~f":"7","*":"8","n":null,"x":{"0":"9"},"bad":"a b","num":3}`
	for pointers, want := range map[string]string{
		"/a/b": "1", "/a/c/*": "2 3", "/a/c/*/*": "4", "/a/": "5", "/d~1e": "6", "/~0f": "7", "/x/0": "9", "/a/*": "1 5", "/a/c/0": "", "/a": "", "/n": "",
		"/*": "6 7 8", "/bad": "", "/num": "", "/a/b,/a/b,/x/0": "1 9", "/none/at/all": "",
	} {
		m := &ms2{}
		got := attached(t, newAttacher(t, m, attach.Options{SIDs: strings.Split(pointers, ",")}), body)
		if text := strings.ReplaceAll(strings.Join(got, " "), "for ", ""); text != want {
			t.Errorf("%s leads to %q, want %q", pointers, text, want)
		}
	}
	for _, bad := range []string{"", "a", "lines/*", "/a~", "/a~2b"} {
		if _, err := attach.New(&ms2{}, attach.Options{SIDs: []string{"/a", bad}}); err == nil || !strings.Contains(err.Error(), strconv.Quote(bad)) {
			t.Errorf("%q: got %v", bad, err)
		}
	}
}

// Whatever the pointer and the body, the body goes on as it came, and what is asked for is a SID, once each.
func FuzzAttach(f *testing.F) {
	f.Add("/lines/*/product/sid", `{"lines":[{"product":{"sid":"usb:046d:c52b"}}]}`)
	f.Add("/*/~1", `{"a":{"/":"b"},"c":[["x"]]}`)
	f.Fuzz(func(t *testing.T, pointer, body string) {
		m := &ms2{}
		a, err := attach.New(m, attach.Options{SIDs: []string{pointer}})
		if err != nil {
			return
		}
		tokens := attached(t, a, body)
		if len(m.asked) > protocol.MaxAttestations || len(tokens) > len(m.asked) {
			t.Errorf("%d attestations for %d requests", len(tokens), len(m.asked))
		}
		slices.Sort(m.asked)
		if len(slices.Compact(m.asked)) != len(m.asked) {
			t.Errorf("twice: %q", m.asked)
		}
	})
}
