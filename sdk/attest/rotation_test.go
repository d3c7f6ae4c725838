package attest_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk/attest"
)

const (
	lead = 10*time.Minute + 30*time.Second // the default maximum age and the cooldown
	keep = 10*time.Minute + lead           // the default life before that
	step = time.Nanosecond                 // short of a moment
)

// bubble runs a story under faked time.
func bubble(t *testing.T, story func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, story)
}

// pass lets time pass.
func pass(d time.Duration) { <-time.After(d) }

// later is k with a From in a while.
func later(k attest.SigningKey, d time.Duration) attest.SigningKey {
	k.From = time.Now().Add(d)
	return k
}

func TestANewKeyIsPublishedAtOnceAndSignsWhenVerifiersKnowIt(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a, b := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.ES256)
		s := signerOf(t, attest.SignerOptions{}, a)
		rotate(t, s, b, a)
		publishes(t, s, "a", "b")
		signsBy(t, s, "a")
		pass(lead - step)
		signsBy(t, s, "a")
		pass(step)
		signsBy(t, s, "b")
		publishes(t, s, "a", "b")
	})
}

func TestAKeyThatAloneReplacesAnotherLetsItSignOnUntilItMay(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a, b := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.EdDSA)
		s := signerOf(t, attest.SignerOptions{}, a)
		rotate(t, s, b)
		pass(lead - step)
		signsBy(t, s, "a")
		last := sign(t, s)
		pass(step)
		signsBy(t, s, "b")
		pass(keep - step)
		verified(t, last, publishedSet(t, s))
		pass(step)
		publishes(t, s, "b")
		signsBy(t, s, "b")
	})
}

func TestALaterFromDelaysANewKeyAndAnEarlierOneDoesNotHastenIt(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a, b, c := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.EdDSA), keyOf(t, "c", attest.EdDSA)
		s := signerOf(t, attest.SignerOptions{}, a)
		b, c = later(b, time.Minute), later(c, time.Hour)
		rotate(t, s, a, b, c)
		pass(time.Minute)
		signsBy(t, s, "a")
		pass(lead - time.Minute)
		signsBy(t, s, "b")
		pass(time.Hour - lead - step)
		signsBy(t, s, "b")
		pass(step)
		signsBy(t, s, "c")
	})
}

func TestOfUsableKeysTheLatestFromSignsAndOfEqualOnesTheFirst(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a, b, c := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.EdDSA), keyOf(t, "c", attest.EdDSA)
		b, c = later(b, -time.Hour), later(c, -time.Hour)
		s := signerOf(t, attest.SignerOptions{}, a, b, c)
		signsBy(t, s, "b")
		rotate(t, s, a, c, b)
		signsBy(t, s, "c")
	})
}

func TestOfAFirstSetAKeySignsFromItsFromAndOneAtOnceWhateverItsFrom(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a, b := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.EdDSA)
		s := signerOf(t, attest.SignerOptions{}, later(a, time.Hour), later(b, time.Minute))
		signsBy(t, s, "b")
		pass(time.Hour - step)
		signsBy(t, s, "b")
		pass(step)
		signsBy(t, s, "a")
	})
}

func TestAKeyThatIsRemovedBesideAnotherSignsNoMoreAndIsPublishedOn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a, b := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.EdDSA)
		s := signerOf(t, attest.SignerOptions{}, a, b)
		last := sign(t, s)
		rotate(t, s, b)
		signsBy(t, s, "b")
		pass(keep - step)
		verified(t, last, publishedSet(t, s))
		pass(step)
		publishes(t, s, "b")
	})
}

func TestAKeyThatIsRemovedSoonAfterItsSuccessorBeganIsPublishedOn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a, b := keyOf(t, "a", attest.EdDSA), later(keyOf(t, "b", attest.EdDSA), time.Hour)
		s := signerOf(t, attest.SignerOptions{}, a, b)
		pass(time.Hour - step)
		last := sign(t, s)
		pass(step)
		signsBy(t, s, "b")
		rotate(t, s, b)
		pass(keep - step)
		verified(t, last, publishedSet(t, s))
		pass(step)
		publishes(t, s, "b")
	})
}

func TestAKeyThatComesBackWhileItIsPublishedSignsAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a, b := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.EdDSA)
		s := signerOf(t, attest.SignerOptions{}, a, b)
		rotate(t, s, b)
		pass(keep - step)
		rotate(t, s, a, b)
		signsBy(t, s, "a")
		rotate(t, s, b)
		pass(keep)
		rotate(t, s, a, b)
		signsBy(t, s, "b")
	})
}

func TestANewKeyThatIsGoneBeforeItSignedNeverSigns(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a, b, c := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.EdDSA), keyOf(t, "c", attest.EdDSA)
		s := signerOf(t, attest.SignerOptions{}, a)
		rotate(t, s, b)
		pass(lead - time.Second)
		rotate(t, s, c)
		pass(lead - step)
		signsBy(t, s, "a")
		pass(step)
		signsBy(t, s, "c")
		pass(keep)
		publishes(t, s, "c")
	})
}

func TestAWithdrawnKeyIsOutAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a, b := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.EdDSA)
		s := signerOf(t, attest.SignerOptions{}, a)
		rotate(t, s, b, attest.SigningKey{ID: "a", Withdrawn: true})
		publishes(t, s, "b")
		signsBy(t, s, "b")
		a.Withdrawn = true
		publishes(t, signerOf(t, attest.SignerOptions{}, a, b), "b")
		rotate(t, s, b)
		publishes(t, s, "b")
	})
}

