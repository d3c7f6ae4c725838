package protocol_test

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"ms2.internal/lb/sdk/protocol"
)

// A shape is a hostile document of any length: its unit is repeated.
type shape struct{ before, unit, after string }

func (s shape) of(length int) string {
	return s.before + strings.Repeat(s.unit, length/len(s.unit)) + s.after
}

// A decoder is held to a cost in proportion to its input, whatever that holds.
type decoder struct {
	decode func(body []byte) error
	looked func(body []byte) int // bytes looked at

	open, close string // around the members of the object that it reads
	list        string // its array
	element     string // a good one of that array
	text        string // a member of the object that is a string
	number      string // one that is a number, "" for none

	once bool // no member that it knows may come twice, and no element
}

var longSID = strings.Repeat("s", 64)

var decoders = map[string]decoder{
	"DecodeResponse": {
		decode:  func(body []byte) error { _, err := protocol.DecodeResponse(body); return err },
		looked:  protocol.LookedAtResponse,
		open:    `{"results":[{"sid":"a","status":"valid",`,
		close:   `}]}`,
		list:    "results",
		element: `{"sid":"` + longSID + `","status":"valid"}`,
		text:    "kind",
		number:  "max_age",
	},
	"DecodeRequest": {
		decode:  func(body []byte) error { _, err := protocol.DecodeRequest(bytes.NewReader(body)); return err },
		looked:  protocol.LookedAtRequest,
		open:    `{"items":[{"sid":"a",`,
		close:   `}]}`,
		list:    "items",
		element: `{"sid":"` + longSID + `"}`,
		text:    "version",
	},
	"DecodeRequest, whom it is for": {
		decode:  func(body []byte) error { _, err := protocol.DecodeRequest(bytes.NewReader(body)); return err },
		looked:  protocol.LookedAtRequest,
		open:    `{"items":[{"sid":"a"}],"attest":true,`,
		close:   `}`,
		list:    "attest",
		element: `true`,
		text:    "subject",
		once:    true,
	},
	"DecodeResponse, its attestations": {
		decode:  func(body []byte) error { _, err := protocol.DecodeResponse(body); return err },
		looked:  protocol.LookedAtResponse,
		open:    `{"results":[],`,
		close:   `}`,
		list:    "attestations",
		element: `"` + longSID + `"`,
		text:    "attestations",
		once:    true,
	},
	"DecodeProblem": {
		decode:  func(body []byte) error { _, err := protocol.DecodeProblem(body); return err },
		looked:  protocol.LookedAtProblem,
		open:    `{`,
		close:   `}`,
		list:    "sids",
		element: `"` + longSID + `"`,
		text:    "detail",
		number:  "status",
	},
	"DecodeClaims": {
		decode:  func(body []byte) error { _, err := protocol.DecodeClaims(body); return err },
		looked:  protocol.LookedAtClaims,
		open:    `{"iss":"ms2","aud":"ms1","iat":1,"sids":[["","","a"]],`,
		close:   `,"exp":2}`,
		list:    "sids",
		element: `["vendor","7","` + longSID + `"]`,
		text:    "bnd",
		number:  "exp",
		once:    true,
	},
}

