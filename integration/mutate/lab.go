package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"time"
)

// lab builds and runs the tests. It may be used concurrently once calibrated.
type lab struct {
	root   string
	temp   string // directory for changed files, and for what killed tests leave behind
	suites []suite
	run    string
	limit  time.Duration // for the tests of one suite, without building them; 0 for none
	procs  int           // processors for each build
}

// suite is the tests of one package.
type suite struct{ pkg, dir string }

func newLab(ctx context.Context, root, temp string, o options) (*lab, error) {
	l := &lab{root: root, temp: temp, run: o.run, limit: o.timeout, procs: max(1, runtime.NumCPU()/o.workers)}
	for _, pkg := range o.tests {
		dir, _, err := list(ctx, root, pkg)
		if err != nil {
			return nil, err
		}
		l.suites = append(l.suites, suite{pkg, dir})
	}
	return l, nil
}

// calibrate runs the tests on the original, which must pass, and sets the limit when there is none.
func (l *lab) calibrate(ctx context.Context) error {
	var longest time.Duration
	for _, s := range l.suites {
		took, err := l.measure(ctx, s)
		if err != nil {
			return err
		}
		longest = max(longest, took)
	}
	if longest == 0 {
		return errors.New("there are no tests to run: every mutant would survive")
	}
	if l.limit == 0 {
		l.limit = 10*time.Second + 5*longest
	}
	return nil
}

// measure returns how long the tests of a suite take on the original; 0 when there are none.
func (l *lab) measure(ctx context.Context, s suite) (time.Duration, error) {
	if out, err := l.build(ctx, l.temp, s).CombinedOutput(); err != nil {
		return 0, failure(ctx, "%s does not build without any change: %w\n%s", s.pkg, err, out)
	}
	if !isBuilt(l.temp) {
		return 0, nil
	}
	defer os.Remove(binary(l.temp)) // the next suite may have no tests
	begin := time.Now()
	out, err := l.test(ctx, l.temp, s).CombinedOutput()
	if err != nil {
		return 0, failure(ctx, "the tests of %s fail without any change: %w\n%s", s.pkg, err, out)
	}
	if bytes.Contains(out, []byte("testing: warning: no tests to run")) {
		return 0, nil
	}
	return time.Since(begin), nil
}

// failure is an error of calibration. It tells an interrupt from tests that fail.
func failure(ctx context.Context, format string, args ...any) error {
	if ctx.Err() != nil {
		return errInterrupted
	}
	return fmt.Errorf(format, args...)
}

// binary is where the tests are built in a directory. A package without tests leaves none.
func binary(dir string) string { return filepath.Join(dir, "tests.exe") } // the suffix hurts nowhere

func isBuilt(dir string) bool {
	_, err := os.Stat(binary(dir))
	return err == nil
}

// build is a command that builds the tests. A killed command leaves its files in dir.
func (l *lab) build(ctx context.Context, dir string, s suite, flags ...string) *exec.Cmd {
	args := append([]string{"test", "-c", "-vet=off", "-o=" + binary(dir)}, flags...)
	cmd := goCommand(ctx, l.root, append(args, s.pkg)...)
	cmd.Env = append(cmd.Env, "GOTMPDIR="+dir, "GOMAXPROCS="+strconv.Itoa(l.procs))
	return cmd
}

// test is a command that runs the tests as go test does: in the directory of their package.
func (l *lab) test(ctx context.Context, dir string, s suite) *exec.Cmd {
	cmd := exec.CommandContext(ctx, binary(dir), "-test.paniconexit0", "-test.failfast", "-test.run="+l.run)
	cmd.Dir = s.dir
	cmd.Env = append(cmd.Environ(), "TMPDIR="+dir)
	killWhole(cmd)
	return cmd
}
