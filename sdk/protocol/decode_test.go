package protocol_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"ms2.internal/lb/sdk/protocol"
)

// result1 wraps members into a response of one result.
func result1(members string) string { return `{"results":[{` + members + `}]}` }

const good = `"sid":"a","status":"valid"`

func TestAWellFormedResponseIsReadInFull(t *testing.T) {
	full := protocol.Result{SID: "a", Status: protocol.StatusValid}
	with := func(change func(*protocol.Result)) protocol.Result {
		r := full
		change(&r)
		return r
	}
	for name, c := range map[string]struct {
		body string
		want protocol.Result
	}{
		"the least":                  {result1(good), full},
		"white space":                {" {\t\"results\" :\r\n[ { \"sid\" : \"a\" , \"status\":\"valid\" } ] } \n", full},
		"unknown members":            {result1(good + `,"x":{"y":[1,-2.5e+3,true,false,null,"\u0000",{}]},"z":[]`), full},
		"names of another case":      {result1(good + `,"SID":"b","Max_age":5,"KIND":7`), full},
		"an escaped name":            {result1(`"s\u0069d":"a","status":"valid"`), full},
		"nulls":                      {result1(good + `,"kind":null,"version":null,"max_age":null`), full},
		"escapes":                    {result1(`"sid":"\u0061","status":"v\u0061lid"`), full},
		"the last of doubles":        {result1(`"sid":"b","max_age":5,` + good + `,"max_age":6`), with(func(r *protocol.Result) { r.MaxAge = 6 })},
		"a null after a value":       {result1(good + `,"kind":"k","kind":null`), full},
		"results of another case":    {`{"Results":[],"results":[{` + good + `}]}`, full},
		"a surrogate pair":           {result1(good + `,"kind":"\ud83d\ude00"`), with(func(r *protocol.Result) { r.Kind = "😀" })},
		"a lone surrogate":           {result1(good + `,"kind":"\ud83d!"`), with(func(r *protocol.Result) { r.Kind = "\ufffd!" })},
		"a surrogate before another": {result1(good + `,"kind":"\ud83d\u0041"`), with(func(r *protocol.Result) { r.Kind = "\ufffdA" })},
		"every short escape":         {result1(good + `,"kind":"\b\f\n\r\t\"\\\/"`), with(func(r *protocol.Result) { r.Kind = "\b\f\n\r\t\"\\/" })},
		"the longest label":          {result1(good + `,"version":"` + strings.Repeat("v", 128) + `"`), with(func(r *protocol.Result) { r.Version = strings.Repeat("v", 128) })},
		"an age of centuries":        {result1(good + `,"max_age":99999999999999999999999999`), with(func(r *protocol.Result) { r.MaxAge = 315360000 })},
		"ages":                       {result1(good + `,"max_age":1,"stale_while_revalidate":2,"stale_if_error":3`), with(func(r *protocol.Result) { r.MaxAge, r.StaleWhileRevalidate, r.StaleIfError = 1, 2, 3 })},
		"the deepest nesting":        {result1(good + `,"x":` + strings.Repeat("[", 61) + strings.Repeat("]", 61)), full},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := protocol.DecodeResponse([]byte(c.body))
			if err != nil || !reflect.DeepEqual(got.Results, []protocol.Result{c.want}) {
				t.Errorf("got %+v, %v, want %+v", got.Results, err, c.want)
			}
		})
	}
}