// shapes returns hostile documents for d by name.
func (d decoder) shapes() map[string]shape {
	list, lists := `"`+d.list+`":[`, `"`+d.list+`":[],`
	inside := func(before, unit, after string) shape { return shape{d.open + before, unit, after + d.close} }
	all := map[string]shape{
		"lists":                    {`{`, lists, `"x":0}`},
		"lists, an element each":   {`{`, list + d.element + `],`, `"x":0}`},
		"lists of null":            {`{`, `"` + d.list + `":null,`, lists + `"x":0}`},
		"lists of another type":    {`{`, `"` + d.list + `":{},`, lists + `"x":0}`},
		"lists that are not ended": {`{`, list, ``},
		"lists, and many sids":     {`{`, lists + `"x":["sid","sid","sid","sid"],`, `"x":0}`},
		"lists in escaped letters": {`{`, strings.ReplaceAll(lists, "s", `\u0073`), `"x":0}`},
		"elements":                 {`{` + list, d.element + `,`, d.element + `]}`},
		"elements of nothing":      {`{` + list, `{},`, `{}]}`},
		"elements of null":         {`{` + list, `null,`, `null]}`},
		"elements that are open":   {`{` + list, `{"x":[`, ``},
		"commas":                   {`{` + list, `,`, `]}`},
		"blanks around all":        {` `, " \t\r\n", `{` + list + d.element + `]}`},
		"blanks between elements":  {`{` + list, d.element + strings.Repeat(" ", 200) + `,`, d.element + `]}`},
		"blanks to the end":        {`{` + list + d.element + `]}`, " ", ``},

		"the same text again":    inside(``, `"`+d.text+`":"k",`, `"x":0`),
		"longer text again":      inside(``, `"`+d.text+`":"`+strings.Repeat("k", 100)+`","`+d.text+`":"K",`, `"x":0`),
		"sids again":             inside(``, `"sid":"a",`, `"sid":"b"`),
		"nulls again":            inside(``, `"`+d.text+`":null,`, `"x":0`),
		"a long text":            inside(`"`+d.text+`":"`, `k`, `"`),
		"a long sid":             inside(`"sid":"`, `k`, `"`),
		"a text not ended":       inside(`"`+d.text+`":"`, `k`, ``),
		"short escapes":          inside(`"`+d.text+`":"`, `\n`, `"`),
		"letters escaped":        inside(`"`+d.text+`":"`, `\u0041`, `"`),
		"surrogate pairs":        inside(`"`+d.text+`":"`, `\ud83d\ude00`, `"`),
		"lone surrogates":        inside(`"`+d.text+`":"`, `\ud83d`, `"`),
		"surrogates, then none":  inside(`"`+d.text+`":"`, `\ud83d\u0041`, `"`),
		"texts with an escape":   inside(``, `"`+d.text+`":"`+strings.Repeat("k", 100)+`\n",`, `"x":0`),
		"unknown members":        inside(``, `"x":0,`, `"x":0`),
		"unknown members' texts": inside(``, `"x":"`+strings.Repeat("k", 100)+`\n",`, `"x":0`),
		"a long name":            inside(`"`, `k`, `":0`),
		"a long name's escapes":  inside(`"`, `\u006b`, `":0`),
		"a large unknown object": inside(`"x":{`, `"y":[{"z":1.5e+3},"\n",true,false,null],`, `"x":0}`),
		"a deep unknown array":   inside(`"x":`, `[`, ``),
		"deep unknown objects":   inside(`"x":`, `{"x":`, ``),
		"deep as allowed, again": inside(``, `"x":`+strings.Repeat("[", 60)+strings.Repeat("]", 60)+`,`, `"x":0`),
		"an unknown number":      inside(`"x":-`, `9`, `.5`),
		"an unknown fraction":    inside(`"x":0.`, `9`, `e+5`),
		"an unknown exponent":    inside(`"x":1e`, `9`, ``),
		"unknown signs":          inside(`"x":`, `-`, `1`),
		"quotes":                 inside(``, `"`, ``),
		"backslashes":            inside(`"`, `\`, `":0`),
	}
	if d.number != "" {
		maps.Copy(all, map[string]shape{
			"a long number":  inside(`"`+d.number+`":`, `9`, ``),
			"numbers again":  inside(``, `"`+d.number+`":404,`, `"x":0`),
			"a long decimal": inside(`"`+d.number+`":1.`, `9`, ``),
		})
	}
	return all
}

// The lengths are small enough that no limit of the wire ends the reading of what is well-formed.
const (
	short  = 4 << 10
	growth = 8
	long   = growth * short
)

func TestADecoderLooksAtAFewTimesItsInput(t *testing.T) {
	for name, d := range decoders {
		for what, s := range d.shapes() {
			body := s.of(long)
			less, more := d.looked([]byte(s.of(short))), d.looked([]byte(body))
			if more > 3*len(body) || more > 3*growth/2*less+1000 {
				t.Errorf("%s, %s: looked at %d bytes, and of %d times the input at %d", name, what, less, growth, more)
			}
		}
	}
}

func TestADecoderTakesMemoryInProportionToItsInput(t *testing.T) {
	for name, d := range decoders {
		for what, s := range d.shapes() {
			body := []byte(s.of(long))
			less := allocated(func() { _ = d.decode([]byte(s.of(short))) })
			more := allocated(func() { _ = d.decode(body) })
			if more > 3*growth/2*less+4000 || more > 8*uint64(len(body)) {
				t.Errorf("%s, %s: took %d bytes, and for %d times the input %d", name, what, less, growth, more)
			}
		}
	}
}

// What is well-formed is read to its end, so that the counts above are of the whole.
func TestAWellFormedHostileShapeIsRead(t *testing.T) {
	again := []string{"elements", "blanks around all", "blanks between elements", "blanks to the end", "the same text again", "nulls again"}
	for name, d := range decoders {
		whats := []string{
			"sids again", "unknown members", "unknown members' texts", "a long name", "a long name's escapes", "a large unknown object",
			"deep as allowed, again", "an unknown number", "an unknown fraction", "an unknown exponent",
		}
		if !d.once {
			whats = append(whats, again...)
		}
		for _, what := range whats {
			if err := d.decode([]byte(d.shapes()[what].of(long))); err != nil {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
	}
}

// Headers and paths are read too. Nothing in them is counted byte by byte, but what they take is.
func TestAHandlerTakesMemoryInProportionToTheHeader(t *testing.T) {
	h := protocol.NewHandler(holding(map[string]protocol.Entity{"a": {Version: "7"}}), quiet(protocol.HandlerOptions{Token: "s3cret", Attester: &notary{}}))
	for name, shapes := range map[string][]shape{
		"If-None-Match": {
			{``, `"a",`, ``}, {``, `W/"a", `, `"7"`}, {``, `,`, `"7"`}, {``, ` `, `*`}, {``, `"`, ``}, {`"`, `a`, ``}, {`"`, `a`, `"`},
			{``, `W/`, `"7"`}, {``, `"` + strings.Repeat("a", 100) + `" `, ``},
		},
		"Authorization":        {{`Bearer `, ` `, `s3cret`}, {`Bearer `, `x`, ``}, {``, `Bearer `, ``}, {``, `x`, ``}},
		"Content-Type":         {{`application/json`, `;`, ``}, {`a/b`, `;c=d`, ``}, {`a/b;c="`, `\"`, `"`}, {`a/b;c="`, `d`, ``}, {`a/b`, ` `, `;`}, {``, `a`, `/b`}},
		protocol.HeaderAttest:  {{``, `1`, ``}, {``, ` `, `1`}},
		protocol.HeaderSubject: {{``, `x`, ``}, {``, "\xff", ``}, {``, ` `, `x`}},
		protocol.HeaderTimeout: {{``, `9`, ``}, {``, `0`, `5`}, {`1`, `_`, ``}, {``, ` `, `5`}},
	} {
		for _, s := range shapes {
			holdMemory(t, fmt.Sprintf("%s %.20s", name, s.of(short)), func(length int) {
				for method, path := range map[string]string{http.MethodGet: "/v1/sids/a", http.MethodPost: protocol.PathBatch} {
					r := httptest.NewRequest(method, path, strings.NewReader(`{"items":[{"sid":"a"}]}`))
					r.Header.Set("Authorization", "Bearer s3cret")
					r.Header.Set("Content-Type", "application/json")
					r.Header.Set(name, s.of(length))
					h.ServeHTTP(httptest.NewRecorder(), r)
				}
			})
		}
	}
	for _, s := range []shape{{``, `a`, ``}, {``, `%41`, ``}, {``, `a/`, ``}, {``, `/`, ``}, {``, `%2F`, ``}, {``, `%25`, ``}} {
		holdMemory(t, "path "+s.unit, func(length int) { get(h, "/v1/sids/"+s.of(length), "Authorization", "Bearer s3cret") })
	}
}

// holdMemory holds what serve takes to the length it is given.
func holdMemory(t *testing.T, what string, serve func(length int)) {
	t.Helper()
	less, more := allocated(func() { serve(short) }), allocated(func() { serve(long) })
	if more > 3*growth/2*less+16000 {
		t.Errorf("%s: took %d bytes, and for %d times the input %d", what, less, growth, more)
	}
}

// allocated returns how many bytes f allocates: the least of three runs, since the runtime allocates too.
func allocated(f func()) uint64 {
	least := ^uint64(0)
	for range 3 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		least = min(least, after.TotalAlloc-before.TotalAlloc)
	}
	return least
}

// What the scanner does not read it does not count.
func TestOnlyTheScannerReadsTheText(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if strings.HasPrefix(file, "scanner") || strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, own := range []string{"s.data", "s.pos"} {
			if bytes.Contains(text, []byte(own)) {
				t.Errorf("%s uses %s", file, own)
			}
		}
	}
}
