package service

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// failed answers for a service that did not.
func failed(who string, log *slog.Logger) func(http.ResponseWriter, *http.Request, error) {
	return func(w http.ResponseWriter, r *http.Request, err error) {
		if r.Context().Err() != nil {
			panic(http.ErrAbortHandler) // the browser left, or waited too long: nobody could be answered
		}
		if errors.Is(err, errUpload) {
			protocol.WriteProblem(w, notWhole(err))
			return
		}
		status, detail := statusOf(err)
		if status == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", "1") // the client's breakers try again within 2 s
		}
		log.Warn("gateway: no answer", "from", who, "method", r.Method, "status", status, "err", err)
		protocol.WriteProblem(w, protocol.Problem{Status: status, Detail: who + " " + detail})
	}
}

// statusOf is how an error is told, without what only operators should know.
func statusOf(err error) (status int, detail string) {
	var network net.Error
	switch {
	case errors.Is(err, sdk.ErrNoReplicas), errors.Is(err, sdk.ErrCircuitOpen), errors.Is(err, sdk.ErrOverloaded), errors.Is(err, sdk.ErrClosed):
		return http.StatusServiceUnavailable, "can't answer now"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return http.StatusGatewayTimeout, "did not answer in time"
	}
	return http.StatusBadGateway, "did not answer"
}
