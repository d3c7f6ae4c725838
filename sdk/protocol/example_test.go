package protocol_test

import (
	"context"
	"fmt"
	"io"
	"log"
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

// signer stands for the Signer of the module sdk/attest. What it signs is no real attestation.
type signer struct{}

func (signer) Sign(subject string, items ...protocol.Attested) (string, error) {
	return fmt.Sprintf("header.%s-for-%s.signature", items[0].SID, subject), nil
}

func (signer) Keys() http.Handler { return http.NotFoundHandler() }

// A data endpoint of MS2's attaches an attestation of each SID that it shows. When it can't, the page still works: MS1 asks.
func ExampleAttach() {
	products := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		found := []protocol.Attested{{SID: "usb:046d:c52b", Kind: "product", Version: "3"}, {SID: "usb:046d:c31c", Kind: "product", Version: "1"}}
		if err := protocol.Attach(w.Header(), signer{}, "user-1", found...); err != nil {
			log.Println("attesting failed:", err)
		}
		w.Header().Set("Cache-Control", "private") // they are for one user
		fmt.Fprintln(w, `[{"sid":"usb:046d:c52b","name":"Unifying Receiver"},{"sid":"usb:046d:c31c","name":"Keyboard K120"}]`)
	})
	answer := httptest.NewRecorder()
	products.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/products?vendor=usb:046d", nil))

	attestations, err := protocol.Attestations(answer.Header())
	fmt.Println(len(attestations), err)
	fmt.Println(answer.Header().Get(protocol.HeaderAttestation))
	// Output:
	// 2 <nil>
	// header.usb:046d:c52b-for-user-1.signature,header.usb:046d:c31c-for-user-1.signature
}
