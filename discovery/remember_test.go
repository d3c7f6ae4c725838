package discovery_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/discovery"
)

// remember watches a source of its own through the set remembered at path, for the service ms2.
func remember(t *testing.T, path string) (*watching, *scripted) {
	t.Helper()
	live := newScripted("live")
	source, err := discovery.NewRemember(path, "ms2", 0, live)
	if err != nil {
		t.Fatal(err)
	}
	return watch(t, source), live
}

// inRemember runs test in a bubble with a path at which the set "old" was remembered.
func inRemember(t *testing.T, test func(t *testing.T, path string)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "ms2.remembered")
		w, live := remember(t, path)
		live.tell("old")
		w.close()
		test(t, path)
	})
}

// close waits until Watch has returned.
func (w *watching) close() {
	w.stop()
	w.done <- <-w.done
}

type onDisk struct {
	Format, Service, Source string
	Confirmed               time.Time
	Instances               []struct{ ID string }
}

func readDisk(t *testing.T, path string) (d onDisk) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// replaceOnDisk changes a word of the remembered set.
func replaceOnDisk(t *testing.T, path, old, now string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(data), old) {
		t.Fatalf("%s does not hold %q (%v)", data, old, err)
	}
	write(t, path, strings.Replace(string(data), old, now, 1))
}

func TestRememberedSetServesAtOnceWhileTheRegistryIsDownAndSaysSo(t *testing.T) {
	inRemember(t, func(t *testing.T, path string) {
		confirmed := time.Now()
		pass(time.Hour)
		started := time.Now()
		w, live := remember(t, path)
		w.wantSet(t, "old")
		w.wantErr(t, "told of no instance yet")
		if !w.setAt().Equal(started) {
			t.Errorf("served after %v", w.setAt().Sub(started))
		}
		live.fail()
		w.wantErr(t, "registry is down")
		s := w.last(t)
		if s.Source != "remembered "+path || !s.At.Equal(confirmed) || !strings.Contains(s.Detail["remembered"], `1h0m0s ago by "live"`) {
			t.Errorf("told %+v, want it to say that the set is remembered", s)
		}
	})
}

func TestLiveSetTakesOverFromTheRememberedOne(t *testing.T) {
	inRemember(t, func(t *testing.T, path string) {
		w, live := remember(t, path)
		live.fail()
		pass(time.Hour)
		live.tell("new")
		w.wantSet(t, "new")
		w.wantErr(t)
		if s := w.last(t); s.Source != "live" || s.Detail["remembered"] != "" || s.Detail["index"] != "7" {
			t.Errorf("told %+v, want the source's own", s)
		}
		live.fail()
		w.wantSet(t, "new")
		if s := w.last(t); s.Source != "live" || s.Err == nil {
			t.Errorf("told %+v, want the source's own", s)
		}
	})
}

func TestFirstStartHasNothingToRememberAndNothingToReport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "ms2.remembered")
		w, live := remember(t, path)
		if n := w.count(); n != 0 {
			t.Fatalf("told %d times, want nothing", n)
		}
		live.tell("a")
		w.wantErr(t)
		w.wantSet(t, "a")
		d := readDisk(t, path)
		if d.Service != "ms2" || d.Source != "live" || !d.Confirmed.Equal(time.Now()) || len(d.Instances) != 1 {
			t.Errorf("on disk: %+v", d)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v (%v), want 0600", info.Mode(), err)
		}
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 1 {
			t.Errorf("left behind %v", left)
		}
	})
}

func TestEverythingOfAnInstanceIsRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "ms2.remembered")
		set := []discovery.Instance{{ID: "a", Addr: "[::1]:80", Zone: "z", Weight: 0, Meta: map[string]string{"k": "v"}}}
		w, live := remember(t, path)
		live.send(discovery.Snapshot{Instances: set})
		w.close()
		w, _ = remember(t, path)
		if !discovery.Same(w.last(t).Instances, set) {
			t.Errorf("remembered %+v, want %+v", w.last(t).Instances, set)
		}
	})
}

func TestBadRememberedSetIsIgnoredNamedAndReplaced(t *testing.T) {
	for word, spoil := range map[string]func(t *testing.T, path string){
		"empty":            func(t *testing.T, path string) { write(t, path, "") },
		"cut off":          func(t *testing.T, path string) { write(t, path, `{"format":"ms2 rem`) },
		"invalid":          func(t *testing.T, path string) { write(t, path, "garbage") },
		"version":          func(t *testing.T, path string) { replaceOnDisk(t, path, `"version": 1`, `"version": 2`) },
		"holds no":         func(t *testing.T, path string) { replaceOnDisk(t, path, `"instances": [`, `"instances": [], "x": [`) },
		"none of its":      func(t *testing.T, path string) { replaceOnDisk(t, path, `old:80`, `old:0`) },
		"larger than":      func(t *testing.T, path string) { write(t, path, strings.Repeat(" ", 17<<20)) },
		"confirmed at":     func(t *testing.T, path string) { pass(24*time.Hour + 1) },
		"more than 24h0m0": func(t *testing.T, path string) { replaceOnDisk(t, path, `"confirmed": "2000`, `"confirmed": "2999`) },
	} {
		t.Run(word, func(t *testing.T) {
			inRemember(t, func(t *testing.T, path string) {
				spoil(t, path)
				w, live := remember(t, path)
				w.wantSet(t, "nothing told")
				w.wantErr(t, word, path, "ignored")
				live.fail()
				w.wantErr(t, "registry is down")
				if got := w.last(t).Detail["remembered"]; !strings.Contains(got, word) {
					t.Errorf("detail %q, want it to say %q", got, word)
				}
				live.tell("new")
				w.wantSet(t, "new")
				w.wantErr(t)
				if s := w.last(t); s.Detail["remembered"] != "" || readDisk(t, path).Instances[0].ID != "new" {
					t.Errorf("told %+v, want the file mended", s)
				}
			})
		})
	}
}

