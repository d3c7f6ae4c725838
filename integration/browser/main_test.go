package browser_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	gateway "ms2.internal/lb/examples/gateway/service"
	ms1 "ms2.internal/lb/examples/ms1/service"
	ms2 "ms2.internal/lb/examples/ms2/replica"
	"ms2.internal/lb/examples/quickstart/faulty"
	"ms2.internal/lb/examples/quickstart/fleet"
	"ms2.internal/lb/integration/browser/chromium"
)

// screenshots is where pictures of the page go.
var screenshots = flag.String("screenshots", "", "`directory` for pictures of the page; without it none are taken")

// What all tests share. None runs beside another, so that each can count what it causes at MS2.
var (
	browser  *chromium.Browser
	services *fleet.Fleet
	keys     signingKeys
)

// mains are the services, which the fleet starts from this same binary: so that a change of theirs is one of the tests', too.
var mains = map[string]func([]string) int{"ms1": ms1.Main, "ms2": ms2.Main, "gateway": gateway.Main, faulty.Command: faulty.Main}

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && mains[os.Args[1]] != nil {
		os.Exit(mains[os.Args[1]](os.Args[2:]))
	}
	flag.Parse()
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// run runs the tests between the start of everything and its end.
func run(m *testing.M) (code int, err error) {
	dir, err := os.MkdirTemp("", "browser-test-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	if keys, err = makeKeys(filepath.Join(dir, "signing-keys.json")); err != nil {
		return 0, err
	}
	ctx := context.Background()
	services, err = fleet.Start(ctx, fleet.Options{
		Dir: dir, Replicas: 2, Attest: true, Pages: true, Gateway: true,
		ReplicaArguments: []string{"-max-age", "1h"}, // what MS1 remembers is remembered, however slow the machine is
	})
	if err != nil {
		return 0, err
	}
	defer services.Close()
	if err := awaitKeys(ctx); err != nil {
		return 0, err
	}
	if browser, err = chromium.Start(ctx, os.Stderr); err != nil {
		return 0, err
	}
	code = m.Run()
	return code, errors.Join(browser.Close(), services.Failure(), findRaces(dir))
}

// findRaces looks into the services' logs for what the race detector writes there.
func findRaces(dir string) error {
	logs, err := filepath.Glob(filepath.Join(dir, "*.log"))
	for _, log := range logs {
		text, unread := os.ReadFile(log)
		if err = errors.Join(err, unread); bytes.Contains(text, []byte("DATA RACE")) {
			err = errors.Join(err, fmt.Errorf("%s:\n%s", log, text))
		}
	}
	return err
}

// awaitKeys waits until MS1 has MS2's keys: before, it would ask MS2 in spite of its signature.
func awaitKeys(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, guard)
	defer cancel()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for ; ; <-ticker.C {
		stats, err := services.Stats(ctx)
		if err != nil || stats.Attestations != nil && len(stats.Attestations.Keys.IDs) > 0 {
			return err
		}
	}
}