func TestAKeyThatWasRemovedIsWithdrawnToo(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a, b := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.EdDSA)
		s := signerOf(t, attest.SignerOptions{}, a, b)
		rotate(t, s, b)
		publishes(t, s, "a", "b")
		rotate(t, s, b, attest.SigningKey{ID: "a", Withdrawn: true})
		publishes(t, s, "b")
	})
}

func TestTheLastKeyCannotBeWithdrawn(t *testing.T) {
	s := signerOf(t, attest.SignerOptions{}, keyOf(t, "a", attest.EdDSA))
	for _, keys := range [][]attest.SigningKey{{}, {{ID: "a", Withdrawn: true}}} {
		if err := s.Rotate(keys...); err == nil || !strings.Contains(err.Error(), "GenerateKey") {
			t.Errorf("%v", err)
		}
	}
	signsBy(t, s, "a")
}

func TestAnIDIsOneKeyForAsLongAsItIsPublished(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a, b, other := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.EdDSA), keyOf(t, "a", attest.EdDSA)
		s := signerOf(t, attest.SignerOptions{}, a, b)
		for range 2 {
			if err := s.Rotate(other, b); err == nil || !strings.Contains(err.Error(), `"a" is another`) {
				t.Errorf("%v", err)
			}
			rotate(t, s, b)
		}
		pass(keep)
		rotate(t, s, other, b)
		publishes(t, s, "a", "b")
	})
}

func TestNoMoreKeysArePublishedThanVerifiersTake(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var keys []attest.SigningKey
		for i := range 33 {
			keys = append(keys, keyOf(t, fmt.Sprintf("k%02d", i), attest.EdDSA))
		}
		s := signerOf(t, attest.SignerOptions{}, keys[:17]...)
		if err := s.Rotate(keys[17:]...); err == nil || !strings.Contains(err.Error(), "33 keys") {
			t.Errorf("%v", err)
		}
		signsBy(t, s, "k00")
		rotate(t, s, keys[17:32]...)
		pass(lead + keep)
		rotate(t, s, keys[17:]...)
	})
}

func TestMaximumAgeAndLifeSetTheTimesOfARotation(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a, b := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.EdDSA)
		s := signerOf(t, attest.SignerOptions{KeySetMaxAge: time.Minute, Life: time.Hour}, a)
		rotate(t, s, b)
		pass(90*time.Second - step)
		signsBy(t, s, "a")
		pass(step)
		signsBy(t, s, "b")
		pass(time.Hour + 90*time.Second - step)
		publishes(t, s, "a", "b")
		pass(step)
		publishes(t, s, "b")
	})
}

func TestAGeneratedKeyTakesOverAfterAQuarterOfAnHour(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a, _ := attest.GenerateKey(attest.EdDSA)
		s := signerOf(t, attest.SignerOptions{}, a)
		signsBy(t, s, a.ID)
		pass(time.Hour)
		b, _ := attest.GenerateKey(attest.ES256)
		rotate(t, s, a, b)
		pass(15*time.Minute - step)
		signsBy(t, s, a.ID)
		pass(step)
		signsBy(t, s, b.ID)
	})
}

func TestChangesOfTheKeysAreLoggedOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a, b := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.EdDSA)
		var l log
		s := signerOf(t, attest.SignerOptions{Logger: l.logger()}, a)
		if got := l.take(); got != "" {
			t.Errorf("a first set logs %s", got)
		}
		rotate(t, s, b)
		starts := time.Now().Add(lead).UTC().Format(time.RFC3339)
		logs(t, &l, "ms2: the published keys changed", `keys="[a b]" signing=a coming="[b from `+starts+`]"`)
		pass(lead)
		sign(t, s)
		sign(t, s)
		logs(t, &l, "ms2: attestations are signed by another key", "key=b before=a")
		pass(keep)
		sign(t, s)
		logs(t, &l, "the published keys changed", "keys=[b] signing=b coming=[]")
	})
}

func TestOnlyKeysThatWillSignAreSaidToCome(t *testing.T) {
	bubble(t, func(t *testing.T) {
		late := func(id string, in time.Duration) attest.SigningKey {
			k := keyOf(t, id, attest.EdDSA)
			k.From = time.Now().Add(in).Truncate(time.Second)
			return k
		}
		a, b, c, d := late("a", -time.Hour), late("b", 2*time.Hour), late("c", time.Hour), keyOf(t, "d", attest.EdDSA)
		var l log
		s := signerOf(t, attest.SignerOptions{Logger: l.logger()}, a)
		rotate(t, s, a, b, c, d) // d's From is before a's
		logs(t, &l, `coming="[c from `+c.From.UTC().Format(time.RFC3339)+" b from "+b.From.UTC().Format(time.RFC3339)+`]"`)
	})
}

// logs wants one line that holds the words.
func logs(t *testing.T, l *log, words ...string) {
	t.Helper()
	got := l.take()
	for _, word := range words {
		if strings.Count(got, word) != 1 || strings.Count(got, "\n") != 1 {
			t.Errorf("logged is %q, not one line with %q", got, word)
		}
	}
}

// reentrant signs whenever it is told something.
type reentrant struct {
	slog.Handler
	signer **attest.Signer
	t      *testing.T
}

// Handle signs.
func (r reentrant) Handle(context.Context, slog.Record) error {
	sign(r.t, *r.signer)
	return nil
}

func TestALoggerMaySign(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var s *attest.Signer
		a, b := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.EdDSA)
		var l log
		s = signerOf(t, attest.SignerOptions{Logger: slog.New(reentrant{l.logger().Handler(), &s, t})}, a)
		rotate(t, s, b)
		pass(lead)
		signsBy(t, s, "b")
	})
}
