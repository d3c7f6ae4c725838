package sharedcache_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/examples/gateway/sharedcache"
)

var (
	quoted    = regexp.MustCompile(`"([^"\\]|\\.)*"`)
	ageMember = regexp.MustCompile(`(?i)(?:^|,)[ \t]*(?:s-maxage|max-age)=(?:[0-9]+|"")[ \t]*(?:,|$)`)
)

// Whatever Cache-Control holds, an answer is kept only where a plain reading of what is not quoted finds an age, and no word against it.
func FuzzCacheControl(f *testing.F) {
	for _, seed := range []string{"max-age=60", `max-age="60", x="a, no-store"`, "private, s-maxage=1", `a="\", no-store, \"", max-age=5`, ", ,", `max-age=5, x="`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o := &origin{answer: answering(200, "", "Cache-Control: "+text)}
		cache := newCache(t, o, sharedcache.Options{})
		get(t, cache)
		if get(t, cache); o.count() != 1 {
			return
		}
		plain := quoted.ReplaceAllString(text, `""`)
		if !ageMember.MatchString(plain) {
			t.Errorf("%q: kept", text)
		}
		for member := range strings.SplitSeq(plain, ",") {
			name, _, _ := strings.Cut(strings.ToLower(strings.Trim(member, " \t")), "=")
			if name == "no-store" || name == "private" || name == "no-cache" {
				t.Errorf("%q: kept", text)
			}
		}
	})
}

// Whatever is in the attestation, the page is not kept unless it is one that ends.
func FuzzAttestations(f *testing.F) {
	f.Add("a.e30.b")
	f.Add("a.eyJpc3MiOiJhIiwiYXVkIjoiYiIsImlhdCI6MSwiZXhwIjoyLCJzaWRzIjpbWyIiLCIiLCJ4Il1dfQ.b")
	f.Fuzz(func(t *testing.T, token string) {
		o := &origin{answer: answering(200, "", "Cache-Control: max-age=60", "MS2-Attestation: "+token)}
		cache := newCache(t, o, sharedcache.Options{})
		get(t, cache)
		if get(t, cache); o.count() == 1 && strings.Trim(token, " \t,") != "" && strings.Count(token, ".") == 0 {
			t.Errorf("%q: kept", token)
		}
	})
}

// Whatever conditions a browser sends, a 304 means that it names the page's ETag or all, or its date.
func FuzzConditions(f *testing.F) {
	f.Add(`"a"`, "")
	f.Add(`W/"x", "a`, time.Unix(0, 0).Format(http.TimeFormat))
	f.Fuzz(func(t *testing.T, tags, since string) {
		o := &origin{answer: answering(200, "", "Cache-Control: max-age=60", `ETag: "a"`)}
		cache := newCache(t, o, sharedcache.Options{})
		a := get(t, cache, "If-None-Match: "+tags, "If-Modified-Since: "+since)
		if a.status == 304 && !strings.Contains(tags, `"a"`) && strings.TrimSpace(tags) != "*" {
			t.Errorf("%q, %q: 304", tags, since)
		}
	})
}
