package middleware_test

import (
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"ms2.internal/lb/sdk/middleware"
)

func Example() {
	client := genuine() // a *sdk.Client in your program
	check, err := middleware.New(client, middleware.Options{
		SIDs: []middleware.Field{
			middleware.Path("vendor", "vendor"),
			middleware.JSON("/lines/*/product", "product"),
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("POST /vendors/{vendor}/orders", check(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, v := range middleware.Verdicts(r.Context()) {
			fmt.Fprintln(w, v.Kind, v.SID)
		}
	})))

	for _, body := range []string{
		`{"lines":[{"product":"p1"},{"product":"p2"}]}`,
		`{"lines":[{"product":"p1"},{"product":"v1"}]}`,
		`{"lines":[{"product":"p1","Product":"forged"}]}`,
	} {
		r := httptest.NewRequest("POST", "/vendors/v1/orders", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// 200 vendor v1
	// product p1
	// product p2
	//
	// 422 {"type":"urn:ms2:bad-sids","title":"Bad SIDs","status":422,"detail":"the request was not carried out, for what errors says of each SID","errors":[{"pointer":"/lines/1/product","sid":"v1","detail":"is of kind vendor, not product"}]}
	// 400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the body holds \"Product\", which is another name but for its case"}
}