func TestForeignFileIsIgnoredNamedAndLeftAsItIs(t *testing.T) {
	for word, text := range map[string]string{
		"format":             `{"instances":[{"addr":"10.0.0.1:80"}]}`,
		`service "other"`:    `{"format":"ms2 remembered set","version":1,"service":"other","instances":[{"addr":"10.0.0.1:80"}]}`,
		"path of its own":    `{}`,
		"its format is \"\"": `{"format":""}`,
	} {
		t.Run(word, func(t *testing.T) {
			inRemember(t, func(t *testing.T, path string) {
				write(t, path, text)
				w, live := remember(t, path)
				w.wantSet(t, "nothing told")
				w.wantErr(t, word)
				live.tell("new")
				pass(time.Hour)
				w.wantErr(t)
				if got := w.last(t).Detail["remembered"]; !strings.Contains(got, word) {
					t.Errorf("detail %q, want it to say %q", got, word)
				}
				if data, _ := os.ReadFile(path); string(data) != text {
					t.Errorf("the file became %s", data)
				}
			})
		})
	}
}

func TestEmptyFirstSetIsBelievedTenSecondsLater(t *testing.T) {
	inRemember(t, func(t *testing.T, path string) {
		w, live := remember(t, path)
		live.tell()
		pass(10*time.Second - 1)
		w.wantSet(t, "old")
		pass(1)
		w.wantSet(t, "")
		if id := readDisk(t, path).Instances[0].ID; id != "old" {
			t.Errorf("on disk: %s, want the last set that had an instance", id)
		}
	})
}

func TestErrorAfterAnEmptyFirstSetHasItDoubtedAnew(t *testing.T) {
	inRemember(t, func(t *testing.T, path string) {
		w, live := remember(t, path)
		live.tell()
		pass(9 * time.Second)
		live.fail()
		pass(time.Hour)
		w.wantSet(t, "old")
		live.send(discovery.Snapshot{At: time.Now()}) // empty, unchanged
		pass(10*time.Second - 1)
		w.wantSet(t, "old")
		pass(1)
		w.wantSet(t, "")
	})
}

func TestReplicaThatComesInTheGraceEndsIt(t *testing.T) {
	inRemember(t, func(t *testing.T, path string) {
		w, live := remember(t, path)
		live.tell()
		pass(5 * time.Second)
		live.tell("new")
		pass(time.Hour)
		w.wantSet(t, "new")
	})
}

func TestLiveEmptySetIsPassedOnAndNotRemembered(t *testing.T) {
	inRemember(t, func(t *testing.T, path string) {
		w, live := remember(t, path)
		live.tell("new")
		pass(time.Minute)
		live.tell()
		w.wantSet(t, "")
		w.close()
		if id := readDisk(t, path).Instances[0].ID; id != "new" {
			t.Errorf("on disk: %s, want the last set that had an instance", id)
		}
	})
}

func TestUnchangedSetIsWrittenAgainOnlyToStayYoung(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "ms2.remembered")
		_, live := remember(t, path)
		live.tell("a", "b")
		first := time.Now()
		for range 59 {
			pass(time.Minute)
			live.tell("b", "a")
		}
		if at := readDisk(t, path).Confirmed; !at.Equal(first) {
			t.Errorf("written again after %v, want not within the hour", at.Sub(first))
		}
		pass(time.Minute)
		live.tell("a", "b")
		if at := readDisk(t, path).Confirmed; at.Sub(first) != time.Hour {
			t.Errorf("confirmed %v after the first, want 1 h", at.Sub(first))
		}
	})
}

func TestManyChangesAreWrittenOnceASecondAndTheLastOneAlways(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "ms2.remembered")
		w, live := remember(t, path)
		for i := range 10 {
			live.tell(fmt.Sprint("n", i))
		}
		if id := readDisk(t, path).Instances[0].ID; id != "n0" {
			t.Errorf("on disk at once: %s, want the first", id)
		}
		pass(time.Second)
		if id := readDisk(t, path).Instances[0].ID; id != "n9" {
			t.Errorf("on disk after a second: %s, want the last", id)
		}
		live.tell("final")
		w.close()
		if id := readDisk(t, path).Instances[0].ID; id != "final" {
			t.Errorf("on disk at the end: %s, want the last", id)
		}
	})
}

