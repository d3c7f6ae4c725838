package middleware_test

import (
	"strings"
	"testing"

	"ms2.internal/lb/sdk/middleware"
)

func TestWhatCanNotBeCheckedIsRefusedAtStart(t *testing.T) {
	json := middleware.JSON
	for want, o := range map[string]middleware.Options{
		"SIDs is empty":                      {},
		"a Field is empty":                   {SIDs: []middleware.Field{{}}},
		"has no name":                        {SIDs: []middleware.Field{middleware.Query("", "")}},
		"must be positive":                   {SIDs: []middleware.Field{json("/a", "")}, MaxBody: -1},
		`"Host" is no name of a field`:       {SIDs: []middleware.Field{middleware.Header("host", "")}},
		`"x:" is no name of a field`:         {SIDs: []middleware.Field{middleware.Header("x:", "")}},
		"which only a field of the body has": {SIDs: []middleware.Field{middleware.Path("a", "").Version("/b")}},
		`"a" is no JSON pointer`:             {SIDs: []middleware.Field{json("a", "")}},
		`"/a~2" is no JSON pointer`:          {SIDs: []middleware.Field{json("/a~2", "")}},
		`"/a~" is no JSON pointer`:           {SIDs: []middleware.Field{json("/a~", "")}},
		`"/a" leads where another does`:      {SIDs: []middleware.Field{json("/a", "x"), json("/a", "y")}},
		`"/t" leads where another does`:      {SIDs: []middleware.Field{json("/t", "")}, Attestations: []string{"/t"}},
		`"/a/b" meets another`:               {SIDs: []middleware.Field{json("/a", ""), json("/a/b", "")}},
		`"/b" leads where another does`:      {SIDs: []middleware.Field{json("/b/a", ""), json("/b", "")}},
		`"/a/x" meets another`:               {SIDs: []middleware.Field{json("/a/*", ""), json("/a/x", "")}},
		`"/a/*" meets another`:               {SIDs: []middleware.Field{json("/a/x", ""), json("/a/*", "")}},
		`"/A" meets another`:                 {SIDs: []middleware.Field{json("/a", ""), json("/A", "")}},
		`"/t/*" meets another`:               {SIDs: []middleware.Field{json("/a", "")}, Attestations: []string{"/t", "/t/*"}},
		"both must be members of objects":    {SIDs: []middleware.Field{json("/a/*", "").Version("/v")}},
		"and put none into the version":      {SIDs: []middleware.Field{json("/a", "").Version("/v/*")}},
		`begin it with /`:                    {SIDs: []middleware.Field{json("/a", "").Version("v")}},
		`"/v" leads where another does`:      {SIDs: []middleware.Field{json("/a", "").Version("/v"), json("/b", "").Version("/v")}},
	} {
		if _, err := middleware.New(genuine(), o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", o, err, want)
		}
	}
	if _, err := middleware.New(nil, middleware.Options{SIDs: []middleware.Field{json("/a", "")}}); err == nil {
		t.Error("no client passes")
	}
	_, err := middleware.New(genuine(), middleware.Options{SIDs: []middleware.Field{json("a", ""), json("b", "")}})
	if err == nil || !strings.Contains(err.Error(), `"a"`) || !strings.Contains(err.Error(), `"b"`) {
		t.Errorf("not all at once: %v", err)
	}
}

func TestNamesInPointersMayHoldAnything(t *testing.T) {
	s := serve(t, "POST /", genuine(), middleware.Options{SIDs: []middleware.Field{
		middleware.JSON("/a~1b~0c/0/ü/", ""),
	}})
	if w := s.do("POST", "/", `{"a/b~c":{"0":{"ü":{"":"p1"}}}}`); w.Code != 200 || s.verdicts[0].Pointer != "/a~1b~0c/0/ü/" {
		t.Errorf("%d %s %+v", w.Code, w.Body, s.verdicts)
	}
	if w := serve(t, "POST /", genuine(), middleware.Options{SIDs: []middleware.Field{middleware.JSON("", "")}}).do("POST", "/", ` "p1"`); w.Code != 200 {
		t.Errorf("the whole body: %d %s", w.Code, w.Body)
	}
}
