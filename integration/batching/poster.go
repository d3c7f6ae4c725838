package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"ms2.internal/lb/sdk/protocol"
)

// poster is the batch door by net/http alone: what every peer asks by. It has the SDK's settings of the transport, its
// codec and pooled buffers, so that the peers differ from it in how they gather checks and in nothing else.
type poster struct {
	client http.Client
	url    string
}

// connections is how many one client opens: as many as the SDK keeps. With 32 to 1,000 of them, one request for each check
// cost the same.
const connections = 128

func newPoster(addr string) *poster {
	transport := &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections, DisableCompression: true}
	return &poster{client: http.Client{Transport: transport}, url: "http://" + addr + protocol.PathBatch}
}

func (p *poster) close() { p.client.CloseIdleConnections() }

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// post sends a body and hands the answer's to use, which must not keep it.
func (p *poster) post(ctx context.Context, body []byte, use func([]byte) error) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := p.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(answer)
	answer.Reset()
	if _, err := answer.ReadFrom(resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("answered %s", resp.Status)
	}
	return use(answer.Bytes())
}

var errOther = errors.New("the answer is not of what was asked")

// ask posts items, and returns their results in their order.
func (p *poster) ask(ctx context.Context, items []protocol.Item) (results []protocol.Result, err error) {
	err = p.post(ctx, protocol.AppendRequest(nil, items), func(answer []byte) error {
		response, err := protocol.DecodeResponse(answer)
		if err != nil {
			return err
		}
		results = response.Results
		return match(items, results)
	})
	return results, err
}

// match sees that each result is for its item.
func match(items []protocol.Item, results []protocol.Result) error {
	if len(results) != len(items) {
		return errOther
	}
	for i := range items {
		if results[i].SID != items[i].SID {
			return errOther
		}
	}
	return nil
}

// one asks for one SID.
func (p *poster) one(ctx context.Context, sid string) (bool, error) {
	results, err := p.ask(ctx, []protocol.Item{{SID: sid}})
	if err != nil {
		return false, err
	}
	return genuine(results[0]), nil
}

// each asks once for each SID of keys, however often it is among them, and returns a verdict for each key: a loader that
// keeps no results does not notice that it holds a key twice.
func (p *poster) each(ctx context.Context, keys []string) ([]bool, error) {
	places := make(map[string]int, len(keys))
	items := make([]protocol.Item, 0, len(keys))
	for _, key := range keys {
		if _, again := places[key]; !again {
			places[key] = len(items)
			items = append(items, protocol.Item{SID: key})
		}
	}
	results, err := p.ask(ctx, items)
	if err != nil {
		return nil, err
	}
	verdicts := make([]bool, len(keys))
	for i, key := range keys {
		verdicts[i] = genuine(results[places[key]])
	}
	return verdicts, nil
}

func genuine(r protocol.Result) bool { return r.Status == protocol.StatusValid }
