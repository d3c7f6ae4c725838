package protocol_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ms2.internal/lb/sdk/protocol"
)

func TestAHealthyReplicaSaysSoWithoutAToken(t *testing.T) {
	response := get(protocol.NewHandler(usb, protocol.HandlerOptions{Token: "s3cret"}), protocol.PathHealth)
	if got := bodyOf(t, response); response.StatusCode != http.StatusOK || got != `{"status":"ok"}` {
		t.Errorf("got %d %s", response.StatusCode, got)
	}
	wantHeader(t, response, "Cache-Control", "no-store")
}

func TestAnUnhealthyReplicaKeepsItsReasonToItself(t *testing.T) {
	h := protocol.NewHandler(usb, quiet(protocol.HandlerOptions{Health: func(context.Context) error { return errors.New("hunter2") }}))
	response := get(h, protocol.PathHealth)
	wantHeader(t, response, "Retry-After", "1")
	if p := wantProblem(t, response, http.StatusServiceUnavailable); strings.Contains(fmt.Sprint(p), "hunter2") {
		t.Errorf("the answer gives it away: %+v", p)
	}
	if response := post(h, oneItem); response.StatusCode != http.StatusOK {
		t.Errorf("the batch door: got %d, want 200", response.StatusCode)
	}
}

func TestAHealthCheckThatPanicsIsAFault(t *testing.T) {
	h := protocol.NewHandler(usb, quiet(protocol.HandlerOptions{Health: func(context.Context) error { panic("boom") }}))
	wantProblem(t, get(h, protocol.PathHealth), http.StatusInternalServerError)
}

func TestADrainingReplicaSaysSoAndStillAnswers(t *testing.T) {
	h := protocol.NewHandler(usb, protocol.HandlerOptions{})
	wantHeader(t, post(h, oneItem), protocol.HeaderDraining, "")
	h.Drain()
	h.Drain()
	for _, response := range []*http.Response{post(h, oneItem), get(h, "/v1/sids/usb:046d")} {
		if response.StatusCode != http.StatusOK {
			t.Errorf("got %d, want 200", response.StatusCode)
		}
		wantHeader(t, response, protocol.HeaderDraining, "1")
	}
	response := get(h, protocol.PathHealth)
	wantProblem(t, response, http.StatusServiceUnavailable)
	wantHeader(t, response, protocol.HeaderDraining, "1")
}
