package discovery

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

const (
	rememberedFormat  = "ms2 remembered set"
	rememberedVersion = 1
)

// remembered is a set as [Remember] keeps it on disk, and why and since when it was believed. Members that a later
// program adds are ignored; what changes the meaning of the others changes the version.
type remembered struct {
	Format    string    `json:"format"`
	Version   int       `json:"version"`
	Service   string    `json:"service"`
	Source    string    `json:"source"`    // who told
	Confirmed time.Time `json:"confirmed"` // when it was last confirmed
	Instances []entry   `json:"instances"` // never empty
}

// encodeRemembered leaves out what could not be used.
func encodeRemembered(service string, s Snapshot) ([]byte, error) {
	kept, _ := Clean(s.Instances)
	if len(kept) == 0 {
		return nil, errors.New("no instance of the set can be used")
	}
	document := remembered{
		Format: rememberedFormat, Version: rememberedVersion, Service: service, Source: s.Source, Confirmed: s.At.UTC(),
		Instances: make([]entry, len(kept)),
	}
	for i, in := range kept {
		document.Instances[i] = entry{ID: in.ID, Addr: in.Addr, Zone: in.Zone, Weight: &in.Weight, Meta: in.Meta}
	}
	return json.MarshalIndent(document, "", " ")
}

// recollection is what came of reading a remembered set.
type recollection struct {
	set     []Instance // nil when there is none to use
	dropped []Dropped
	source  string
	at      time.Time // when set was confirmed
	err     error     // why there is none; nil also where there is no file yet
	foreign bool      // somebody else's file, which must not be written over
}

// fault is err for the operator, with the remedy.
func (r recollection) fault() error {
	switch {
	case r.foreign:
		return fmt.Errorf("the file is ignored and left as it is: %w; give each service a path of its own", r.err)
	case r.err != nil:
		return fmt.Errorf("the file is ignored: %w; the next set is written over it", r.err)
	}
	return nil
}

// recall reads the set remembered at path for service. One that was confirmed more than maxAge from now is not used, be
// it from the past or, as a clock that was wrong has it, from the future.
func recall(path, service string, maxAge time.Duration, now time.Time) recollection {
	data, _, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return recollection{}
	}
	if err != nil {
		return recollection{err: err}
	}
	r := decodeRemembered(data, service)
	if age := now.Sub(r.at).Abs(); r.err == nil && age > maxAge {
		return recollection{err: fmt.Errorf("it was confirmed at %s, more than %v from now", r.at.Format(time.RFC3339), maxAge)}
	}
	return r
}

func decodeRemembered(data []byte, service string) recollection {
	var document remembered
	if err := decodeOne(json.NewDecoder(bytes.NewReader(data)), &document); err != nil {
		return recollection{err: err}
	}
	switch {
	case document.Format != rememberedFormat:
		return recollection{foreign: true, err: fmt.Errorf("its format is %.40q, not %q", document.Format, rememberedFormat)}
	case document.Service != service:
		return recollection{foreign: true, err: fmt.Errorf("it is of the service %.100q, not %q", document.Service, service)}
	case document.Version != rememberedVersion:
		return recollection{err: fmt.Errorf("its version is %d, not %d", document.Version, rememberedVersion)}
	}
	kept, dropped, err := usableEntries(document.Instances)
	if err == nil && len(kept) == 0 {
		err = errors.New("it holds no instance")
	}
	if err != nil {
		return recollection{err: err}
	}
	return recollection{set: kept, dropped: dropped, source: document.Source, at: document.Confirmed}
}
