package service

import (
	"bufio"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/examples/login"
)

// raw sends bytes to the gateway over a connection of their own, and returns the status of the answer, 0 for none.
func raw(t *testing.T, host, text string) int {
	t.Helper()
	conn, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body) // the status says it
	return resp.StatusCode
}

const sentOrder = `{"lines":[{"product":{"sid":"usb:046d:c52b"}}]}`

// Whatever a browser sends, in whatever spelling, MS1 gets our attestation, the user, and what we say of the way here, and nothing else
// that it could take for ours.
func TestNothingThatABrowserForgesReachesMS1(t *testing.T) {
	const sized, chunked = "Content-Length: 47\r\n", "Transfer-Encoding: chunked\r\n"
	for _, c := range []struct {
		name    string
		fields  string
		trailer string // with it the body is chunked
		refused bool   // a request that is none
	}{
		{"nothing", sized, "", false},
		{"the field itself", sized + "MS2-Attestation: forged\r\n", "", false},
		{"in lower case", sized + "ms2-attestation: forged\r\n", "", false},
		{"in mixed case", sized + "mS2-aTTestation: forged\r\n", "", false},
		{"twice", sized + "MS2-Attestation: forged\r\nMs2-Attestation: forged\r\n", "", false},
		{"as a list with ours", sized + "MS2-Attestation: ours, forged\r\n", "", false},
		{"empty", sized + "MS2-Attestation:\r\n", "", false},
		{"with an underscore", sized + "MS2_Attestation: forged\r\n", "", false},
		{"with another sign", sized + "MS2.Attestation: forged\r\nMS2~Attestation: forged\r\n", "", false},
		{"folded", sized + "MS2-Attestation: a\r\n forged\r\n", "", false},
		{"folded behind another field", sized + "X-A: a\r\n\tMS2-Attestation: forged\r\n", "", false},
		{"a blank before the colon", sized + "MS2-Attestation : forged\r\n", "", true},
		{"a tab before the colon", sized + "MS2-Attestation\t: forged\r\n", "", true},
		{"a blank before the name", " MS2-Attestation: forged\r\n" + sized, "", true},
		{"a bare line feed", sized + "X-A: a\nMS2-Attestation: forged\r\n", "", false},
		{"a bare carriage return", sized + "X-A: a\rMS2-Attestation: forged\r\n", "", true},
		{"a NUL", sized + "MS2-Attestation\x00: forged\r\n", "", true},
		{"other fields of MS2", sized + "MS2-Timeout-Ms: 1\r\nMS2-Attest: 1\r\nMS2-Attest-Subject: forged\r\nms2_anything: forged\r\n", "", false},

		{"named in Connection", sized + "MS2-Attestation: forged\r\nConnection: MS2-Attestation\r\n", "", false},
		{"named in Connection in another case", sized + "MS2-Attestation: forged\r\nConnection: close, ms2-attestation\r\n", "", false},
		{"named in Connection without being there", sized + "Connection: close, MS2-Attestation\r\n", "", false},
		{"in two Connection fields", sized + "Connection: close\r\nConnection: ms2-attestation, ms2_attestation\r\n", "", false},
		{"all that we set named in Connection", sized + "Connection: X-Forwarded-For, X-Forwarded-Host, X-Forwarded-Proto, Demo-User, MS2-Attestation\r\n", "", false},
		{"named in Keep-Alive and TE", sized + "Keep-Alive: MS2-Attestation\r\nTE: MS2-Attestation, trailers\r\n", "", false},

		{"in a trailer", chunked + "Trailer: MS2-Attestation\r\n", "MS2-Attestation: forged\r\n", false},
		{"in a trailer that is not announced", chunked, "MS2-Attestation: forged\r\n", false},
		{"in a trailer, named in Connection", chunked + "Trailer: ms2-attestation\r\nConnection: trailer, ms2-attestation\r\nTE: trailers\r\n", "MS2-Attestation: forged\r\n", false},

		{"chunked and sized", chunked + sized, "MS2-Attestation: forged\r\n", false},
		{"chunked twice", chunked + chunked, "", true},
		{"chunked, and something else", "Transfer-Encoding: gzip, chunked\r\n", "", true},
		{"chunked, misspelt", "Transfer-Encoding: xchunked\r\n" + sized, "", true},
		{"two sizes", sized + "Content-Length: 3\r\n", "", true},
		{"an upgrade", sized + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n", "", false},
		{"another upgrade", sized + "Connection: Upgrade, MS2-Attestation\r\nUpgrade: websocket\r\n", "", false},

		{"another way here", sized + "X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-Host: forged\r\nForwarded: for=10.0.0.1\r\nX-Forwarded-User: forged\r\nx_forwarded_for: 10.0.0.1\r\n", "", false},
		{"another user", sized + "Demo_User: forged\r\n", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMS1(t)
			g := gateway(t, m.URL, attesting)
			body := sentOrder
			if strings.Contains(c.fields, "chunked") {
				body = "2f\r\n" + sentOrder + "\r\n0\r\n" + c.trailer + "\r\n"
			}
			status := raw(t, hostOf(t, g.URL), "POST /orders HTTP/1.1\r\n"+c.fields+"Host: gateway\r\nDemo-User: ada\r\nContent-Type: application/json\r\n\r\n"+body)
			got := m.taken()
			if c.refused {
				if len(got) > 0 || status < 400 {
					t.Errorf("%d; MS1 got %v", status, got)
				}
				return
			}
			if status != http.StatusCreated || len(got) != 1 {
				t.Fatalf("%d; MS1 got %d requests", status, len(got))
			}
			expectOurs(t, got[0])
		})
	}
}

