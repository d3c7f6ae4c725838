package orders_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"ms2.internal/lb/examples/ms1/orders"
)

func TestABrowserThatLeftWritesNoLog(t *testing.T) {
	t.Parallel()
	m := newMS1(t)
	var log bytes.Buffer
	handler := orders.Handler(func(next http.Handler) http.Handler { return next }, nil, m.store, slog.New(slog.NewTextHandler(&log, nil)))
	left, leave := context.WithCancel(t.Context())
	leave()
	for _, r := range []*http.Request{
		httptest.NewRequest("POST", "/orders", strings.NewReader(order(orders.Kept, product, vendor))), httptest.NewRequest("GET", "/orders/one", nil),
	} {
		handler.ServeHTTP(httptest.NewRecorder(), r.WithContext(left))
	}
	if m.expectStored(0); log.Len() > 0 {
		t.Errorf("logged %s", &log)
	}
}
