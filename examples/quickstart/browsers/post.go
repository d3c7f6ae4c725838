package browsers

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"ms2.internal/lb/examples/login"
)

// post sends an order and judges the answer.
func (c *Crowd) post(life context.Context, d draft) {
	begin := time.Now()
	a, err := c.send(life, d)
	if life.Err() != nil {
		return // nobody waited for the answer
	}
	took := time.Since(begin)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tally.add(d, a, err, took)
}

func (c *Crowd) send(ctx context.Context, d draft) (answer, error) {
	body, err := json.Marshal(d.Order)
	if err != nil {
		return answer{}, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.ms1+"/orders", bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set(login.Header, d.Customer)
	response, err := c.client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, err
	}
	return readAnswer(response.StatusCode, text)
}
