package discovery_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/discovery"
)

// inChain runs test in a bubble with a watcher of a chain of three sources whose patience is 5 s.
func inChain(t *testing.T, test func(t *testing.T, w *watching, one, two, three *scripted)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		one, two, three := newScripted("one"), newScripted("two"), newScripted("three")
		chain, err := discovery.NewChain(0, one, two, three)
		if err != nil {
			t.Fatal(err)
		}
		w := watch(t, chain)
		test(t, w, one, two, three)
		w.stop()
		<-w.done
		for _, s := range []*scripted{one, two, three} {
			if now, _ := s.running(); now != 0 || s.overlapped {
				t.Errorf("%s: %d watches outlive the chain; two at once: %v", s.name, now, s.overlapped)
			}
		}
	})
}

func (s *scripted) wantRunning(t *testing.T, want bool) {
	t.Helper()
	if now, _ := s.running(); (now > 0) != want {
		t.Fatalf("%s runs: %v, want %v", s.name, now > 0, want)
	}
}

func (w *watching) wantFrom(t *testing.T, source, set string, words ...string) {
	t.Helper()
	w.wantSet(t, set)
	s := w.last(t)
	if s.Source != source {
		t.Errorf("from %q, want %q", s.Source, source)
	}
	for _, word := range words {
		if !strings.Contains(s.Detail["chain"], word) {
			t.Errorf("detail %q, want it to say %q", s.Detail["chain"], word)
		}
	}
}

func TestChainStartsNoOtherSourceWhileTheFirstAnswers(t *testing.T) {
	inChain(t, func(t *testing.T, w *watching, one, two, three *scripted) {
		pass(4 * time.Second)
		one.tell("a")
		pass(time.Hour)
		w.wantFrom(t, "one", "a", "source 1 of 3")
		w.wantErr(t)
		two.wantRunning(t, false)
		if s := w.last(t); s.Detail["index"] != "7" {
			t.Errorf("detail %v, want the source's own facts too", s.Detail)
		}
	})
}

func TestChainFallsToTheNextWhenNothingCameForThePatience(t *testing.T) {
	for name, silence := range map[string]func(*scripted){"silent": func(*scripted) {}, "failing": (*scripted).fail} {
		t.Run(name, func(t *testing.T) {
			inChain(t, func(t *testing.T, w *watching, one, two, three *scripted) {
				silence(one)
				pass(5*time.Second - 1)
				two.wantRunning(t, false)
				pass(1)
				two.wantRunning(t, true)
				pass(5*time.Second - 1)
				three.wantRunning(t, false)
				pass(1)
				three.tell("c")
				w.wantFrom(t, "three", "c", "source 3 of 3", "source 1", "source 2")
				w.wantErr(t)
				one.wantRunning(t, true)
			})
		})
	}
}

func TestChainNamesEverySourceThatFailsBeforeAnySet(t *testing.T) {
	inChain(t, func(t *testing.T, w *watching, one, two, three *scripted) {
		one.fail()
		w.wantErr(t, "source 1 (one) registry is down")
		pass(5 * time.Second)
		w.wantErr(t, "source 1 (one)", "source 2 (unnamed) has told of no set")
		if !errors.Is(w.last(t).Err, errScripted) {
			t.Errorf("error %v does not unwrap", w.last(t).Err)
		}
	})
}

func TestChainComesBackAndStopsTheLaterOnesAfterTenSeconds(t *testing.T) {
	inChain(t, func(t *testing.T, w *watching, one, two, three *scripted) {
		pass(5 * time.Second)
		two.tell("b")
		pass(time.Hour)
		w.wantFrom(t, "two", "b")
		one.tell("a")
		w.wantFrom(t, "one", "a")
		told := w.count()
		two.tell("b", "c")
		if w.count() != told {
			t.Error("a source that is not in use was passed on")
		}
		pass(10*time.Second - 1)
		two.wantRunning(t, true)
		pass(1)
		two.wantRunning(t, false)
		w.wantFrom(t, "one", "a")
	})
}

func TestNewFaultOfAnEarlierSourceIsShown(t *testing.T) {
	inChain(t, func(t *testing.T, w *watching, one, two, three *scripted) {
		pass(5 * time.Second)
		two.tell("b")
		one.fail()
		w.wantFrom(t, "two", "b", "source 1 (one) registry is down")
		w.wantErr(t)
	})
}

func TestSourceThatHadASetKeepsItsPlaceThroughErrors(t *testing.T) {
	inChain(t, func(t *testing.T, w *watching, one, two, three *scripted) {
		one.tell("a")
		one.fail()
		pass(time.Hour)
		w.wantFrom(t, "one", "a")
		w.wantErr(t, "registry is down")
		two.wantRunning(t, false)
	})
}

