package sdk_test

import (
	"bytes"
	"context"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk"
)

// handler is a log handler that does something bad with every record.
type handler func()

func (handler) Enabled(context.Context, slog.Level) bool    { return true }
func (h handler) Handle(context.Context, slog.Record) error { h(); return nil }
func (h handler) WithAttrs([]slog.Attr) slog.Handler        { return h }
func (h handler) WithGroup(string) slog.Handler             { return h }

func TestALoggerThatBlocksOrPanicsHarmsNoCheck(t *testing.T) {
	healed := make(chan struct{})
	for name, bad := range map[string]func(){"panic": func() { panic("boom") }, "Goexit": runtime.Goexit, "block": func() { <-healed }} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, start := newFleet(t, "a"), time.Now()
				if name == "block" {
					healed = make(chan struct{})
					defer close(healed)
				}
				c := f.clientWith(sdk.Config{Endpoints: []string{"a:80"}, Unknown: []string{"MS2_TIMOUT"}, Token: "secret"}, sdk.WithLogger(slog.New(handler(bad))))
				if d := time.Since(start); d > time.Second {
					t.Errorf("New took %v", d)
				}
				expect(t, c, "a", true, sdk.Fresh)
			})
		})
	}
}

func TestTheLogNamesUnknownVariablesAndATokenInTheClear(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		var log bytes.Buffer
		cfg := sdk.Config{Endpoints: []string{"a:80"}, Unknown: []string{"MS2_TIMOUT", "MS2_ZONES"}, Token: "secret"}
		f.clientWith(cfg, sdk.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		for _, want := range []string{"MS2_TIMOUT", "nearest=MS2_TIMEOUT", "MS2_ZONES", "MS2_SCHEME=https"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("%q is not in the log:\n%s", want, &log)
			}
		}
		if strings.Contains(log.String(), "secret") {
			t.Error("the log holds the token")
		}
	}, "a")
}

func TestTheLogTellsWhenDiscoveryFailsAndRecovers(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		var log bytes.Buffer
		source := newTeller()
		f.clientWith(sdk.Config{}, sdk.WithSource(source), sdk.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		source.tell(discovery.Snapshot{Instances: instances("a")})
		for range 3 {
			source.tell(discovery.Snapshot{Err: errRegistry})
		}
		source.tell(discovery.Snapshot{At: time.Now()})
		synctest.Wait()
		if n := strings.Count(log.String(), errRegistry.Error()); n != 1 {
			t.Errorf("%d lines on the failure:\n%s", n, &log)
		}
		if !strings.Contains(log.String(), "confirmed again") {
			t.Errorf("nothing on the recovery:\n%s", &log)
		}
	}, "a")
}