func TestAResponseOfAnotherShapeIsMalformed(t *testing.T) {
	for name, body := range map[string]string{
		"nothing":                   ``,
		"a page":                    `<html>login</html>`,
		"an array":                  `[]`,
		"no results":                `{}`,
		"results of another case":   `{"Results":[]}`,
		"null results":              `{"results":null}`,
		"results taken back":        `{"results":[],"results":null}`,
		"results after a null":      `{"results":null,"results":[]}`,
		"results twice":             `{"results":[],"results":[{` + good + `}]}`,
		"the same results twice":    `{"results":[{` + good + `}],"results":[{` + good + `}]}`,
		"an escaped name again":     `{"results":[],"re\u0073ults":[]}`,
		"results of another type":   `{"results":{}}`,
		"a null result":             `{"results":[null]}`,
		"cut off":                   `{"results":[{` + good + `}`,
		"two documents":             `{"results":[]}{"results":[]}`,
		"a comma too many":          `{"results":[],}`,
		"a comma too few":           `{"results":[{` + good + `}{` + good + `}]}`,
		"brackets that cross":       `{"results":[}]`,
		"attestations twice":        `{"results":[],"attestations":["a"],"attestations":["a"]}`,
		"attestations taken back":   `{"results":[],"attestations":["a"],"\u0061ttestations":null}`,
		"attestations as an object": `{"results":[],"attestations":{}}`,
		"an attestation alone":      `{"results":[],"attestations":"a"}`,
		"a null attestation":        `{"results":[],"attestations":[null]}`,
		"an empty attestation":      `{"results":[],"attestations":[""]}`,
		"two attestations in one":   `{"results":[],"attestations":["a,b"]}`,
		"an attestation of blanks":  `{"results":[],"attestations":["a b"]}`,
		"an attestation too long":   `{"results":[],"attestations":["` + strings.Repeat("x", 4097) + `"]}`,
		"too many attestations":     `{"results":[],"attestations":["x"` + strings.Repeat(`,"x"`, 1000) + `]}`,
		"attestations without more": `{"attestations":["a"]}`,
		"a bad result once doubled": `{"results":[{}],"results":[]}`,
		"no sid":                    result1(`"status":"valid"`),
		"an empty sid":              result1(`"sid":"","status":"valid"`),
		"a sid with a blank":        result1(`"sid":"a b","status":"valid"`),
		"a sid of another type":     result1(`"sid":1,"status":"valid"`),
		"no status":                 result1(`"sid":"a"`),
		"a null status":             result1(good + `,"status":null`),
		"an unknown status":         result1(`"sid":"a","status":"VALID"`),
		"an empty status":           result1(`"sid":"a","status":""`),
		"a negative age":            result1(good + `,"max_age":-1`),
		"minus zero":                result1(good + `,"max_age":-0`),
		"a broken age":              result1(good + `,"max_age":1.5`),
		"an age with an exponent":   result1(good + `,"max_age":6e1`),
		"an age as text":            result1(good + `,"max_age":"60"`),
		"an age with a zero before": result1(good + `,"max_age":060`),
		"a kind too long":           result1(good + `,"kind":"` + strings.Repeat("k", 129) + `"`),
		"a version too long":        result1(good + `,"version":"` + strings.Repeat("é", 65) + `"`),
		"bytes that are not UTF-8":  result1(good + ",\"kind\":\"\xff\""),
		"a control character":       result1(good + ",\"kind\":\"\n\""),
		"one after an escape":       result1(good + ",\"kind\":\"\\n\n\""),
		"an unknown escape":         result1(good + `,"kind":"\x41"`),
		"an escape cut off":         `{"results":[{"sid":"\`,
		"digits cut off":            `{"results":[{"sid":"\u00`,
		"digits that are none":      result1(good + `,"kind":"\u00g0"`),
		"a word misspelt":           result1(good + `,"x":nul`),
		"a number without digits":   result1(good + `,"x":-`),
		"a point without digits":    result1(good + `,"x":1.`),
		"an exponent without any":   result1(good + `,"x":1e+`),
		"one level too deep":        result1(good + `,"x":` + strings.Repeat("[", 62) + strings.Repeat("]", 62)),
		"a bomb of brackets":        `{"x":` + strings.Repeat("[", 1<<20),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := protocol.DecodeResponse([]byte(body))
			if !errors.Is(err, protocol.ErrMalformed) || got.Results != nil {
				t.Errorf("got %+v, %v, want ErrMalformed", got, err)
			}
			if _, err := referenceResponse([]byte(body)); err == nil {
				t.Error("the reference decoder takes it")
			}
		})
	}
}

func TestAResponseHoldsAtMostTwiceTheItems(t *testing.T) {
	if got, err := protocol.DecodeResponse(protocol.AppendResponse(nil, protocol.Response{Results: results(2000)})); err != nil || len(got.Results) != 2000 {
		t.Errorf("2000 results: got %d, %v", len(got.Results), err)
	}
	if _, err := protocol.DecodeResponse(protocol.AppendResponse(nil, protocol.Response{Results: results(2001)})); !errors.Is(err, protocol.ErrMalformed) {
		t.Errorf("2001 results: got %v, want ErrMalformed", err)
	}
}

func TestOnlyWhoAsksForAttestationsReadsThem(t *testing.T) {
	sent := protocol.Response{Results: results(2), Attestations: []string{"a.b.c", `d"e`}}
	body := protocol.AppendResponse(nil, sent)
	if got, err := protocol.DecodeResponse(body); err != nil || !reflect.DeepEqual(got, sent) {
		t.Errorf("got %+v, %v, want %+v", got, err, sent)
	}
	for _, body := range []string{string(body), result1(good)[:len(result1(good))-1] + `,"attestations":7,"attestations":[null]}`} {
		if got, err := protocol.AppendResults(nil, nil, []byte(body)); err != nil || len(got) == 0 {
			t.Errorf("got %+v, %v", got, err)
		}
	}
}

func TestTheResponseDoesNotChangeWithTheBody(t *testing.T) {
	body := []byte(result1(good + `,"kind":"vendor"`))
	got, err := protocol.DecodeResponse(body)
	clear(body)
	if want := (protocol.Result{SID: "a", Status: "valid", Kind: "vendor"}); err != nil || got.Results[0] != want {
		t.Errorf("got %+v, %v, want %+v", got.Results, err, want)
	}
}

func FuzzDecodeResponse(f *testing.F) {
	f.Add(protocol.AppendResponse(nil, protocol.Response{Results: results(2)}))
	f.Add([]byte(result1(good + `,"x":{"y":[1,-2.5e+3,true,false,null,"\u0000",{}]},"max_age":60,"max_age":null`)))
	f.Add([]byte(result1(good + `,"kind":"\ud83d\ude00\ud83d\b\/"`)))
	f.Add([]byte(`{"results":[],"attestations":["a.b.c","\u0061"]}`))
	f.Add([]byte(`{"attestations":null,"results":[],"attestations":[]}`))
	f.Add([]byte(`{"results":null}`))
	f.Add([]byte(`{"results":[],"results":[]}`))
	f.Add([]byte(`{"results":null,"r\u0065sults":[{` + good + `}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		want, wantErr := referenceResponse(body)
		got, err := protocol.DecodeResponse(body)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("got error %v, want %v", err, wantErr)
		}
		if err == nil && !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if again, err := protocol.AppendResults(nil, nil, body); wantErr == nil && (err != nil || !reflect.DeepEqual(again, want.Results)) {
			t.Errorf("without attestations got %+v, %v, want %+v", again, err, want.Results)
		}
		if err != nil && !errors.Is(err, protocol.ErrMalformed) {
			t.Errorf("got %v, which is not ErrMalformed", err)
		}
	})
}

func BenchmarkDecodeResponse(b *testing.B) {
	for _, n := range []int{1, 100, 1000} {
		body := protocol.AppendResponse(nil, protocol.Response{Results: results(n)})
		b.Run(fmt.Sprintf("results=%d/of=protocol", n), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				_, _ = protocol.DecodeResponse(body)
			}
		})
		b.Run(fmt.Sprintf("results=%d/of=encoding-json", n), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				var r protocol.Response
				_ = json.Unmarshal(body, &r)
			}
		})
	}
}
