package middleware_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"ms2.internal/lb/sdk/middleware"
)

// order is what a body may be in these tests.
var order = middleware.Options{
	SIDs: []middleware.Field{
		middleware.JSON("/product", "product"),
		middleware.JSON("/vendor/sid", "vendor").Optional().Version("/version"),
		middleware.JSON("/lines/*/sk", "product").Optional(),
	},
	Attestations: []string{"/tokens"},
}

func nested(depth int) string {
	return `{"product":"p1","x":` + strings.Repeat("[", depth) + "1" + strings.Repeat("]", depth) + `}`
}

func TestABodyThatTwoParsersMayReadDifferentlyIsRefused(t *testing.T) {
	for name, body := range map[string]string{
		"a name twice":                           `{"product":"p1","product":"evil"}`,
		"a name twice, the good one last":        `{"product":"evil","product":"p1"}`,
		"a name in another case as well":         `{"product":"p1","Product":"evil"}`,
		"a name in another case first":           `{"PRODUCT":"evil","product":"p1"}`,
		"only a name in another case":            `{"Product":"p1"}`,
		"another case of an optional one":        `{"product":"p1","Vendor":{"sid":"evil"}}`,
		"another case below an optional one":     `{"product":"p1","vendor":{"SID":"evil"}}`,
		"long s for s":                           `{"product":"p1","vendor":{"ſid":"evil"}}`,
		"kelvin sign for k":                      `{"product":"p1","lines":[{"sK":"evil"}]}`,
		"dotless i for i":                        `{"product":"p1","vendor":{"sıd":"evil"}}`,
		"dotted capital i for i":                 `{"product":"p1","vendor":{"sİd":"evil"}}`,
		"an escaped name":                        `{"product":"p1","\u0070roduct":"evil"}`,
		"an escaped name alone":                  `{"\u0070roduct":"p1"}`,
		"an escaped name where no pointer leads": `{"product":"p1","a":{"\u0062":1}}`,
		"a name twice where no pointer leads":    `{"product":"p1","a":[{"b":1,"b":2}]}`,
		"two cases where no pointer leads":       `{"product":"p1","a":{"b":1,"B":2}}`,
		"another case of the version":            `{"product":"p1","vendor":{"sid":"v1","Version":"2"}}`,
		"a container twice":                      `{"product":"p1","vendor":{"sid":"v1"},"vendor":{"sid":"evil"}}`,
		"a list twice":                           `{"product":"p1","lines":[],"lines":[{"sk":"evil"}]}`,
		"the ninth name twice":                   `{"product":"p1","1":1,"2":1,"3":1,"4":1,"5":1,"6":1,"7":1,"8":1,"9":1,"8":2}`,
		"a second value":                         `{"product":"p1"}{"product":"evil"}`,
		"a second value on a line of its own":    "{\"product\":\"p1\"}\n{\"product\":\"evil\"}",
		"the first of nine twice":                `{"1":1,"2":1,"3":1,"4":1,"5":1,"6":1,"7":1,"8":1,"product":"p1","1":2}`,
		"something behind":                       `{"product":"p1"}]`,
		"a NUL behind":                           "{\"product\":\"p1\"}\x00",
		"white space alone":                      " ",
		"a comment":                              `{"product":/**/"p1"}`,
		"a trailing comma":                       `{"product":"p1",}`,
		"single quotes":                          `{'product':'p1'}`,
		"NaN":                                    `{"product":"p1","x":NaN}`,
		"a byte order mark":                      "\ufeff" + `{"product":"p1"}`,
		"UTF-16":                                 "{\x00\"\x00p\x00",
		"bytes that are not UTF-8":               "{\"product\":\"p1\",\"x\":\"\xff\"}",
		"an overlong encoding":                   "{\"product\":\"p1\",\"x\":\"\xc0\xaf\"}",
		"half a surrogate pair":                  `{"product":"p1","x":"\ud800"}`,
		"the other half":                         `{"product":"p1","x":"\udc00"}`,
		"two first halves":                       `{"product":"p1","x":"\ud800\ud800"}`,
		"a half and an escape":                   `{"product":"p1","x":"\ud800\n"}`,
		"a half in a name":                       `{"product":"p1","tokens":{"\ud800":"t"}}`,
		"an attestation twice, by an escape":     `{"product":"p1","tokens":{"p1":"t","\u00701":"u"}}`,
		"a control character":                    "{\"product\":\"p1\",\"x\":\"\n\"}",
		"65 levels":                              nested(64),
		"a hundred thousand levels":              nested(100_000),
	} {
		t.Run(name, func(t *testing.T) {
			client := genuine()
			s := serve(t, "POST /", client, order)
			if p := s.refused(t, s.do("POST", "/", body), http.StatusBadRequest); p.Detail == "" || client.calls() > 0 {
				t.Errorf("%+v, %d calls", p, client.calls())
			}
		})
	}
}