func TestDiskThatCannotBeWrittenHarmsNothingAndIsTriedAgainAfterAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "missing")
		path := filepath.Join(dir, "ms2.remembered")
		w, live := remember(t, path)
		live.tell("a")
		w.wantSet(t, "a")
		w.wantErr(t)
		if got := w.last(t).Detail["remembered"]; !strings.Contains(got, "cannot be saved: no such file") || !strings.Contains(got, path) {
			t.Errorf("detail %q, want what is wrong with the disk", got)
		}
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		pass(time.Minute - 1)
		live.tell("a")
		if _, err := os.Stat(path); err == nil {
			t.Error("tried again within the minute")
		}
		pass(1)
		live.tell("a")
		if got := w.last(t).Detail["remembered"]; got != "" || readDisk(t, path).Instances[0].ID != "a" {
			t.Errorf("detail %q, want the fault gone", got)
		}
	})
}

func TestWriteThatFailsLeavesNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "ms2.remembered")
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		w, live := remember(t, path)
		w.wantErr(t, "not a regular file")
		live.tell("a")
		w.wantErr(t)
		if got := w.last(t).Detail["remembered"]; !strings.Contains(got, "cannot be saved") {
			t.Errorf("detail %q, want that it cannot be saved", got)
		}
		if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
			t.Errorf("left behind %v", left)
		}
	})
}

func TestSetTooLargeToReadAgainIsNotWritten(t *testing.T) {
	inRemember(t, func(t *testing.T, path string) {
		w, live := remember(t, path)
		huge := setOf("huge")
		huge[0].Meta = map[string]string{"k": strings.Repeat("v", 16<<20)}
		live.send(discovery.Snapshot{Instances: huge})
		w.wantSet(t, "huge")
		if got := w.last(t).Detail["remembered"]; !strings.Contains(got, "larger than 16 MiB") {
			t.Errorf("detail %q, want that it is too large", got)
		}
		if id := readDisk(t, path).Instances[0].ID; id != "old" {
			t.Errorf("on disk: %s", id)
		}
	})
}

func TestSetTheSourceCouldNotConfirmIsNotRemembered(t *testing.T) {
	inRemember(t, func(t *testing.T, path string) {
		_, live := remember(t, path)
		live.send(discovery.Snapshot{Instances: setOf("doubtful"), Err: errScripted})
		if id := readDisk(t, path).Instances[0].ID; id != "old" {
			t.Errorf("on disk: %s", id)
		}
	})
}

func TestRememberEndsWithItsSource(t *testing.T) {
	inRemember(t, func(t *testing.T, path string) {
		w, live := remember(t, path)
		live.end(func() error { return errScripted })
		if err := <-w.done; !errors.Is(err, errScripted) {
			t.Errorf("Watch returned %v, want the source's error", err)
		}
		w.wantSet(t, "old")
	})
}

func TestRememberEndsWithTheContextAndWaitsForItsSource(t *testing.T) {
	inRemember(t, func(t *testing.T, path string) {
		w, live := remember(t, path)
		live.lingers = time.Minute
		start := time.Now()
		w.stop()
		if err := <-w.done; !errors.Is(err, context.Canceled) || time.Since(start) != time.Minute {
			t.Errorf("Watch returned %v after %v", err, time.Since(start))
		}
	})
}

func TestNewRememberNamesEverythingThatIsWrong(t *testing.T) {
	_, err := discovery.NewRemember("", "", time.Second, nil)
	for _, want := range []string{"path", "service", "greatest age", "source is nil"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want it to name %s", err, want)
		}
	}
	for _, service := range []string{strings.Repeat("s", 256), "\xff"} {
		if _, err := discovery.NewRemember("path", service, 0, newScripted("live")); err == nil {
			t.Errorf("the service %.5q was accepted", service)
		}
	}
}

func ExampleNewRemember() {
	path := filepath.Join(os.TempDir(), fmt.Sprintf("ms2-example-%d.remembered", os.Getpid()))
	defer func() { _ = os.Remove(path) }()

	registry, _ := discovery.NewStatic("10.0.0.7:8080")
	source, err := discovery.NewRemember(path, "ms2", 0, registry)
	if err != nil {
		fmt.Println(err)
		return
	}
	firstSet(source) // saved on the way out

	down, _ := discovery.NewFile("/nowhere/ms2.json")
	source, _ = discovery.NewRemember(path, "ms2", 0, down)
	fmt.Println(firstSet(source)[0].Addr)
	// Output: 10.0.0.7:8080
}

// firstSet watches until there is a set.
func firstSet(source discovery.Source) (set []discovery.Instance) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	_ = source.Watch(ctx, func(s discovery.Snapshot) {
		if s.Instances != nil {
			set = s.Instances
			stop()
		}
	})
	return set
}
