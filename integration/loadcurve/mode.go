package main

import (
	"context"
	"fmt"

	"ms2.internal/lb/sdk"
)

// mode is a way to run the client.
type mode int

const (
	batchingOn mode = iota
	batchingOff
	cacheOn
	generatorAlone
	modes int = iota
)

// String is the mode's name in the table and the plot.
func (m mode) String() string {
	return [modes]string{"batching on", "batching off", "cache on", "(generator alone)"}[m]
}

// config is the default one but for what the mode is about.
func (m mode) config(replicas []string) sdk.Config {
	cfg := sdk.Config{Endpoints: replicas, Protocol: "batch"}
	switch m {
	case batchingOn:
		cfg.CacheEntries = sdk.Off // so that the wire is measured
	case batchingOff:
		cfg.CacheEntries = sdk.Off
		cfg.BatchMax, cfg.BatchInflight = 1, 1000 // as many requests at once as may be: they must not queue
	}
	return cfg
}

// subject is a mode with the client that is measured in it, from one end of the sweep to the other.
type subject struct {
	mode      mode
	client    *sdk.Client // nil when the generator is alone
	saturated bool        // by a load before
}

func newSubjects(replicas []string) ([]*subject, error) {
	var all []*subject
	for m := range mode(modes) {
		s := &subject{mode: m}
		if m != generatorAlone {
			client, err := sdk.New(m.config(replicas))
			if err != nil {
				closeSubjects(all)
				return nil, fmt.Errorf("%v: %w", m, err)
			}
			s.client = client
		}
		all = append(all, s)
	}
	return all, nil
}

func closeSubjects(all []*subject) {
	for _, s := range all {
		if s.client != nil {
			_ = s.client.Close()
		}
	}
}

// ask makes one check. All SIDs are genuine, so any other verdict is an error.
func (s *subject) ask(sid string) error {
	if s.client == nil {
		return nil
	}
	v, err := s.client.Validate(context.Background(), sid)
	if err == nil && !v.Valid {
		return fmt.Errorf("%s is said to be invalid", sid)
	}
	return err
}

// requests counts the HTTP requests so far.
func (s *subject) requests() int64 {
	if s.client == nil {
		return 0
	}
	return s.client.Stats().Attempts
}
