package service

import (
	"errors"
	"flag"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestFlagsAreTaken(t *testing.T) {
	o, err := parse([]string{"-ms1", "https://ms1.example/base/", "-sids", "/a, /b/*", "-cache", "5", "-links", "MS1=http://a"})
	if err != nil || o.ms1.String() != "https://ms1.example/base" || !slices.Equal(o.sids, []string{"/a", "/b/*"}) || o.cache != 5 || len(o.links) != 1 {
		t.Errorf("got %+v, %v", o, err)
	}
	o, err = parse([]string{"-ms1", "http://a"})
	if err != nil || len(o.sids) != 2 || o.listen != "127.0.0.1:8080" || o.cache != 10_000 {
		t.Errorf("got %+v, %v", o, err)
	}
	if o, err = parse([]string{"-ms1", "http://a", "-sids", ""}); err != nil || len(o.sids) != 0 {
		t.Errorf("got %+v, %v", o, err)
	}
}

func TestFlagsThatCannotWorkEndWith2(t *testing.T) {
	quiet(t)
	for _, args := range []string{"", "-ms1 127.0.0.1:8081", "-ms1 http://", "-ms1 http://a?b", "-ms1 http://a extra -listen :1", "-ms1 http://a -cache 0", "-ms1 http://a -patience 0s", "-ms1 http://a -links x", "-no"} {
		if code := Main(strings.Fields(args)); code != 2 {
			t.Errorf("%q ends with %d", args, code)
		}
	}
	if code := Main([]string{"-h"}); code != 0 {
		t.Errorf("-h ends with %d", code)
	}
	if _, err := parse([]string{"-h"}); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("got %v", err)
	}
}

// quiet keeps what is printed for a person out of the test's output.
func quiet(t *testing.T) {
	t.Helper()
	before := os.Stderr
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	ok(t, err)
	os.Stderr = null
	t.Cleanup(func() {
		os.Stderr = before
		_ = null.Close()
	})
}

func TestWhatCannotWorkIsSaidAtStart(t *testing.T) {
	m := newMS1(t)
	t.Setenv("MS2_ENDPOINTS", "127.0.0.1:1")
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	for want, args := range map[string][]string{
		"-listen": {"-listen", m.Listener.Addr().String()},
		"-sids":   {"-sids", "lines"},
	} {
		o, err := parse(append(args, "-ms1", m.URL))
		ok(t, err)
		if err := run(t.Context(), o, log); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error that names %s", err, want)
		}
	}
	t.Setenv("MS2_TIMEOUT", "soon")
	if err := run(t.Context(), options{}, log); err == nil || !strings.Contains(err.Error(), "MS2_TIMEOUT") {
		t.Errorf("got %v, want an error that names MS2_TIMEOUT", err)
	}
}
