package protocol_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

// catalogue is a store; a real one runs one query for all SIDs.
type catalogue map[string]protocol.Entity

func (c catalogue) Lookup(_ context.Context, sids []string) (map[string]protocol.Entity, error) {
	found := make(map[string]protocol.Entity, len(sids))
	for _, sid := range sids {
		if entity, ok := c[sid]; ok {
			found[sid] = entity
		}
	}
	return found, nil
}

// An MS2 serves both doors over what it knows, and one client asks about a vendor and a forgery in one request.
func ExampleNewHandler() {
	store := catalogue{"usb:046d": {Kind: "vendor", Version: "7"}}
	handler := protocol.NewHandler(store, protocol.HandlerOptions{MaxAge: time.Minute, StaleIfError: 10 * time.Minute})
	ms2 := httptest.NewServer(handler)
	defer ms2.Close()
	defer handler.Drain() // on SIGTERM, some seconds before the server is shut down

	answer, err := http.Post(ms2.URL+protocol.PathBatch, "application/json",
		strings.NewReader(`{"items":[{"sid":"usb:046d"},{"sid":"usb:forged"}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	fmt.Println(string(body), err)
	// Output: {"results":[{"sid":"usb:046d","status":"valid","kind":"vendor","version":"7","max_age":60,"stale_if_error":600},{"sid":"usb:forged","status":"invalid"}]} <nil>
}
