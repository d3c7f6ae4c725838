package protocol_test

import (
	"strings"
	"testing"

	"ms2.internal/lb/sdk/protocol"
)

func TestASIDIsVisibleASCIIWithinItsLength(t *testing.T) {
	for name, c := range map[string]struct{ sid, wrong string }{
		"a product":              {"usb:046d:c52b", ""},
		"one byte":               {"x", ""},
		"the longest":            {strings.Repeat("x", 256), ""},
		"first and last visible": {"!~", ""},
		"slashes and quotes":     {`a/b//"\<%2F?#`, ""},
		"three dots":             {"...", ""},
		"a dot inside":           {"a.b", ""},
		"empty":                  {"", "empty"},
		"one too long":           {strings.Repeat("x", 257), "longer than 256"},
		"a dot":                  {".", `"."`},
		"two dots":               {"..", `".."`},
		"a blank":                {"a b", "0x20 at position 1"},
		"a line break":           {"ab\n", "0x0a at position 2"},
		"a NUL":                  {"\x00", "0x00 at position 0"},
		"a delete":               {"a\x7f", "0x7f at position 1"},
		"beyond ASCII":           {"é", "0xc3 at position 0"},
	} {
		t.Run(name, func(t *testing.T) {
			err := protocol.CheckSID(c.sid)
			if (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("CheckSID(%q) = %v, want %q", c.sid, err, c.wrong)
			}
		})
	}
}

func TestCheckingAGoodSIDAllocatesNothing(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { _ = protocol.CheckSID("usb:046d:c52b") }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

func FuzzCheckSID(f *testing.F) {
	f.Add("usb:046d")
	f.Add("a b")
	f.Add("..")
	f.Fuzz(func(t *testing.T, sid string) {
		good := len(sid) >= 1 && len(sid) <= 256 && sid != "." && sid != ".."
		for _, c := range []byte(sid) {
			good = good && c >= 0x21 && c <= 0x7e
		}
		if err := protocol.CheckSID(sid); (err == nil) != good {
			t.Errorf("CheckSID(%q) = %v", sid, err)
		}
	})
}

func BenchmarkCheckSID(b *testing.B) {
	for b.Loop() {
		_ = protocol.CheckSID("usb:046d:c52b")
	}
}
