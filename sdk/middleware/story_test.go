package middleware_test

import (
	"net/http"
	"testing"

	"ms2.internal/lb/sdk/middleware"
	"ms2.internal/lb/sdk/sdktest"
)

func TestARequestPassesAsMS2Says(t *testing.T) {
	real := sdktest.New(t, map[string]bool{"usb:046d:c52b": true, "usb:046d:c534": true})
	s := serve(t, "POST /orders/{product}", real.Client(), middleware.Options{SIDs: []middleware.Field{
		middleware.Path("product", ""), middleware.JSON("/parts/*/sid", "").Version("/version"),
	}})
	order := func(part string) int {
		return s.do("POST", "/orders/usb:046d:c52b", `{"parts":[{"sid":"usb:046d:c534","version":"7"},{"sid":"`+part+`"}]}`).Code
	}
	if got := order("usb:046d:c52b"); got != http.StatusOK || len(s.verdicts) != 3 || s.verdicts[2].SID != "usb:046d:c52b" {
		t.Fatalf("genuine: %d %+v", got, s.verdicts)
	}
	if real.Requests() != 1 {
		t.Errorf("%d requests to MS2 for one of ours", real.Requests())
	}
	if got := order("usb:forged"); got != http.StatusUnprocessableEntity {
		t.Errorf("unknown: %d", got)
	}
	if got := order("no SID"); got != http.StatusUnprocessableEntity {
		t.Errorf("malformed: %d", got)
	}
	real.SetDown(true)
	if got := order("usb:046d:c52b"); got != http.StatusServiceUnavailable {
		t.Errorf("MS2 down: %d", got)
	}
	real.SetDown(false)
	real.Set("usb:046d:c534", false)
	if got := order("usb:046d:c52b"); got != http.StatusUnprocessableEntity || s.reached != 1 {
		t.Errorf("withdrawn: %d, %d reached", got, s.reached)
	}
}
