package discovery_test

import (
	"context"
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

const (
	oneInstance = `{"instances":[{"id":"a","addr":"10.0.0.1:80"}]}`
	another     = `{"instances":[{"id":"b","addr":"10.0.0.2:80"}]}`
	noInstance  = `{"instances":[]}`
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// rename puts text at path in one step.
func rename(t *testing.T, path, text string) {
	t.Helper()
	write(t, path+".new", text)
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// inFile runs test in a bubble with a watcher of a file that holds text; without text there is no file.
func inFile(t *testing.T, text string, test func(t *testing.T, path string, w *watching)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "ms2.json")
		if text != "" {
			write(t, path, text)
		}
		source, err := discovery.NewFile(path)
		if err != nil {
			t.Fatal(err)
		}
		test(t, path, watch(t, source))
	})
}

func TestFileTellsWhatTheDocumentSays(t *testing.T) {
	const text = `{"instances":[
		{"id":"a","addr":"10.0.0.1:80","zone":"z","weight":0,"meta":{"k":"v"}},
		{"addr":"[::1]:80"},
		{"id":"c","addr":"10.0.0.3"}]}`
	inFile(t, text, func(t *testing.T, path string, w *watching) {
		s := w.last(t)
		if s.Source != "file "+path || !s.At.Equal(time.Now()) || s.Err != nil || s.Detail["modified"] == "" {
			t.Errorf("told %+v", s)
		}
		want := []discovery.Instance{
			{ID: "a", Addr: "10.0.0.1:80", Zone: "z", Meta: map[string]string{"k": "v"}},
			{ID: "[::1]:80", Addr: "[::1]:80", Weight: 1},
		}
		if !discovery.Same(s.Instances, want) {
			t.Errorf("instances %+v, want %+v", s.Instances, want)
		}
		if len(s.Dropped) != 1 || s.Dropped[0].ID != "c" {
			t.Errorf("dropped %+v, want c", s.Dropped)
		}
	})
}

func TestFileFollowsEveryKindOfChangeWithinASecond(t *testing.T) {
	for how, change := range map[string]func(*testing.T, string, string){"in place": write, "by rename": rename} {
		t.Run(how, func(t *testing.T) {
			inFile(t, oneInstance, func(t *testing.T, path string, w *watching) {
				pass(time.Minute)
				change(t, path, another)
				pass(time.Second)
				w.wantSet(t, "b")
			})
		})
	}
}

func TestFileFollowsALinkThatIsSwapped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		for name, text := range map[string]string{"v1": oneInstance, "v2": another} {
			if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, name, "ms2.json"), text)
		}
		// As Kubernetes mounts a ConfigMap: the file is a link through ..data, which is renamed over.
		link := func(target, name string) {
			if err := errors.Join(os.Symlink(target, filepath.Join(dir, "new")), os.Rename(filepath.Join(dir, "new"), filepath.Join(dir, name))); err != nil {
				t.Fatal(err)
			}
		}
		link("v1", "..data")
		link(filepath.Join("..data", "ms2.json"), "ms2.json")
		source, _ := discovery.NewFile(filepath.Join(dir, "ms2.json"))
		w := watch(t, source)
		w.wantSet(t, "a")
		pass(time.Minute)
		link("v2", "..data")
		pass(time.Second)
		w.wantSet(t, "b")
	})
}

func TestFileWrittenTwiceWithinATickOfTheFileSystemIsReadAgain(t *testing.T) {
	inFile(t, oneInstance, func(t *testing.T, path string, w *watching) {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		write(t, path, another) // as many bytes
		if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		w.wantSet(t, "b")
	})
}

func TestBadFileNeverEmptiesTheSetAndIsNamed(t *testing.T) {
	for text, words := range map[string][]string{
		"":                               {"empty"},
		" \n":                            {"empty"},
		oneInstance[:30]:                 {"cut off"},
		`{"instances":[{"addr":1}]}`:     {"byte 23", "addr"},
		`{"instances":[{]}`:              {"byte 16"},
		`{}`:                             {`"instances" is missing`},
		`{"instances":null}`:             {`"instances" is missing`},
		`[]`:                             {"array"},
		`null`:                           {`"instances" is missing`},
		noInstance + noInstance:          {"follows"},
		`{"instances":[],"instnaces":1}`: {`unknown field "instnaces"`},
		`{"instances":[{"adr":"a:1"}]}`:  {`unknown field "adr"`},
		`{"instances":[{"addr":"a:0"}]}`: {"none of its 1 instances", "a:0", "1 to 65535"},
		`{"instances":[null]}`:           {"none of its 1 instances"},
		`{"` + strings.Repeat("x", 5000) + `":1}`: {"…"},
		noInstance + strings.Repeat(" ", 16<<20):  {"larger than 16 MiB"},
	} {
		t.Run(fmt.Sprintf("%.40q", text), func(t *testing.T) {
			inFile(t, oneInstance, func(t *testing.T, path string, w *watching) {
				write(t, path, text)
				pass(time.Second)
				w.wantSet(t, "a")
				w.wantErr(t, append(words, path, "stays in use")...)
				if n := len(w.last(t).Err.Error()); n > 500 {
					t.Errorf("an error of %d bytes", n)
				}
				write(t, path, another)
				pass(time.Second)
				w.wantSet(t, "b")
				w.wantErr(t)
			})
		})
	}
}

