package attempt_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/protocol"
)

// pointer is the place that text names.
func pointer(t testing.TB, text string) attempt.Pointer {
	t.Helper()
	p, err := attempt.ParsePointer(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAPointerHasNoTildeButInItsTwoEscapes(t *testing.T) {
	for text, good := range map[string]bool{
		"sid": true, "a~2b": true, "~": true, "/": true, "/a/b": true, "//": true, "/a~0b~1c": true, "/~01": true, "/0/-": true,
		"/a~2b": false, "/~": false, "/a/b~": false, "/~~00": false, "/~/0": false,
	} {
		if _, err := attempt.ParsePointer(text); (err == nil) != good {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// The document of RFC 6901, 5, with another number for each member.
const document = `{"foo":["10","11"],"":20,"a/b":21,"c%d":22,"e^f":23,"g|h":24,"i\\j":25,"k\"l":26," ":27,"m~n":28,"~1":29,"/":30}`

func TestTheSIDIsFoundWhereThePointerSays(t *testing.T) {
	for _, c := range []struct{ text, body, sid string }{
		{"/foo/0", document, "10"}, {"/foo/1", document, "11"}, {"/", document, "20"}, {"/a~1b", document, "21"}, {"/c%d", document, "22"},
		{"/e^f", document, "23"}, {"/g|h", document, "24"}, {`/i\j`, document, "25"}, {`/k"l`, document, "26"}, {"/ ", document, "27"},
		{"/m~0n", document, "28"}, {"/~01", document, "29"}, {"/~1", document, "30"}, {"a/b", document, "21"}, {"~1", document, "29"},

		{"/data/id", `{"id":"b","data":{"x":[{"id":"b"}],"id":"a","y":{}},"z":"b"}`, "a"},
		{"/0/id", ` [ { "id" : "a" } ] `, "a"},
		{"/12", `[0,1,2,3,4,5,6,7,8,9,10,11,"a",13]`, "a"},
		{"/0", `{"0":"a"}`, "a"},
		{"id", `{"x":["]","}\"]",{"id":"b"}],"id":"a"}`, "a"},
		{"/a//b", `{"a":{"":{"b":"a"}}}`, "a"},
		{"/\u00fc", `{"\u00fc":"\u0061"}`, "a"},
		{"id", `{"id":12345}`, "12345"},
		{"id", `{"id": -1.50E+2 }`, "-1.50E+2"},
		{"id", `{"id":12345678901234567890123}`, "12345678901234567890123"},
		{"id", `{"id":1e999,"x":1e999}`, "1e999"},
		{"id", `{"id":"b","id":"a"}`, "a"},
		{"/a/id", `{"a":{"id":"b"},"a":{"id":"a"}}`, "a"},
		{"id", `{"id":"true"}`, "true"},
	} {
		if _, err := attempt.Believe([]byte(c.body), pointer(t, c.text), c.sid); err != nil {
			t.Errorf("%s in %s: %v", c.text, c.body, err)
		}
	}
}

func TestASIDAnywhereElseValidatesNothing(t *testing.T) {
	for _, c := range []struct{ text, body, sid string }{
		{"/data/id", `{"id":"a"}`, "a"}, {"/data/id", `{"data":"a"}`, "a"}, {"/data/id", `{"data":["id","a"]}`, "a"}, {"/data/id", `{"data.id":"a"}`, "a"},
		{"/data/id", `{"data":{"ID":"a"}}`, "a"}, {"/data/id", `{"data":{"id":["a"]}}`, "a"}, {"/data/id", `{"data":{"x":{"id":"a"}}}`, "a"},
		{"/data/id", `[{"data":{"id":"a"}}]`, "a"}, {"/data/id", `{"data":{"id":"a"}`, "a"}, {"/data/id", `{"data":{"id":"a"}} {}`, "a"},
		{"/data/id", `{"data":{"id":"a"},"data":{}}`, "a"}, {"/data/id", `{"data":{"id":"a"},"data":"a"}`, "a"}, {"/data/id", `{"data":{"id":"a","id":"b"}}`, "a"},
		{"data/id", `{"data":{"id":"a"}}`, "a"},
		{"/00", `["a","a"]`, "a"}, {"/01", `["a","a"]`, "a"}, {"/-", `["a"]`, "a"}, {"/+0", `["a"]`, "a"}, {"/-0", `["a"]`, "a"}, {"/1", `["a"]`, "a"},
		{"/9223372036854775808", `["a"]`, "a"}, {"0", `["a"]`, "a"},
		{"id", `{"id":12345.0}`, "12345"}, {"id", `{"id":1.2345e4}`, "12345"}, {"id", `{"id":"012345"}`, "12345"}, {"id", `{"id":-0}`, "0"},
		{"id", `{"id":true}`, "true"}, {"id", `{"id":null}`, "null"}, {"id", `{"id":{}}`, "{}"}, {"id", `{"id":[1]}`, "[1]"}, {"id", `{"id":"a"}`, `"a"`},
		{"\xff", "{\"\xff\":\"a\"}", "a"}, // encoding/json reads the name as U+FFFD
		{"id", `12345`, "12345"}, {"id", `{"id":012345}`, "012345"}, {"id", `{"id":+1}`, "+1"},
	} {
		if _, err := attempt.Believe([]byte(c.body), pointer(t, c.text), c.sid); err == nil {
			t.Errorf("%s in %s makes %s valid", c.text, c.body, c.sid)
		}
	}
}

func TestTheKindIsATopLevelMemberWhereverTheSIDIs(t *testing.T) {
	kind, err := attempt.Believe([]byte(`{"data":{"id":"a","kind":"x"},"kind":"vendor","Kind":"y"}`), pointer(t, "/data/id"), "a")
	if err != nil || kind != "vendor" {
		t.Errorf("%q, %v", kind, err)
	}
}

func TestABodyThatDoesNotRepeatTheSIDIsToldOfByItsPlace(t *testing.T) {
	for body, want := range map[string]string{
		`{"id":"a"}`:              `nothing at "/data/id"`,
		`{"data":{"id":"b"}}`:     `"b" at "/data/id"`,
		`{"data":{"id":{"x":1}}}`: `"{\"x\":1}" at "/data/id"`,
		`{"data":{"id":"` + strings.Repeat("x", 5000) + `"}}`: `x"… at "/data/id"`,
		"<html>": "not JSON",
	} {
		_, err := attempt.Believe([]byte(body), pointer(t, "/data/id"), "a")
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "MS2_SINGLE_SID_FIELD") || len(err.Error()) > 400 {
			t.Errorf("%.50s: %v", body, err)
		}
	}
}

// hostile are bodies of a size that would be costly to read again at each step.
func hostile(size int) map[string]string {
	const deep = 5000
	return map[string]string{
		"one name over and over":    "{" + strings.Repeat(`"a":{"a":1},`, size/12) + `"a":{}}`,
		"other names":               "{" + strings.Repeat(`"b":1,`, size/6) + `"b":1}`,
		"a long array":              "[" + strings.Repeat("1,", size/2) + "1]",
		"deep":                      strings.Repeat(`{"a":`, deep) + strings.Repeat(" ", size) + "1" + strings.Repeat("}", deep),
		"deep behind what is large": strings.Repeat(`{"b":"`+strings.Repeat("x", size/deep)+`","a":`, deep) + "1" + strings.Repeat("}", deep),
	}
}

// The time is held against that of one look at the body, in the same run: to read it again at each of the steps would take
// thousands of times as long.
func TestTheCostOfFindingTheSIDIsLinear(t *testing.T) {
	const most = 50
	at := pointer(t, strings.Repeat("/a", 6000))
	for name, body := range hostile(protocol.MaxResponseBytes / 16) {
		took := fastest(func() { _, _ = attempt.Believe([]byte(body), at, "x") })
		if look := fastest(func() { json.Valid([]byte(body)) }); took > most*look {
			t.Errorf("%s: %v, beside %v to see whether it is JSON", name, took, look)
		}
	}
}

// fastest is the least time of a few runs.
func fastest(run func()) time.Duration {
	least := time.Hour
	for range 3 {
		start := time.Now()
		run()
		least = min(least, time.Since(start))
	}
	return least
}

func BenchmarkBelieve(b *testing.B) {
	var body bytes.Buffer
	body.WriteString(`{"data":{"links":[`)
	for i := range 20 {
		fmt.Fprintf(&body, `{"rel":"%d","href":"/x"},`, i)
	}
	body.WriteString(`0],"id":"usb:046d"},"kind":"vendor"}`)
	for name, c := range map[string]struct{ at, body string }{
		"small": {"sid", `{"sid":"usb:046d","kind":"vendor","version":"7"}`},
		"large": {"/data/id", body.String()},
	} {
		b.Run(name, func(b *testing.B) {
			at := pointer(b, c.at)
			for b.Loop() {
				if _, err := attempt.Believe([]byte(c.body), at, "usb:046d"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
