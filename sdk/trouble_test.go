package sdk_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// reluctant is an adopter's error that takes its time to say what it is.
type reluctant struct{ asked, done chan struct{} }

func (e *reluctant) Error() string {
	select {
	case e.asked <- struct{}{}:
	default:
	}
	<-e.done
	return "at last"
}

type reluctantly struct{ err error }

func (r reluctantly) RoundTrip(*http.Request) (*http.Response, error) { return nil, r.err }

func TestAnErrorThatBlocksKeepsNobodyFromTheStats(t *testing.T) {
	e := &reluctant{make(chan struct{}, 1), make(chan struct{})}
	f := newFleet(t, "a")
	c := f.clientWith(sdk.Config{Endpoints: []string{"a:80"}}, sdk.WithTransport(func(http.RoundTripper) http.RoundTripper { return reluctantly{e} }))
	go c.Validate(context.Background(), "x") //nolint:errcheck // it fails
	<-e.asked
	told := make(chan struct{})
	go func() {
		c.Stats()
		close(told)
	}()
	select {
	case <-told:
	case <-time.After(2 * time.Second):
		t.Error("the stats wait for the error")
	}
	close(e.done)
	<-told
}
