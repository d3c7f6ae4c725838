package protocol_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"ms2.internal/lb/sdk/protocol"
)

func TestAnswersThatShareMemoryDoNotMix(t *testing.T) {
	h := protocol.NewHandler(holding(map[string]protocol.Entity{"known": {Version: "7"}}), quiet(protocol.HandlerOptions{}))
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for i := range 200 {
				asks(t, h, fmt.Sprintf("%d:%d", worker, i), 1+i%40)
			}
		})
	}
	group.Wait()
}

// asks fails the test unless a batch of n SIDs of this name, and a known one, is answered for just these.
func asks(t *testing.T, h http.Handler, name string, n int) {
	items := []protocol.Item{{SID: "known"}}
	for i := range n {
		items = append(items, protocol.Item{SID: fmt.Sprint(name, ":", i)})
	}
	r := httptest.NewRequest(http.MethodPost, protocol.PathBatch, bytes.NewReader(protocol.AppendRequest(nil, items)))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	response, err := protocol.DecodeResponse(w.Body.Bytes())
	if err != nil || len(response.Results) != len(items) {
		t.Errorf("%s: %d results of %d, %v", name, len(response.Results), len(items), err)
		return
	}
	for i, result := range response.Results {
		if result.SID != items[i].SID || (result.Status == protocol.StatusValid) != (i == 0) {
			t.Errorf("%s: got %+v for %s", name, result, items[i].SID)
		}
	}
}
