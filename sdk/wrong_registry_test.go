package sdk_test

import (
	"errors"
	"testing"
	"time"

	"ms2.internal/lb/discovery"
)

// What is wrong with the registry, or with what it says.

// tell has the source tell what is so now.
func (s *stage) tell(snapshot discovery.Snapshot) {
	snapshot.At = time.Now()
	s.source.tell(snapshot)
}

// tells begins with what the source tells, and ends with three replicas.
func (w wrong) tells(name string, snapshot discovery.Snapshot) wrong {
	return w.plays(name, func(s *stage) { s.tell(snapshot) },
		func(s *stage) { s.tell(discovery.Snapshot{Instances: instances("a", "b", "c")}) })
}

// fromStart has it be so before any replica was told of.
func (w wrong) fromStart() wrong {
	w.unopened, w.was = true, "No replica was named yet."
	return w
}

// nobody is what is said when no replica is known.
func nobody(words string, told ...string) wrong {
	return wrong{summary: "Checks fail: " + words, problem: "critical no_replicas", told: told, moves: "checks.failed_by.no_replicas"}
}

// unconfirmed is what is said when the set can't be confirmed.
func unconfirmed(words string) wrong {
	return wrong{
		summary: "The set of replicas can't be confirmed: teller: " + words + ". Checks are answered.",
		problem: "warning unconfirmed",
		told:    []string{"failing unconfirmed", "recovered unconfirmed"},
		moves:   "discovery.failures",
	}
}

func TestWhatIsSaidOfTheRegistry(t *testing.T) {
	none := `no replica of MS2 is known: teller names none for the service "ms2"; is MS2 registered and healthy, and MS2_SERVICE right?`
	playAll(t,
		nobody(none, "failing no_replicas", "ready", "recovered no_replicas").
			fromStart().tells("wrong service name", discovery.Snapshot{Instances: instances()}),
		nobody(none, "left a", "left b", "left c", "failing no_replicas", "joined a", "joined b", "joined c", "recovered no_replicas").
			tells("empty after it was full", discovery.Snapshot{Instances: instances()}),
		unconfirmed("the registry is on fire").tells("away", discovery.Snapshot{Err: errRegistry}),
		nobody("no replica of MS2 is known: the registry is on fire.",
			"failing unconfirmed", "failing no_replicas", "ready", "recovered no_replicas", "recovered unconfirmed").
			fromStart().tells("away from the start", discovery.Snapshot{Err: errRegistry}).moving("discovery.failures"),
		unconfirmed(`of # {instance|instances} told none can be used, the first: zero: address "a:0": port "0" is not a number from 1 to 65535`).
			tells("garbage", discovery.Snapshot{Instances: []discovery.Instance{{ID: "zero", Addr: "a:0"}}}))
}

func TestWhatIsSaidOfASourceThatEnds(t *testing.T) {
	playAll(t, wrong{
		summary: "The source of replicas ended: no more. Checks are answered.",
		problem: "warning source_ended",
		told:    []string{"failing source_ended", "closed"},
		moves:   "discovery.failures",
	}.plays("ends", func(s *stage) { s.source.end <- func() error { return errors.New("no more") } }, func(s *stage) { s.client.Close() }))
}
