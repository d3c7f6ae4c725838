package attest

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"
)

// keeper changes a keyring and tells of it. One goroutine at a time uses it.
type keeper struct {
	ring       *keyring
	issuer     string
	algorithms []string
	log        func(level slog.Level, message string, attrs ...slog.Attr)

	since   time.Time // when the trouble under way began; zero: none
	foreign bool      // it was logged that a set is not ours, in this trouble
	each    bool      // each other fault in a trouble is logged: a file has few, and who replaced it looks for the word
	told    string    // the fault that was logged last, in this trouble
}

// parse reads a set, as [parseSet] does, and leaves out the keys of algorithms that the verifier does not accept.
func (k *keeper) parse(data []byte, requireIssuer bool) (keys map[string]*key, dropped []string, err error) {
	keys, dropped, err = parseSet(data, k.issuer, requireIssuer)
	if err != nil {
		return nil, nil, err
	}
	for _, id := range slices.Sorted(maps.Keys(keys)) {
		if algorithm := keys[id].algorithm; !slices.Contains(k.algorithms, algorithm) {
			dropped = append(dropped, fmt.Sprintf("key %s: its algorithm %s is not among VerifierOptions.Algorithms", id, algorithm))
			delete(keys, id)
		}
	}
	return keys, dropped, checkUsable(keys, dropped)
}

// use has the ring hold these keys and no others. A key that stays is not replaced, so that what it verified stays remembered.
func (k *keeper) use(keys map[string]*key) {
	before := k.ring.current()
	for id, old := range before {
		switch now := keys[id]; {
		case old.same(now):
			keys[id] = old
		case now != nil:
			now.instead = time.Now()
		}
	}
	k.ring.keys.Store(&keys)
	var withdrawn, added []string
	for id, old := range before {
		if keys[id] != old {
			old.gone.Store(true)
			withdrawn = append(withdrawn, id)
		}
	}
	for id, now := range keys {
		if before[id] != now {
			added = append(added, id)
		}
	}
	k.logKeys("ms2: attestation keys are withdrawn", withdrawn)
	k.logKeys("ms2: attestation keys are new", added)
}

func (k *keeper) logKeys(message string, ids []string) {
	if len(ids) > 0 {
		slices.Sort(ids)
		k.log(slog.LevelInfo, message, slog.Any("keys", ids))
	}
}

// confirmed records that the keys were had, or were the same, at a time.
func (k *keeper) confirmed(at time.Time, dropped []string) {
	var before []string
	k.ring.note(func(s *status) {
		before = s.dropped
		s.confirmed, s.trouble, s.dropped = at, "", dropped
	})
	if len(dropped) > 0 && !slices.Equal(before, dropped) {
		k.log(slog.LevelWarn, "ms2: parts of the attestation key set are left out", slog.Any("dropped", dropped))
	}
	if !k.since.IsZero() {
		k.log(slog.LevelInfo, "ms2: attestation keys are confirmed again", slog.Duration("after", time.Since(k.since)))
	}
	k.since, k.foreign, k.told = time.Time{}, false, ""
}

// failed records why they could not be had. It is logged once in a trouble, and once more when a set turns out to be another's, or, of
// a file, when the fault is another than the last.
func (k *keeper) failed(err error) {
	text := clip(err.Error(), maxError)
	k.ring.note(func(s *status) { s.trouble = text })
	begins, foreign := k.since.IsZero(), errors.Is(err, errForeignSet) && !k.foreign
	if begins {
		k.since = time.Now()
	}
	other := k.each && text != k.told
	k.told = text
	switch {
	case foreign:
		k.foreign = true
		k.log(slog.LevelError, "ms2: the attestation key set is another's; the keys in use, if any, stay", slog.String("error", text))
	case begins, other:
		k.log(slog.LevelWarn, "ms2: attestation keys can't be confirmed; those in use, if any, stay", slog.String("error", text))
	}
}