func TestEmptySetIsAnAnswerToAChain(t *testing.T) {
	inChain(t, func(t *testing.T, w *watching, one, two, three *scripted) {
		one.tell()
		pass(time.Hour)
		w.wantFrom(t, "one", "")
		two.wantRunning(t, false)
	})
}

func TestSourceThatEndsIsReplacedAtOnceAndItsSetStaysUntilThen(t *testing.T) {
	for word, how := range map[string]func() error{
		"it returned":      func() error { return nil },
		"registry is down": func() error { return errScripted },
		"it panicked: ow":  func() error { panic("ow") },
		"its goroutine":    func() error { runtime.Goexit(); return nil },
	} {
		t.Run(word, func(t *testing.T) {
			inChain(t, func(t *testing.T, w *watching, one, two, three *scripted) {
				one.tell("a")
				one.end(how)
				w.wantFrom(t, "one", "a")
				w.wantErr(t, "source 1 (one) ended", word)
				two.wantRunning(t, true)
				two.tell("b")
				w.wantFrom(t, "two", "b", "source 1 (one) ended")
				w.wantErr(t)
				pass(time.Hour)
				if _, ever := one.running(); ever != 1 {
					t.Errorf("a source that ended was started %d times", ever)
				}
			})
		})
	}
}

func TestSourceThatEndsWhileALaterOneSettlesGivesWayToItsSet(t *testing.T) {
	inChain(t, func(t *testing.T, w *watching, one, two, three *scripted) {
		pass(5 * time.Second)
		two.tell("b")
		one.tell("a")
		two.tell("b", "c")
		one.end(func() error { return errScripted })
		w.wantFrom(t, "two", "b c")
		pass(time.Hour)
		w.wantFrom(t, "two", "b c")
	})
}

func TestStoppedSourceStartsAnewOnceItHasEndedAndItsOldSetIsForgotten(t *testing.T) {
	inChain(t, func(t *testing.T, w *watching, one, two, three *scripted) {
		two.lingers = time.Minute
		pass(5 * time.Second)
		two.tell("old")
		one.tell("a")
		pass(10 * time.Second)
		one.end(func() error { return errScripted })
		w.wantFrom(t, "one", "a")
		pass(5 * time.Second)
		three.wantRunning(t, true)
		pass(55 * time.Second)
		if _, ever := two.running(); ever != 2 {
			t.Errorf("started %d times, want anew after it ended", ever)
		}
		two.tell("new")
		w.wantFrom(t, "two", "new")
	})
}

func TestChainReturnsWhenEverySourceHasEnded(t *testing.T) {
	inChain(t, func(t *testing.T, w *watching, one, two, three *scripted) {
		for _, s := range []*scripted{one, two, three} {
			s.end(func() error { return fmt.Errorf("%s: %w", s.name, errScripted) })
		}
		err := <-w.done
		if !errors.Is(err, errScripted) || !strings.Contains(err.Error(), "source 3 (unnamed) ended: three") {
			t.Errorf("Watch returned %v, want it to name each", err)
		}
		w.done <- err
	})
}

func TestChainEndsWithTheContextAndWaitsForItsSources(t *testing.T) {
	inChain(t, func(t *testing.T, w *watching, one, two, three *scripted) {
		one.lingers = time.Minute
		start := time.Now()
		w.stop()
		err := <-w.done
		if !errors.Is(err, context.Canceled) || time.Since(start) != time.Minute {
			t.Errorf("Watch returned %v after %v, want it to wait for its source", err, time.Since(start))
		}
		w.done <- err
	})
}

func TestNewChainNamesWhatIsWrong(t *testing.T) {
	for want, build := range map[string]func() (*discovery.Chain, error){
		"no source":       func() (*discovery.Chain, error) { return discovery.NewChain(0) },
		"source 2 is nil": func() (*discovery.Chain, error) { return discovery.NewChain(0, newScripted("one"), nil) },
		"patience is -1s": func() (*discovery.Chain, error) { return discovery.NewChain(-time.Second, newScripted("one")) },
	} {
		if _, err := build(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func ExampleNewChain() {
	missing, _ := discovery.NewFile("/nowhere/ms2.json")
	fixed, _ := discovery.NewStatic("10.0.0.7:8080")
	source, err := discovery.NewChain(10*time.Millisecond, missing, fixed)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	_ = source.Watch(ctx, func(s discovery.Snapshot) {
		if s.Instances != nil {
			fmt.Println(s.Source, s.Instances[0].Addr)
			stop()
		}
	})
	// Output: static 10.0.0.7:8080
}
