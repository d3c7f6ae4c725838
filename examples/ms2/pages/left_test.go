package pages_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http/httptest"
	"testing"

	"ms2.internal/lb/examples/ms2/pages"
)

func TestABrowserThatLeftWritesNoLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	m := newMS2(t, func(o *pages.Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	left, leave := context.WithCancel(t.Context())
	leave()
	for _, path := range []string{"/v1/entities", "/v1/entities/" + product} {
		m.handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil).WithContext(left))
	}
	if log.Len() > 0 {
		t.Errorf("logged %s", &log)
	}
}