func TestWhatIsNotWhereItShouldBeIsNamed(t *testing.T) {
	for body, want := range map[string]string{
		`{}`:                           "/product is missing",
		`null`:                         "/product is missing",
		`{"product":null}`:             "/product is missing",
		`{"product":7}`:                "/product is a number or a boolean, not a string",
		`{"product":["p1"]}`:           "/product is an array, not a string",
		`{"product":{"p1":"p1"}}`:      "/product is an object, not a string",
		`[{"product":"p1"}]`:           " the body is an array, not an object",
		`"p1"`:                         " the body is a string, not an object",
		`{"product":"p1","vendor":[]}`: "/vendor is an array, not an object",
		`{"product":"p1","vendor":{"sid":"v1","version":7}}`:                                  "/vendor/version is a number or a boolean, not a string",
		`{"product":"p1","vendor":{"sid":"v1","version":"` + strings.Repeat("1", 129) + `"}}`: "/vendor/version is longer than a version, of at most 128 bytes",
		`{"product":"p1","lines":"p1"}`:                                                       "/lines is a string, not an array or an object",
		`{"product":"p1","lines":["p1"]}`:                                                     "/lines/0 is a string, not an object",
		`{"product":"p1","lines":{"a/b~":{"sk":false}}}`:                                      "/lines/a~1b~0/sk is a number or a boolean, not a string",
		`{"product":"p1","tokens":[["t"]]}`:                                                   "/tokens/0 is an array, not a string",
		`{"product":"p1","tokens":true}`:                                                      "/tokens is a number or a boolean, not a string or an array or an object",
	} {
		s := serve(t, "POST /", genuine(), order)
		p := s.refused(t, s.do("POST", "/", body), http.StatusUnprocessableEntity)
		if p.Type != middleware.TypeBadSIDs || len(p.Errors) != 1 || p.Errors[0].Pointer+" "+p.Errors[0].Detail != want {
			t.Errorf("%s: %+v, want %q", body, p, want)
		}
	}
}

func TestTheHandlerGetsTheVeryBytesThatWereChecked(t *testing.T) {
	for _, body := range []string{
		`{"product":"p1"}`,
		" {\t\"product\" :\r\n\"\\u00701\" } \n",
		`{"vendor":{"version":"7","sid":"v1","other":{}},"product":"p2","lines":[{"sk":"p1"},{},null,{"sk":null}],"n":1e400,"😀":"\ud83d\ude00"}`,
		`{"product":"p1","lines":{"a":{"sk":"p1"},"A":{"sk":"p2"},"\u0062":{}},"vendor":null,"tokens":{"p1":"t","P1":"u"}}`,
		nested(63),
	} {
		s := serve(t, "POST /", genuine(), order)
		w := s.do("POST", "/", body)
		if w.Code != http.StatusOK || s.reached != 1 || s.body != body || s.request.ContentLength != int64(len(body)) {
			t.Errorf("%s: %d %s, got %s", body, w.Code, w.Body, s.body)
		}
	}
}

func TestOnlyJSONInUTF8IsRead(t *testing.T) {
	for name, header := range map[string][]string{
		"no type":            nil,
		"text":               {"Content-Type", "text/json"},
		"a form":             {"Content-Type", "application/x-www-form-urlencoded"},
		"two types":          {"Content-Type", "application/json", "Content-Type", "application/xml"},
		"a charset":          {"Content-Type", "application/json; charset=utf-16"},
		"a malformed type":   {"Content-Type", "application/json; charset=utf-8; charset=utf-7"},
		"gzip":               {"Content-Type", "application/json", "Content-Encoding", "gzip"},
		"a type like JSON's": {"Content-Type", "application/jsonp"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, "POST /", genuine(), order)
			s.refused(t, s.send(`{"product":"p1"}`, header...), http.StatusUnsupportedMediaType)
		})
	}
	s := serve(t, "POST /", genuine(), order)
	for _, accepted := range []string{"application/json;charset=UTF-8", "application/vnd.shop.order+json"} {
		if w := s.send(`{"product":"p1"}`, "Content-Type", accepted); w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", accepted, w.Code, w.Body)
		}
	}
}

func TestABodyBeyondTheLimitIsRefused(t *testing.T) {
	o := order
	o.MaxBody = 20
	s := serve(t, "POST /", genuine(), o)
	s.refused(t, s.do("POST", "/", `{"product":"p1"     }`), http.StatusRequestEntityTooLarge)
	if w := s.do("POST", "/", `{"product":"p1"    }`); w.Code != http.StatusOK {
		t.Errorf("at the limit: %d %s", w.Code, w.Body)
	}
}

