package sdk_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// faulty is a server that has a second response behind each true one. It sends one for each request, in their order, so that a
// client takes it for that of the request: net/http closes a connection on which one comes before the next request.
type faulty struct {
	extra func(sid string) string // the second response behind that on a SID
}

func (s faulty) serve(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go s.answer(conn)
	}
}

// answer answers the requests of one connection.
func (s faulty) answer(conn net.Conn) {
	defer conn.Close()
	in, responses := bufio.NewReader(conn), []string{}
	for {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		sid := strings.TrimPrefix(r.URL.Path, "/v1/sids/")
		responses = append(responses, response(200, fmt.Sprintf(`{"sid":%q}`, sid)), s.extra(sid))
		if _, err := io.WriteString(conn, responses[0]); err != nil {
			return
		}
		responses = responses[1:]
	}
}

func response(code int, body string) string {
	return fmt.Sprintf("HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nCache-Control: max-age=600\r\nContent-Length: %d\r\n\r\n%s",
		code, http.StatusText(code), len(body), body)
}

// unknown is the response that calls SIDs unknown.
func unknown(sids ...string) string {
	var items []protocol.Item
	for _, sid := range sids {
		items = append(items, protocol.Item{SID: sid})
	}
	return response(http.StatusNotFound, unknownSIDs(http.StatusNotFound, items))
}

func TestAnAnswerToNobodyBecomesNoVerdict(t *testing.T) {
	for name, extra := range map[string]func(string) string{
		"names no SID":       func(string) string { return unknown() },
		"names another SID":  func(string) string { return unknown("good:another") },
		"calls it valid":     func(sid string) string { return response(200, fmt.Sprintf(`{"sid":%q}`, sid)) },
		"says not a word":    func(string) string { return response(404, "") },
		"is a page for each": func(string) string { return response(200, "<html>") },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				l := f.network.Listen("a:80")
				t.Cleanup(func() { l.Close() })
				go faulty{extra}.serve(l)
				c := f.client(func(cfg *sdk.Config) { cfg.Protocol, cfg.BreakerFailures = "single", sdk.Off })
				var group sync.WaitGroup
				for caller := range 32 {
					group.Go(func() { noneInvalid(t, c, caller) })
				}
				group.Wait()
				if s := c.Stats(); s.Checks.Fresh == 0 || s.Checks.Failed == 0 {
					t.Errorf("got %+v", s.Checks)
				}
			}, "a")
		})
	}
}

// noneInvalid makes checks of genuine SIDs, which may fail.
func noneInvalid(t *testing.T, c *sdk.Client, caller int) {
	for i := range played(40, 8) {
		sid := fmt.Sprint("good:", caller, ":", i)
		if v, err := c.Validate(t.Context(), sid); err == nil && !v.Valid {
			t.Errorf("%s: got %+v", sid, v)
		}
	}
}
