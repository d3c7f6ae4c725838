package service

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ms2.internal/lb/examples/ms1/orders"
)

// load is browsers that order over kept connections, until a load balancer has noticed that the service leaves.
type load struct {
	*process
	stored, lost atomic.Int64
	acknowledged chan struct{} // has each order that was stored
	first        sync.Once
	why          error // the first that was lost
}

// await waits until so many more orders were stored.
func (l *load) await(t *testing.T, orders int) {
	t.Helper()
	limit := time.After(10 * time.Second)
	for range orders {
		select {
		case <-l.acknowledged:
		case <-limit:
			t.Fatalf("no more orders are stored, %d were lost", l.lost.Load())
		}
	}
}

func (l *load) run(ctx context.Context, browsers int) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: browsers}}
	defer client.CloseIdleConnections()
	var done sync.WaitGroup
	for range browsers {
		done.Go(func() {
			for ctx.Err() == nil {
				l.post(client)
			}
		})
	}
	done.Wait()
}

const goodOrder = `{"customer":"Ada","source":"kept","lines":[{"product":{"sid":"v:0001"},"vendor":{"sid":"v"},"quantity":1}]}`

// post posts an order once: the service ends one connection after the other, and none under a request.
func (l *load) post(client *http.Client) {
	request, _ := http.NewRequest(http.MethodPost, "http://"+l.listen+"/orders", onlyOnce{strings.NewReader(goodOrder)})
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err == nil {
		_, err = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close() // it was read
		if response.StatusCode != http.StatusCreated {
			err = fmt.Errorf("answered %s", response.Status)
		}
	}
	if err != nil {
		l.lost.Add(1)
		l.first.Do(func() { l.why = err })
		return
	}
	l.stored.Add(1)
	select {
	case l.acknowledged <- struct{}{}:
	default: // nobody counts
	}
}

// onlyOnce is a body that the client can't send a second time by itself.
type onlyOnce struct{ io.Reader }

func (l *load) expectNothingLost(t *testing.T) {
	t.Helper()
	if l.lost.Load() > 0 || l.stored.Load() == 0 {
		t.Errorf("%d orders lost of %d, first: %v", l.lost.Load(), l.lost.Load()+l.stored.Load(), l.why)
	}
	store, err := orders.OpenStore(t.Context(), l.db)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if n, err := store.Count(t.Context()); err != nil || int64(n) != l.stored.Load() {
		t.Errorf("%d orders in the database, %v; %d were acknowledged", n, err, l.stored.Load())
	}
}
