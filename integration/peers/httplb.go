package main

import (
	"net/http"

	"github.com/bufbuild/httplb/conn"
	httplb "github.com/bufbuild/httplb/picker"
)

type httplbPicker struct {
	picker  httplb.Picker
	request *http.Request
}

// fakeConn leads nowhere: a picker asks nothing of it.
type fakeConn struct {
	conn.Conn
	addr string
}

type fakeConns []*fakeConn

func (c fakeConns) Len() int            { return len(c) }
func (c fakeConns) Get(i int) conn.Conn { return c[i] }

func openPowerOfTwo(replicas []string) (picker, func(), error) {
	return openHTTPLB(replicas, httplb.NewPowerOfTwo)
}

// openLeastLoaded opens the kind that breaks ties by chance, as the others here do.
func openLeastLoaded(replicas []string) (picker, func(), error) {
	return openHTTPLB(replicas, httplb.NewLeastLoadedRandom)
}

func openHTTPLB(replicas []string, build func(httplb.Picker, conn.Conns) httplb.Picker) (picker, func(), error) {
	conns := make(fakeConns, len(replicas))
	for i, addr := range replicas {
		conns[i] = &fakeConn{addr: addr}
	}
	request, err := http.NewRequest(http.MethodPost, "http://service/", nil)
	return &httplbPicker{build(nil, conns), request}, func() {}, err
}

func (p *httplbPicker) run(decisions int, see func(string)) error {
	for range decisions {
		c, done, err := p.picker.Pick(p.request)
		if err != nil {
			return err
		}
		if see != nil {
			see(c.(*fakeConn).addr)
		}
		done()
	}
	return nil
}
