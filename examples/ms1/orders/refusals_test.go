package orders

import (
	"bytes"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// journal is where the log goes.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer // guarded by mu
}

func (j *journal) Write(line []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(line)
}

// records are the lines since the last call, without time and level.
func (j *journal) records() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(j.text.String()), "\n")
	for i, line := range lines {
		_, lines[i], _ = strings.Cut(line, "refused\" ")
	}
	j.text.Reset()
	return lines
}

func TestTheFirstRefusedOrderIsLoggedAtOnceAndMoreOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log journal
		f := refusals{log: slog.New(slog.NewTextHandler(&log, nil))}
		expect := func(want ...string) {
			t.Helper()
			synctest.Wait()
			if got := log.records(); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		}
		f.note("bad_sid")
		expect("count=1 reasons.bad_sid=1")
		for i := range 1000 {
			f.note([]string{"bad_sid", "forged"}[i%2])
		}
		time.Sleep(refusalPause - time.Nanosecond)
		expect("")
		time.Sleep(time.Nanosecond)
		expect("count=1000 reasons.bad_sid=500 reasons.forged=500")
		time.Sleep(refusalPause)
		expect("") // nothing more was refused
		f.note("no_order")
		expect("count=1 reasons.no_order=1")
	})
}

func TestRefusedOrdersAreCountedFromManyGoroutines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log journal
		f := refusals{log: slog.New(slog.NewTextHandler(&log, nil))}
		for range 100 {
			go f.note("bad_sid")
		}
		time.Sleep(refusalPause)
		synctest.Wait()
		if got, want := log.records(), []string{"count=1 reasons.bad_sid=1", "count=99 reasons.bad_sid=99"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestEveryStatusOfTheCheckHasAWord(t *testing.T) {
	t.Parallel()
	var words []string
	for _, status := range []int{422, 503, 429, 500, 400, 413, 415} {
		words = append(words, wordFor(status))
	}
	if got := fmt.Sprint(words); got != "[bad_sid unchecked too_many fault no_order no_order no_order]" {
		t.Errorf("got %s", got)
	}
}
