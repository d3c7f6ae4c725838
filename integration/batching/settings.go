package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"time"
)

// settings say how much is measured.
type settings struct {
	rounds   int
	callers  int // of the crowd
	checks   int // of each caller in a round
	distinct int // SIDs of the crowd
	lone     int // lone checks of each contestant in a round, against a service that takes its time
	chunks   int // of hits of each contestant in a round
	random   *rand.Rand
	progress io.Writer
}

// full are the settings that the targets were set for.
func full() settings {
	return settings{rounds: 20, callers: 1000, checks: 20, distinct: 500, lone: 200, chunks: 100}
}

// eachRound calls round so many times, and says how far it is.
func (s settings) eachRound(what string, round func() error) error {
	began := time.Now()
	for i := range s.rounds {
		if err := round(); err != nil {
			return fmt.Errorf("%s, round %d: %w", what, i+1, err)
		}
		fmt.Fprintf(s.progress, "%s: round %d of %d, %.0f s\n", what, i+1, s.rounds, time.Since(began).Seconds())
	}
	return nil
}