// ours is what MS1 gets of a good order, beside what is about its body and connection.
var ours = http.Header{
	"Ms2-Attestation": {"ours"}, login.Header: {"ada"}, "X-Forwarded-For": {"127.0.0.1"}, "X-Forwarded-Host": {"gateway"}, "X-Forwarded-Proto": {"http"},
}

// expectOurs fails the test when the request holds more than ours, or less.
func expectOurs(t *testing.T, r received) {
	t.Helper()
	got := r.Header.Clone()
	for _, name := range []string{"Content-Type", "Content-Length", "Accept-Encoding", "X-A"} {
		got.Del(name)
	}
	if !maps.EqualFunc(got, ours, slices.Equal[[]string]) {
		t.Errorf("MS1 got %q", got)
	}
	if len(r.Trailer) > 0 || r.ProtoMajor != 1 || r.body != sentOrder || r.ContentLength != int64(len(sentOrder)) {
		t.Errorf("MS1 got the trailer %v, HTTP/%d and the body %q of %d bytes", r.Trailer, r.ProtoMajor, r.body, r.ContentLength)
	}
}

// MS2 gets nothing of the kind either: a browser must not say for whom it attests.
func TestNothingThatABrowserForgesReachesMS2(t *testing.T) {
	var got http.Header
	g := gateway(t, "http://127.0.0.1:1", roundTrip(func(req *http.Request) (*http.Response, error) {
		got = req.Header.Clone()
		return attesting(req)
	}))
	status := raw(t, hostOf(t, g.URL), "GET /v1/entities/usb:046d?attest=1 HTTP/1.1\r\nHost: gateway\r\nDemo-User: ada\r\nMS2-Attest: 1\r\nMS2-Attest-Subject: ben\r\n"+
		"ms2_timeout-ms: 1\r\nX-Forwarded-For: 10.0.0.1\r\nUpgrade: h2c\r\nConnection: Upgrade, Demo-User\r\n\r\n")
	if want := "ada"; status != 200 || got.Get(login.Header) != want || len(got) != 2 || got.Get("User-Agent") != "" {
		t.Errorf("%d; MS2 got %v", status, got)
	}
}

// Whatever a field is called, it is held for forged exactly when a server may take it for one of ours.
func FuzzForged(f *testing.F) {
	for _, name := range []string{"MS2-Attestation", "ms2_x", "X-Forwarded-For", "Demo_User", "X-Ms2-A", "Ms2"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		folded := strings.ToLower(strings.NewReplacer("_", "-", ".", "-").Replace(name))
		if ours := strings.HasPrefix(folded, "ms2-") || folded == "demo-user"; ours && !forged(name) {
			t.Errorf("%q passes", name)
		}
		if forged(name) && !strings.Contains(folded, "2") && !strings.Contains(folded, "forwarded") && !strings.Contains(folded, "user") {
			t.Errorf("%q is removed", name)
		}
	})
}
