package faults

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// fakeProcess notes what is done to it.
type fakeProcess struct {
	done    []string
	gone    atomic.Bool
	refuses error // of Restart
}

func (p *fakeProcess) Kill()         { p.did("kill", true) }
func (p *fakeProcess) Leave()        { p.did("leave", true) }
func (p *fakeProcess) Pause() error  { p.done = append(p.done, "pause"); return nil }
func (p *fakeProcess) Resume() error { p.done = append(p.done, "resume"); return nil }
func (p *fakeProcess) Running() bool { return !p.gone.Load() }

func (p *fakeProcess) Restart(context.Context) error {
	if p.refuses == nil {
		p.did("restart", false)
	}
	return p.refuses
}

func (p *fakeProcess) did(what string, gone bool) {
	p.done = append(p.done, what)
	p.gone.Store(gone)
}

var errBroken = errors.New("the disk is full")

// newFake is a replica over a fake process.
func newFake(t *testing.T) (*Replica, *fakeProcess) {
	t.Helper()
	p := &fakeProcess{}
	return NewReplica("replica 1", "127.0.0.1:1", filepath.Join(t.TempDir(), "faults"), p), p
}

// behaviour is what the process is told.
func behaviour(t *testing.T, r *Replica) string {
	t.Helper()
	text, err := os.ReadFile(r.file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(text)), " ")
}

func on(r *Replica) string {
	var words []string
	for _, f := range r.On() {
		words = append(words, string(f))
	}
	return strings.Join(words, " ")
}