func TestVanishedFileNeverEmptiesTheSet(t *testing.T) {
	inFile(t, oneInstance, func(t *testing.T, path string, w *watching) {
		pass(30 * time.Second)
		confirmed := time.Now()
		remove(t, path)
		pass(time.Hour)
		w.wantSet(t, "a")
		w.wantErr(t, path, "no such file")
		if at := w.last(t).At; !at.Equal(confirmed) {
			t.Errorf("confirmed at %v, want %v", at, confirmed)
		}
		write(t, path, oneInstance)
		pass(time.Second)
		w.wantErr(t)
		if s := w.last(t); s.Instances != nil {
			t.Errorf("told the set %v anew, want it unchanged", s.Instances)
		}
	})
}

func TestFileThatIsMovedAwayAndBackIsConfirmedAgain(t *testing.T) {
	inFile(t, oneInstance, func(t *testing.T, path string, w *watching) {
		pass(time.Minute)
		for _, move := range [][2]string{{path, path + ".away"}, {path + ".away", path}} {
			if err := os.Rename(move[0], move[1]); err != nil {
				t.Fatal(err)
			}
			pass(time.Second)
		}
		w.wantSet(t, "a")
		w.wantErr(t)
	})
}

func TestSetOfAFileThatIsBrokenGrowsOld(t *testing.T) {
	inFile(t, oneInstance, func(t *testing.T, path string, w *watching) {
		confirmed := time.Now()
		write(t, path, "{")
		pass(time.Hour)
		w.wantErr(t, "cut off")
		if at := w.last(t).At; !at.Equal(confirmed) {
			t.Errorf("confirmed at %v, want %v", at, confirmed)
		}
	})
}

func TestExplicitlyEmptyFileEmptiesTheSet(t *testing.T) {
	inFile(t, oneInstance, func(t *testing.T, path string, w *watching) {
		write(t, path, noInstance)
		pass(time.Second)
		w.wantSet(t, "")
		w.wantErr(t)
	})
}

func TestUnchangedFileIsConfirmedEveryTenSeconds(t *testing.T) {
	inFile(t, oneInstance, func(t *testing.T, path string, w *watching) {
		pass(10 * time.Second)
		if n := w.count(); n != 2 {
			t.Errorf("told %d times in 10 s, want the set and one confirmation", n)
		}
		if s := w.last(t); s.Instances != nil || !s.At.Equal(time.Now()) || s.Err != nil {
			t.Errorf("told %+v, want a bare confirmation", s)
		}
	})
}

func TestFileWatchEndsWithTheContext(t *testing.T) {
	inFile(t, "", func(t *testing.T, path string, w *watching) {
		w.stop()
		synctest.Wait()
		select {
		case err := <-w.done:
			if !errors.Is(err, context.Canceled) {
				t.Errorf("Watch returned %v", err)
			}
		default:
			t.Error("Watch did not return")
		}
	})
}

func TestNewFileWantsAPath(t *testing.T) {
	if _, err := discovery.NewFile(""); err == nil {
		t.Error("no path was accepted")
	}
}

func ExampleNewFile() {
	path := filepath.Join(os.TempDir(), fmt.Sprintf("ms2-example-%d.json", os.Getpid()))
	_ = os.WriteFile(path, []byte(`{"instances": [{"addr": "10.0.0.7:8080"}]}`), 0o600)
	defer func() { _ = os.Remove(path) }()

	source, err := discovery.NewFile(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	_ = source.Watch(ctx, func(s discovery.Snapshot) {
		fmt.Println(s.Instances[0].Addr, s.Instances[0].Weight)
		stop()
	})
	// Output: 10.0.0.7:8080 1
}
