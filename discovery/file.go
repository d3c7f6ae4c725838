package discovery

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

const (
	// filePeriod is how long a change may stay unseen.
	filePeriod = time.Second

	// fileSettled is how long a file is read again though it looks the same: what is written over within one tick of the
	// file system's clock, at most 2 s, and with as many bytes, looks the same.
	fileSettled = 2 * time.Second
)

// File is a [Source] of a JSON document on disk, kept by hand, by a deployment or in a mounted ConfigMap:
//
//	{"instances": [
//	  {"id": "ms2-1", "addr": "10.0.0.7:8080", "zone": "eu-1a", "weight": 10, "meta": {"build": "42"}},
//	  {"addr": "[2001:db8::1]:8080"}
//	]}
//
// Only addr is required: id defaults to it, and weight, 0 to [MaxWeight], to 1. A member that is not named here is
// refused, so that no misspelt one goes unnoticed; what else there is to say of an instance goes in its meta. Entries that
// [Clean] drops are left out one by one.
//
// The file is looked at every second, and read again when its size, its time of change or the file itself differs: it may
// be written in place, renamed over, or be a link that leads elsewhere from now on. A file that is missing, empty, half
// written, broken, without any usable entry, or larger than 16 MiB never empties the set: the last one stays in use, and
// Err says what is wrong. Only an explicit "instances": [] empties it.
//
// A File is immutable: it may be watched by several callers at once, each of which reads for itself.
type File struct {
	path string
}

// NewFile takes the path of the document, which need not exist yet: a missing file is looked for until it appears.
func NewFile(path string) (*File, error) {
	if path == "" {
		return nil, errors.New("file source: the path is empty, want the path of a JSON document")
	}
	return &File{path: path}, nil
}

// Watch implements [Source]. It calls update from the caller's goroutine, and when nothing changes every 10 s. Detail
// holds "modified", when the document in use was last changed.
//
// A read cannot be interrupted: on a network file system that hangs, Watch returns only once the read does.
func (f *File) Watch(ctx context.Context, update func(Snapshot)) error {
	w := fileWatch{path: f.path, report: report{update: update, source: "file " + f.path}}
	return poll(ctx, w.round)
}

// fileWatch is the state of one call of Watch.
type fileWatch struct {
	path   string
	report report
	last   os.FileInfo // of the last read; nil when there was none or it failed
	since  time.Time   // when a file that looks like last was first seen
}

func (w *fileWatch) round(context.Context) time.Duration {
	if err := w.look(time.Now()); err != nil {
		w.report.failed(fmt.Errorf("file %s: %w; the last set, if any, stays in use until the file is mended", w.path, err))
	}
	return filePeriod
}

// look reads the file if it changed since the last read, or may have.
func (w *fileWatch) look(now time.Time) error {
	info, err := os.Stat(w.path)
	if err != nil {
		w.last = nil
		return withoutPath(err)
	}
	if !looksSame(w.last, info) {
		w.since = now
	} else if now.Sub(w.since) > fileSettled {
		w.report.again()
		return nil
	}
	return w.read()
}

// looksSame compares what a change of content changes too: os.SameFile sees a rename or another target of a link.
func looksSame(a, b os.FileInfo) bool {
	return a != nil && os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

func (w *fileWatch) read() error {
	data, info, err := readFile(w.path)
	w.last = info
	if err != nil {
		return err
	}
	kept, dropped, err := decodeDocument(data)
	if err != nil {
		return err
	}
	w.report.detail = map[string]string{"modified": info.ModTime().UTC().Format(time.RFC3339)}
	w.report.confirmed(kept, dropped)
	return nil
}
