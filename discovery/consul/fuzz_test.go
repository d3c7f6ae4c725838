package consul_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/discovery/consul"
)

// canned is a transport that gives one answer to every query.
type canned struct {
	status int
	header http.Header
	body   []byte
}

func (c canned) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: c.status, Header: c.header.Clone(), Body: io.NopCloser(bytes.NewReader(c.body))}, nil
}

// cannedHeader is what Consul's client reads of an answer's header.
func cannedHeader(index, lastContact, flags string) http.Header {
	return http.Header{
		"X-Consul-Index":                    {index},
		"X-Consul-Lastcontact":              {lastContact},
		"X-Consul-Knownleader":              {flags},
		"X-Consul-Results-Filtered-By-Acls": {flags},
		"X-Consul-Default-Acl-Policy":       {flags},
		"Age":                               {lastContact},
	}
}

// checkTold is what holds of whatever is told first.
func checkTold(t *testing.T, s discovery.Snapshot) {
	t.Helper()
	if (s.Err == nil) == (s.Instances == nil) {
		t.Fatalf("told %+v, want either a set or an error", s)
	}
	if kept, dropped := discovery.Clean(s.Instances); len(kept) != len(s.Instances) || dropped != nil {
		t.Fatalf("unusable instances were told: %v", dropped)
	}
	if len(s.Dropped) > 2*(discovery.MaxDropped+1) {
		t.Fatalf("%d dropped entries", len(s.Dropped))
	}
	if s.Err != nil && (len(s.Err.Error()) > 1000 || strings.ContainsAny(s.Err.Error(), "\n\r\x00")) {
		t.Fatalf("the error is no short line: %q", s.Err)
	}
}

func FuzzHealthAnswer(f *testing.F) {
	f.Add([]byte(`[]`))
	f.Add([]byte(`null`))
	f.Add([]byte(`[null,{"Node":null},{"Node":{},"Service":{}}]`))
	f.Add([]byte(`[{"Node":{"Node":"n","Address":"::1","Meta":{"zone":"z"}},
		"Service":{"ID":"a","Port":80,"Weights":{"Passing":1,"Warning":1},"Meta":{"zone":"y"}},
		"Checks":[{"CheckID":"c","Status":"warning","Definition":{"Interval":"5s"}},null]}]`))
	f.Add([]byte(`[{"Node":{"Node":"n"},"Service":{"ID":"a","Port":-1,"Address":"[x"},"Checks":[{"Status":"critical"}]}]`))
	f.Add([]byte(`[{"Node":{"Node":"n","Datacenter":"dc2"},"Service":{"ID":"a","Port":80,"Address":"h","Meta":{"rev":"1"}}}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		config := &api.Config{HttpClient: &http.Client{Transport: canned{200, cannedHeader("1", "0", ""), body}}}
		checkTold(t, firstOf(t, newSourceOf(t, consul.Config{Service: "ms2", API: config, Meta: []string{"rev"}})))
	})
}

// FuzzHeader varies what stands around the body.
func FuzzHeader(f *testing.F) {
	f.Add(200, "1", "0", "true", []byte("[]"))
	f.Add(200, "18446744073709551615", "9223372036854775807", "deny", []byte(`[{"Node":{"Node":"n","Address":"a"},"Service":{"ID":"a","Port":80}}]`))
	f.Add(200, "-1", "x", "allow", []byte("[]"))
	f.Add(403, "", "", "", []byte("Permission denied: token a-token"))
	f.Add(302, "0", "-5", "deny", []byte("\xff\n"))
	f.Fuzz(func(t *testing.T, status int, index, lastContact, flags string, body []byte) {
		config := &api.Config{Token: "a-token", HttpClient: &http.Client{Transport: canned{status, cannedHeader(index, lastContact, flags), body}}}
		s := firstOf(t, newSourceOf(t, consul.Config{Service: "ms2", API: config}))
		checkTold(t, s)
		if s.Err != nil && strings.Contains(s.Err.Error(), "a-token") {
			t.Fatalf("the token is shown: %v", s.Err)
		}
	})
}
