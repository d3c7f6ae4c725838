package protocol_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

func TestWhatEachAnswerLacksIsLoggedOnceAMinuteWithACount(t *testing.T) {
	refusing := &notary{sign: func([]protocol.Attested) (string, error) { return "", errors.New("no subject") }}
	for name, c := range map[string]struct {
		store protocol.Store
		with  protocol.Attester
		took  time.Duration
	}{
		"attesting failed":         {usb, refusing, 0},
		"the lookup took too long": {slow(2 * time.Second), &notary{}, 2 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			h := protocol.NewHandler(c.store, protocol.HandlerOptions{Attester: c.with, Logger: slog.New(slog.NewTextHandler(&log, nil))})
			logged := func(count string) {
				t.Helper()
				get(h, "/v1/sids/usb:046d", "MS2-Attest", "1")
				if got := log.String(); count == "" && got != "" || strings.Count(got, "\n") > 1 ||
					count != "" && !(strings.Contains(got, name) && strings.Contains(got, " count="+count+"\n")) {
					t.Errorf("%s: want count %q: %s", name, count, got)
				}
				log.Reset()
			}
			logged("1")
			for range 10 {
				logged("")
			}
			time.Sleep(time.Minute - 11*c.took - 1)
			if c.took == 0 {
				logged("")
				time.Sleep(time.Nanosecond)
				logged("12")
				return
			}
			time.Sleep(time.Nanosecond)
			logged("11")
		})
	}
}
