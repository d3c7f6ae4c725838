package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// outcome is what became of a mutant.
type outcome int

const (
	untried  outcome = iota // the run was interrupted
	killed                  // a test failed
	hung                    // the tests did not end in time: killed too
	notBuilt                // it does not compile
	survived
)

// worker tries one mutant at a time.
type worker struct {
	*lab
	cache *buildCache
}

// workers makes n workers, after calibration: their caches then hold what it built.
func (l *lab) workers(ctx context.Context, n int) ([]*worker, error) {
	var all []*worker
	for i := range n {
		cache, err := newBuildCache(ctx, filepath.Join(l.temp, fmt.Sprint("cache", i)))
		if err != nil {
			return nil, err
		}
		all = append(all, &worker{l, cache})
	}
	return all, nil
}

// work tries mutants until none is left or the context ends.
func (w *worker) work(ctx context.Context, mutants []mutant, jobs <-chan int, trials chan<- trial) {
	for i := range jobs {
		if ctx.Err() != nil {
			return
		}
		outcome, err := w.try(ctx, mutants[i])
		trials <- trial{i, outcome, err}
	}
}

// try runs the tests on one mutant.
func (w *worker) try(ctx context.Context, m mutant) (outcome, error) {
	dir, err := os.MkdirTemp(w.temp, "")
	if err != nil {
		return untried, err
	}
	defer os.RemoveAll(dir)
	defer w.cache.sweep()
	overlay, err := writeOverlay(dir, m)
	if err != nil {
		return untried, err
	}
	for _, s := range w.suites {
		if o := w.trySuite(ctx, dir, s, overlay); o != survived {
			return o, nil
		}
	}
	return survived, nil
}

func (w *worker) trySuite(ctx context.Context, dir string, s suite, overlay string) outcome {
	build := w.build(ctx, dir, s, "-overlay="+overlay)
	build.Env = append(build.Env, "GOCACHE="+w.cache.dir)
	err := build.Run()
	switch {
	case ctx.Err() != nil:
		return untried
	case err != nil:
		return notBuilt
	case !isBuilt(dir):
		return survived
	}
	defer os.Remove(binary(dir)) // the next suite may have no tests
	return w.runTests(ctx, dir, s)
}

func (w *worker) runTests(ctx context.Context, dir string, s suite) outcome {
	limited, cancel := context.WithTimeout(ctx, w.limit)
	defer cancel()
	err := w.test(limited, dir, s).Run()
	switch {
	case ctx.Err() != nil:
		return untried
	case err == nil:
		return survived
	case limited.Err() != nil:
		return hung
	}
	return killed
}

// writeOverlay returns a file that has the go command read the mutant in place of the original.
func writeOverlay(dir string, m mutant) (string, error) {
	changed, overlay := filepath.Join(dir, "mutant.go"), filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(changed, m.text(), 0o600); err != nil {
		return "", err
	}
	text, err := json.Marshal(map[string]map[string]string{"Replace": {m.file: changed}})
	if err != nil {
		return "", err
	}
	return overlay, os.WriteFile(overlay, text, 0o600)
}
