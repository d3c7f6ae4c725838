package ways

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"

	"ms2.internal/lb/examples/ms1/orders"
	"ms2.internal/lb/examples/ms1/service"
	"ms2.internal/lb/examples/quickstart/ways/today"
)

// Unchecked is an MS1 that checks nothing.
var Unchecked = service.Variant{
	Name:  UncheckedCommand,
	About: "MS1 without any check of SIDs, for the quickstart's -ways, which measures the others against it.",
	Open:  openUnchecked,
}

// Today is an MS1 that checks as package today does.
var Today = service.Variant{
	Name: TodayCommand,
	About: "MS1 as it checks without the SDK, for the quickstart's -ways: a request to one replica of MS2 for each SID, answers kept for as long\n" +
		"as MS2 says, no attestations.",
	Environment: "\nMS2 is the first of MS2_ENDPOINTS=host:port,host:port; no other variable counts.\n",
	Open:        openToday,
}

func openUnchecked(string, *slog.Logger) (service.Checks, error) {
	return service.Checks{
		Guard:     func(next http.Handler) http.Handler { return next },
		Operators: http.HandlerFunc(ready),
		Close:     func() error { return nil },
	}, nil
}

func openToday(_ string, log *slog.Logger) (service.Checks, error) {
	endpoint, _, _ := strings.Cut(os.Getenv("MS2_ENDPOINTS"), ",")
	if endpoint == "" {
		return service.Checks{}, fmt.Errorf("%s: MS2_ENDPOINTS names no MS2", TodayCommand)
	}
	checker := today.New("http://" + endpoint)
	guard, err := orders.Guard(checker, log)
	return service.Checks{Guard: guard, Attempts: checker.Requests, Operators: http.HandlerFunc(ready), Close: checker.Close}, err
}

func ready(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ready\n") }
