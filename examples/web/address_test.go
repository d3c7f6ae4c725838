package web_test

import (
	"reflect"
	"strings"
	"testing"

	"ms2.internal/lb/examples/web"
)

func TestABaseIsAnAddressAndNothingElse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"http://127.0.0.1:8081":  "http://127.0.0.1:8081",
		"https://ms1.example/":   "https://ms1.example",
		"https://x.example/ms1/": "https://x.example/ms1",
		"http://[::1]:8081":      "http://[::1]:8081",
	} {
		if got, err := web.Base(text); got != want || err != nil {
			t.Errorf("%s: got %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "127.0.0.1:8081", "//ms1.example", "ftp://ms1.example", "http://", "http://a;b", "http://a,b",
		"http://a b", "http://ada@ms1.example", "http://ms1.example?x", "http://ms1.example?", "http://ms1.example#", "http://[::1",
		"javascript:alert(1)"} {
		if got, err := web.Base(text); got != "" || err == nil {
			t.Errorf("%q is taken for %q", text, got)
		}
	}
}

func TestThePageCallsNoServiceByAnIPv6Address(t *testing.T) {
	t.Parallel()
	if base, err := web.ServiceBase("http://localhost:8081/"); base != "http://localhost:8081" || err != nil {
		t.Errorf("got %q, %v", base, err)
	}
	if base, err := web.ServiceBase("http://[::1]:8081"); base != "" || err == nil || !strings.Contains(err.Error(), "localhost") {
		t.Errorf("got %q, %v", base, err)
	}
}

func TestLinksAreReadFromAList(t *testing.T) {
	t.Parallel()
	got, err := web.ParseLinks("MS2=http://127.0.0.1:8082/, the gateway = http://127.0.0.1:8080")
	want := []web.Link{{Name: "MS2", URL: "http://127.0.0.1:8082"}, {Name: "the gateway", URL: "http://127.0.0.1:8080"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := web.ParseLinks(" "); got != nil || err != nil {
		t.Errorf("no link: got %v, %v", got, err)
	}
	for text, says := range map[string]string{
		"http://x.example":       "name=URL",
		"=http://x.example":      "name=URL",
		"MS1=http://x.example,":  "name=URL",
		"MS1=x.example":          "link MS1",
		"a=http://x, a=http://y": "twice",
	} {
		if _, err := web.ParseLinks(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: got %v, want %q in it", text, err, says)
		}
	}
}

func FuzzABaseEndsNoDirectiveOfThePolicy(f *testing.F) {
	for _, text := range []string{"http://127.0.0.1:8081", "https://a.example/x;y", "http://a;b", "http://[::1]:80/", "http://a%3Bb", "HTTP://A"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		policy := get(web.Handler(web.Site{MS1: text, MS2: text}), "/").Header().Get("Content-Security-Policy")
		directives := strings.Split(policy, ";")
		if len(directives) != 8 || len(strings.Fields(directives[4])) > 4 || strings.ContainsAny(policy, ",\r\n*") {
			t.Errorf("%q makes it %s", text, policy)
		}
		if base, err := web.Base(text); err == nil {
			if again, err := web.Base(base); again != base || err != nil {
				t.Errorf("the base %q of %q becomes %q, %v", base, text, again, err)
			}
		}
	})
}