func TestARequestWithoutABodyLacksWhatIsRequired(t *testing.T) {
	s := serve(t, "GET /", genuine(), order)
	p := s.refused(t, s.do("GET", "/", ""), http.StatusUnprocessableEntity)
	if len(p.Errors) != 1 || p.Errors[0].Pointer != "/product" {
		t.Errorf("%+v", p)
	}
	s = serve(t, "GET /", genuine(), middleware.Options{SIDs: order.SIDs[1:]})
	if w := s.do("GET", "/", ""); w.Code != http.StatusOK || s.reached != 1 || s.verdicts != nil {
		t.Errorf("optional: %d %s %v", w.Code, w.Body, s.verdicts)
	}
}

func TestAnEmptyListIsCompleteAndAnAbsentOneIsNot(t *testing.T) {
	o := middleware.Options{SIDs: []middleware.Field{middleware.JSON("/lines/*/a~1b", "")}}
	s := serve(t, "POST /", genuine(), o)
	for _, body := range []string{`{}`, `{"lines":null}`} {
		if p := s.refused(t, s.do("POST", "/", body), http.StatusUnprocessableEntity); p.Errors[0].Pointer != "/lines/*/a~1b" {
			t.Errorf("%s: %+v", body, p)
		}
	}
	if p := s.refused(t, s.do("POST", "/", `{"lines":[{"a/b":"p1"},{}]}`), http.StatusUnprocessableEntity); p.Errors[0].Pointer != "/lines/1/a~1b" {
		t.Errorf("%+v", p)
	}
	if w := s.do("POST", "/", `{"lines":[]}`); w.Code != http.StatusOK {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestTooManySIDsAreRefusedUnasked(t *testing.T) {
	client := genuine()
	s := serve(t, "POST /", client, middleware.Options{MaxSIDs: 2, SIDs: []middleware.Field{middleware.JSON("/*", "")}})
	s.refused(t, s.do("POST", "/", `["p1","p1","p1"]`), http.StatusUnprocessableEntity)
	if p := s.refused(t, s.do("POST", "/", `[1,2,3]`), http.StatusUnprocessableEntity); p.Errors != nil {
		t.Errorf("%+v", p)
	}
	if w := s.do("POST", "/", `["p1","p1"]`); w.Code != http.StatusOK || client.calls() != 1 || len(client.checks[0]) != 1 || len(s.verdicts) != 2 {
		t.Errorf("%d %s, %v", w.Code, w.Body, client.checks)
	}
}

func TestNamesThatCameWithTheRequestAreCutOffInAnswers(t *testing.T) {
	s := serve(t, "POST /", genuine(), order)
	long := strings.Repeat("x", 100_000)
	if w := s.do("POST", "/", `{"product":"`+long+`","lines":{"`+long+`":{"sk":"`+long+`"}}}`); w.Code != http.StatusUnprocessableEntity || w.Body.Len() > 1000 {
		t.Errorf("%d, %d bytes", w.Code, w.Body.Len())
	}
	if w := s.do("POST", "/", `{"`+long+`":1,"`+long+`":2}`); w.Code != http.StatusBadRequest || w.Body.Len() > 1000 {
		t.Errorf("%d, %d bytes", w.Code, w.Body.Len())
	}
}

func TestABodyThatBreaksOffIsRefused(t *testing.T) {
	for status, body := range map[int]io.Reader{
		http.StatusBadRequest:            io.MultiReader(strings.NewReader(`{"product":"p1"}`), iotest.ErrReader(errors.New("reset"))),
		http.StatusRequestEntityTooLarge: http.MaxBytesReader(nil, io.NopCloser(strings.NewReader(`{"product":"p1"}`)), 3),
	} {
		s := serve(t, "POST /", genuine(), order)
		r := httptest.NewRequest("POST", "/", body)
		r.Header.Set("Content-Type", "application/json")
		s.refused(t, s.answer(r), status)
	}
}

func TestABodyOfUnknownLengthHasOneAfterwards(t *testing.T) {
	s := serve(t, "POST /", genuine(), order)
	r := httptest.NewRequest("POST", "/", io.MultiReader(strings.NewReader(`{"product":"p1"}`)))
	r.Header.Set("Content-Type", "application/json")
	r.TransferEncoding = []string{"chunked"}
	if w := s.answer(r); w.Code != http.StatusOK || s.request.ContentLength != 16 || s.request.TransferEncoding != nil {
		t.Errorf("%d %s, %d bytes %v", w.Code, w.Body, s.request.ContentLength, s.request.TransferEncoding)
	}
	if r.ContentLength != -1 {
		t.Error("the caller's request was changed")
	}
}
