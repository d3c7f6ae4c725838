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

// payload wraps claims beside the least that a payload needs, but for the one that they replace.
func payload(without, claims string) string {
	all := []string{claims}
	for _, claim := range []string{`"iss":"ms2"`, `"aud":"ms1"`, `"iat":100`, `"exp":200`, `"sids":[["vendor","7","usb:046d"]]`} {
		if without == "" || !strings.HasPrefix(claim, `"`+without+`"`) {
			all = append(all, claim)
		}
	}
	return "{" + strings.TrimPrefix(strings.Join(all, ","), ",") + "}"
}

// tuples is a claim sids of n different SIDs.
func tuples(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(`["","","x%d"]`, i)
	}
	return `"sids":[` + strings.Join(all, ",") + `]`
}

func least() protocol.Claims {
	return protocol.Claims{
		Issuer: "ms2", Audience: "ms1", Issued: 100, Expires: 200,
		Items: []protocol.Attested{{Kind: "vendor", Version: "7", SID: "usb:046d"}},
	}
}

func TestClaimsAreWrittenAsTheContractShowsThem(t *testing.T) {
	c := least()
	c.Items = append(c.Items, protocol.Attested{SID: `a"b`})
	c.Binding = "digest"
	got := string(protocol.AppendClaims([]byte("> "), c))
	want := `> {"iss":"ms2","aud":"ms1","iat":100,"exp":200,"sids":[["vendor","7","usb:046d"],["","","a\"b"]],"bnd":"digest"}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// The numbers are those of the list of attacks on tokens that the project keeps; what it leaves out is not of the payload.
func TestAWellFormedPayloadIsReadInFull(t *testing.T) {
	with := func(change func(*protocol.Claims)) protocol.Claims {
		c := least()
		change(&c)
		return c
	}
	for name, c := range map[string]struct {
		payload string
		want    protocol.Claims
	}{
		"the least":                     {payload("", ""), least()},
		"a binding":                     {payload("", `"bnd":"d"`), with(func(c *protocol.Claims) { c.Binding = "d" })},
		"white space":                   {" " + strings.ReplaceAll(payload("", ""), ",", "\t,\r\n ") + "\n", least()},
		"unknown claims":                {payload("", `"nbf":1e9,"x":{"sids":[]},"jti":null`), least()},
		"unknown claims twice":          {payload("", `"x":1,"x":"2"`), least()},
		"an escaped name":               {payload("exp", `"\u0065xp":200`), least()},
		"23 another case":               {payload("", `"EXP":9,"Iss":7,"SIDS":[],"Bnd":""`), least()},
		"23 another case, the claim on": {strings.TrimSuffix(payload("", ""), "}") + `,"EXP":999}`, least()},
		"23 a long s folds to none":     {payload("", `"iſs":"evil","ſids":[]`), least()},
		"23 a name cut by NUL":          {payload("", `"exp\u0000":9`), least()},
		"45 the last second there is":   {payload("exp", `"exp":253402300799`), with(func(c *protocol.Claims) { c.Expires = 253402300799 })},
		"46 a life that ended early":    {payload("exp", `"exp":1`), with(func(c *protocol.Claims) { c.Expires = 1 })},
		"47 a long life":                {payload("exp", `"exp":99999999999`), with(func(c *protocol.Claims) { c.Expires = 99999999999 })},
		"50 issued in the future":       {payload("iat", `"iat":99999999999`), with(func(c *protocol.Claims) { c.Issued = 99999999999 })},
		"the longest label": {payload("sids", `"sids":[["k","`+strings.Repeat("v", 128)+`","a"]]`), with(func(c *protocol.Claims) {
			c.Items = []protocol.Attested{{Kind: "k", Version: strings.Repeat("v", 128), SID: "a"}}
		})},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := protocol.DecodeClaims([]byte(c.payload))
			if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, %v, want %+v", got, err, c.want)
			}
			if want, err := referenceClaims([]byte(c.payload)); err != nil || !reflect.DeepEqual(want, c.want) {
				t.Errorf("the reference decoder: %+v, %v, want %+v", want, err, c.want)
			}
		})
	}
}

func TestAPayloadThatCouldMeanTwoThingsIsMalformed(t *testing.T) {
	for name, body := range map[string]string{
		"nothing":                      ``,
		"null":                         `null`,
		"an array":                     `[]`,
		"nothing in it":                `{}`,
		"22 iss twice":                 payload("", `"iss":"ms2"`),
		"22 aud twice":                 payload("", `"aud":"ms1"`),
		"22 iat twice":                 payload("", `"iat":100`),
		"22 exp twice":                 payload("", `"exp":9999`),
		"22 exp twice, the later on":   strings.TrimSuffix(payload("", ""), "}") + `,"exp":9999}`,
		"22 sids twice":                payload("", `"sids":[["","","forged"]]`),
		"22 bnd twice":                 payload("", `"bnd":"d","bnd":"e"`),
		"22 exp twice, escaped":        payload("", `"\u0065xp":9999`),
		"22 exp twice, once null":      payload("", `"exp":null`),
		"22 iss twice, once a number":  payload("", `"iss":1`),
		"24 not UTF-8":                 payload("iss", "\"iss\":\"ms2\xff\""),
		"24 not UTF-8, unknown":        payload("", "\"x\":\"\xc0\xaf\""),
		"24 a surrogate in UTF-8":      payload("", "\"x\":\"\xed\xa0\x80\""),
		"24 a byte order mark":         "\xef\xbb\xbf" + payload("", ""),
		"24 UTF-16":                    "\xff\xfe{\x00}\x00",
		"25 a bracket behind":          payload("", "") + "}",
		"25 a NUL behind":              payload("", "") + "\x00",
		"25 a second payload":          payload("", "") + payload("", ""),
		"25 a byte before":             "x" + payload("", ""),
		"41 nested 20,000 deep":        payload("", `"x":`+strings.Repeat("[", 20000)+strings.Repeat("]", 20000)),
		"41 objects, 20,000 deep":      payload("", `"x":`+strings.Repeat(`{"x":`, 20000)+"0"+strings.Repeat("}", 20000)),
		"42 no SIDs":                   payload("sids", `"sids":[]`),
		"42 too many SIDs":             payload("sids", tuples(65)),
		"42 a malformed SID":           payload("sids", `"sids":[["","","a b"]]`),
		"42 an empty SID":              payload("sids", `"sids":[["","",""]]`),
		"42 a SID of dots":             payload("sids", `"sids":[["","",".."]]`),
		"42 a SID too long":            payload("sids", `"sids":[["","","`+strings.Repeat("x", 257)+`"]]`),
		"42 a kind too long":           payload("sids", `"sids":[["`+strings.Repeat("k", 129)+`","","a"]]`),
		"42 a version too long":        payload("sids", `"sids":[["","`+strings.Repeat("é", 65)+`","a"]]`),
		"42 sids that are null":        payload("sids", `"sids":null`),
		"42 sids that are an object":   payload("sids", `"sids":{"0":["","","a"]}`),
		"42 sids that are a string":    payload("sids", `"sids":"usb:046d"`),
		"42 a SID alone":               payload("sids", `"sids":["usb:046d"]`),
		"42 an empty tuple":            payload("sids", `"sids":[[]]`),
		"42 a tuple of two":            payload("sids", `"sids":[["","a"]]`),
		"42 a tuple of four":           payload("sids", `"sids":[["","","a",""]]`),
		"42 a comma behind the SID":    payload("sids", `"sids":[["","","a",]]`),
		"42 a null for a tuple":        payload("sids", `"sids":[["","","a"],null]`),
		"42 a null for a kind":         payload("sids", `"sids":[[null,"","a"]]`),
		"42 a null for a version":      payload("sids", `"sids":[["",null,"a"]]`),
		"42 a null for a SID":          payload("sids", `"sids":[["","",null]]`),
		"42 a number for a version":    payload("sids", `"sids":[["",7,"a"]]`),
		"43 a SID twice":               payload("sids", `"sids":[["","","a"],["","","a"]]`),
		"43 a SID in two versions":     payload("sids", `"sids":[["","1","a"],["","","b"],["","2","a"]]`),
		"43 a SID twice, once escaped": payload("sids", `"sids":[["","","a"],["","","\u0061"]]`),
		"49 iat missing":               payload("iat", ""),
		"46 exp missing":               payload("exp", ""),
		"52 aud missing":               payload("aud", ""),
		"52 aud an array":              payload("aud", `"aud":["ms1"]`),
		"52 aud an array of two":       payload("aud", `"aud":["ms1","other"]`),
		"52 aud empty":                 payload("aud", `"aud":""`),
		"52 aud null":                  payload("aud", `"aud":null`),
		"53 iss missing":               payload("iss", ""),
		"53 iss an array":              payload("iss", `"iss":["ms2"]`),
		"53 iss empty":                 payload("iss", `"iss":""`),
		"53 iss null":                  payload("iss", `"iss":null`),
		"sids missing":                 payload("sids", ""),
		"a binding of nothing":         payload("", `"bnd":""`),
		"a binding that is null":       payload("", `"bnd":null`),
		"a binding that is false":      payload("", `"bnd":false`),
		"a comma too many":             strings.TrimSuffix(payload("", ""), "}") + ",}",
		"a control character":          payload("", "\"x\":\"\n\""),
	} {
		t.Run(name, func(t *testing.T) { wantMalformedClaims(t, body) })
	}
}

func TestATimeIsWholeSecondsInDigitsUpToTheYear9999(t *testing.T) {
	for _, claim := range []string{"exp", "iat"} {
		for _, time := range []string{
			"1e400", "1e18", "1e2", "1E2", `"200"`, "true", "null", "200.5", "200.0", "[200]", "{}", "0", "-0", "-1", "+1", "0200", "0x1f", "NaN", "Infinity",
			"253402300800", "9007199254740993", "9223372036854775808", "18446744073709551816", strings.Repeat("9", 400),
		} {
			t.Run(claim+" "+time[:min(len(time), 20)], func(t *testing.T) {
				wantMalformedClaims(t, payload(claim, `"`+claim+`":`+time))
			})
		}
	}
}

func wantMalformedClaims(t *testing.T, body string) {
	t.Helper()
	got, err := protocol.DecodeClaims([]byte(body))
	if !errors.Is(err, protocol.ErrMalformed) || !reflect.DeepEqual(got, protocol.Claims{}) {
		t.Errorf("got %+v, %v, want ErrMalformed", got, err)
	}
	if _, err := referenceClaims([]byte(body)); err == nil {
		t.Error("the reference decoder takes it")
	}
}

func TestTheMostSIDsAreRead(t *testing.T) {
	got, err := protocol.DecodeClaims([]byte(payload("sids", tuples(64))))
	if err != nil || len(got.Items) != 64 || got.Items[63].SID != "x63" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestClaimsDoNotChangeWithThePayload(t *testing.T) {
	body := []byte(payload("", `"bnd":"d"`))
	got, err := protocol.DecodeClaims(body)
	clear(body)
	want := least()
	want.Binding = "d"
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func FuzzDecodeClaims(f *testing.F) {
	f.Add([]byte(payload("", `"bnd":"d"`)))
	f.Add([]byte(payload("sids", tuples(3))))
	f.Add([]byte(payload("exp", `"exp":1e400,"EXP":1`)))
	f.Add([]byte(payload("sids", `"sids":[["k","\ud83d","a"],["k","1","\u0061"]]`)))
	f.Add([]byte(payload("", `"x":{"y":[1,-2.5e+3,true,false,null,"\u0000",{}]},"\u0065xp":5`)))
	f.Fuzz(func(t *testing.T, body []byte) {
		want, wantErr := referenceClaims(body)
		got, err := protocol.DecodeClaims(body)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("got error %v, want %v", err, wantErr)
		}
		if err != nil && !errors.Is(err, protocol.ErrMalformed) {
			t.Errorf("got %v, which is not ErrMalformed", err)
		}
		if err != nil {
			return
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if again, err := protocol.DecodeClaims(protocol.AppendClaims(nil, got)); err != nil || !reflect.DeepEqual(again, got) {
			t.Errorf("read %+v, and of what that writes %+v, %v", got, again, err)
		}
	})
}

// Whatever is within the limits reads back the same, and whatever is not is refused rather than read as something else.
func FuzzAppendClaims(f *testing.F) {
	f.Add("ms2", "ms1", int64(100), int64(200), "vendor", "7", "usb:046d", "digest")
	f.Add("\xff", `"\<`, int64(-1), int64(1)<<62, "\x00\u2028", "é", "a b", "")
	f.Fuzz(func(t *testing.T, iss, aud string, iat, exp int64, kind, version, sid, bnd string) {
		items := []protocol.Attested{{Kind: kind, Version: version, SID: sid}, {Kind: version, Version: kind, SID: "another"}}
		body := protocol.AppendClaims(nil, protocol.Claims{Issuer: iss, Audience: aud, Issued: iat, Expires: exp, Items: items, Binding: bnd})
		got, err := protocol.DecodeClaims(body)
		if err != nil {
			return
		}
		for i := range items {
			items[i].Kind, items[i].Version = utf8Only(items[i].Kind), utf8Only(items[i].Version)
		}
		want := protocol.Claims{Issuer: utf8Only(iss), Audience: utf8Only(aud), Issued: iat, Expires: exp, Items: items, Binding: utf8Only(bnd)}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

func BenchmarkDecodeClaims(b *testing.B) {
	for _, n := range []int{1, 10, 64} {
		body := []byte(payload("sids", tuples(n)))
		b.Run(fmt.Sprintf("sids=%d/of=protocol", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = protocol.DecodeClaims(body)
			}
		})
		b.Run(fmt.Sprintf("sids=%d/of=encoding-json", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var c struct {
					Iss, Aud, Bnd string
					Iat, Exp      int64
					SIDs          [][3]string
				}
				_ = json.Unmarshal(body, &c)
			}
		})
	}
}
