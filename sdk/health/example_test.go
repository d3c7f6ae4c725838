package health_test

import (
	"context"
	"encoding/json"
	"expvar"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/health"
	"ms2.internal/lb/sdk/sdktest"
)

func ExampleHandler() {
	ms2 := sdktest.New(&testing.T{}, map[string]bool{"usb:046d:c52b": true})
	client := ms2.Client() // of a service: sdk.New
	defer client.Close()

	operators := httptest.NewServer(health.Handler(client)) // of a service: http.ListenAndServe(":9090", health.Handler(client))
	defer operators.Close()

	if _, err := client.Validate(context.Background(), "usb:046d:c52b"); err != nil {
		fmt.Println(err)
	}
	resp, err := http.Get(operators.URL + "/stats")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	var stats sdk.Stats
	if err := json.NewDecoder(resp.Body).Decode(&stats); err != nil {
		fmt.Println(err)
	}
	fmt.Println(resp.Status, stats.Checks.Fresh, "check, asked at", len(stats.Replicas), "replica")
	// Output:
	// 200 OK 1 check, asked at 1 replica
}

// One line puts the stats among the variables that package expvar serves at /debug/vars.
func ExampleHandler_expvar() {
	ms2 := sdktest.New(&testing.T{}, map[string]bool{"usb:046d:c52b": true})
	client := ms2.Client()
	defer client.Close()

	expvar.Publish("ms2", expvar.Func(func() any { return client.Stats() }))

	var stats sdk.Stats
	if err := json.Unmarshal([]byte(expvar.Get("ms2").String()), &stats); err != nil {
		fmt.Println(err)
	}
	fmt.Println(stats.Service)
	// Output:
	// ms2
}
