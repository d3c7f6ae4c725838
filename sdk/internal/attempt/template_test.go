package attempt_test

import (
	"bufio"
	"context"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/protocol"
)

func TestATemplateHasAPathAndThePlaceholderOnce(t *testing.T) {
	for text, good := range map[string]bool{
		"/v1/sids/{sid}": true, "/{sid}": true, "/a/{sid}/b": true, "/check?sid={sid}": true, "/check?a=b&sid={sid}&c=d": true,
		"/a%2Fb/{sid}": true, "/a b/{sid}": true, "/%7Bsid%7D/{sid}": true, "/{sid}?a=b": true, "/grün/{sid}": true,
		"": false, "/": false, "{sid}": false, "v1/{sid}": false, "/v1/sids": false, "/{sid}/{sid}": false, "/{sid}?{sid}": false,
		"//evil/{sid}": false, "/{sid}#x": false, "/%zz/{sid}": false, "/{SID}": false, "/%7Bsid%7D": false,
		"/check?a b={sid}": false, "/check?a=%zz&sid={sid}": false, "/check?ü={sid}": false, "/x/%zz?sid={sid}": false, "/{sid}/%zz": false,
		"http://host/{sid}": false,
	} {
		if _, err := attempt.ParseTemplate(text); (err == nil) != good {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestATemplateKeepsItsEscapes(t *testing.T) {
	for text, want := range map[string]string{
		"/a%2Fb/{sid}":           "http://h:1/a%2Fb/x%2Fy",
		"/a b/{sid}":             "http://h:1/a%20b/x%2Fy",
		"/a%2Fb c%2f/{sid}":      "http://h:1/a%2Fb%20c%2f/x%2Fy",
		"/%7Bsid%7D/{sid}/c%3F":  "http://h:1/%7Bsid%7D/x%2Fy/c%3F",
		"/a%2Fb?q=%20&sid={sid}": "http://h:1/a%2Fb?q=%20&sid=x%2Fy",
		"/{sid}?v=1":             "http://h:1/x%2Fy?v=1",
	} {
		template, err := attempt.ParseTemplate(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := template.URL("http", "h:1", "x/y").String(); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// awkward are SIDs that need an escape somewhere, or look as if they had one.
var awkward = []string{
	"usb:046d", "a/b", "/a", "a/", "//", "/../x", "a%2Fb", "%", "%25", "100%", "a?b", "a?b=c&d", "a#b", `a"b`, "a:b", "a+b", "a&b=c;d",
	`a\b`, "{sid}", "...", "a,b", "@", "[::1]", "*", "~", "<a>", "a|b", "^`", "'", "!$&'()*+,;=:@",
}

func TestSIDsArriveDecodedOnceAtARealHandler(t *testing.T) {
	var asked []string
	s := against(t, protocol.NewHandler(storeFunc(func(sids []string) { asked = append(asked, sids...) }), protocol.HandlerOptions{}).ServeHTTP)
	for _, sid := range awkward {
		asked = nil
		r := s.single(t, attempt.Item{SID: sid})
		if len(asked) != 1 || asked[0] != sid || r.Err != nil || !r.Entries[0].Valid {
			t.Errorf("%q arrived as %q: %v", sid, asked, r.Err)
		}
	}
}

func TestSIDsArriveDecodedOnceInAQuery(t *testing.T) {
	template, err := attempt.ParseTemplate("/check?a=b&sid={sid}&c=d")
	if err != nil {
		t.Fatal(err)
	}
	var query url.Values
	s := against(t, func(_ http.ResponseWriter, r *http.Request) { query = r.URL.Query() }, func(o *attempt.Options) { o.Single = template })
	for _, sid := range awkward {
		s.single(t, attempt.Item{SID: sid})
		if query.Get("sid") != sid || query.Get("a") != "b" || query.Get("c") != "d" || len(query) != 3 {
			t.Errorf("%q arrived as %q", sid, query)
		}
	}
}

// storeFunc is a store that knows every SID, and tells which were asked.
type storeFunc func(sids []string)

func (f storeFunc) Lookup(_ context.Context, sids []string) (map[string]protocol.Entity, error) {
	f(sids)
	found := map[string]protocol.Entity{}
	for _, sid := range sids {
		found[sid] = protocol.Entity{}
	}
	return found, nil
}

func FuzzASIDArrivesDecodedOnceByWhateverTemplate(f *testing.F) {
	for _, text := range []string{"/v1/sids/{sid}", "/check?sid={sid}", "/a%2Fb/{sid}/c?d=%20", "/%7Bsid%7D/{sid}", "/ü/{sid}x"} {
		for _, sid := range awkward {
			f.Add(text, sid)
		}
	}
	f.Fuzz(func(t *testing.T, text, sid string) {
		template, err := attempt.ParseTemplate(text)
		if err != nil || protocol.CheckSID(sid) != nil || strings.Contains(text, "%00") || strings.Contains(text, "\x00") {
			return
		}
		u := template.URL("http", "127.0.0.1:1", sid)
		line := "GET " + u.RequestURI() + " HTTP/1.1\r\nHost: h\r\n\r\n"
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(line)))
		if err != nil {
			t.Fatalf("%q, %q: %s is no request: %v", text, sid, u, err)
		}
		path, query, _ := strings.Cut(strings.Replace(text, "{sid}", "%00", 1), "?")
		decoded, _ := url.PathUnescape(path)
		if want := strings.Replace(decoded, "\x00", sid, 1); r.URL.Path != want {
			t.Errorf("%q, %q: arrived at %q, want %q", text, sid, r.URL.Path, want)
		}
		if got, want := strings.Count(r.URL.EscapedPath(), "/"), strings.Count(path, "/"); got != want {
			t.Errorf("%q, %q: %d segments were sent, want %d", text, sid, got, want)
		}
		if got, want := r.URL.Query(), filled(query, sid); !reflect.DeepEqual(got, want) {
			t.Errorf("%q, %q: query %q, want %q", text, sid, got, want)
		}
	})
}

// filled is a query as a server reads it, with the SID where %00 stands.
func filled(query, sid string) url.Values {
	values, _ := url.ParseQuery(query)
	want := url.Values{}
	for name, list := range values {
		for _, value := range list {
			want.Add(strings.Replace(name, "\x00", sid, 1), strings.Replace(value, "\x00", sid, 1))
		}
	}
	return want
}
