package attest_test

import (
	"testing"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/attest"
)

// crowd are clients that began at different moments of a life of the key set and make no checks: a rotation costs each the same.
func (s *story) crowd(n int) (lines []*line) {
	for range n {
		_, l := s.client(sdk.Config{})
		lines = append(lines, l)
		pass(storyMaxAge / time.Duration(n))
	}
	return lines
}

// atMostTwoFetches wants no line to have fetched keys out of turn more than twice.
func (s *story) atMostTwoFetches(lines ...*line) {
	s.Helper()
	for i, l := range lines {
		if _, keys, forced := l.counts(); forced > 2 {
			s.Errorf("client %d: %d fetches out of turn, of %d", i, forced, keys)
		}
	}
}

// allAttested wants no check to have been asked, or to have failed.
func (s *story) allAttested(o outcome) {
	s.Helper()
	if o.attested < 100 || o.asked+o.failed != 0 {
		s.Error(o)
	}
}

// The moments of a rotation after a set was replaced: the new key is published before it signs, the old one until its tokens and all
// sets with it are over, and then a client fetches twice that it is gone.
const (
	atNewSigns = storyMaxAge + storyGap
	atOldGoes  = atNewSigns + storyLife + storyMaxAge + storyGap
	atEnd      = atOldGoes + storyRenewal + storyGap + 10*time.Second // a file is read every 10 s
)

func TestARotationUnderLoadFailsNoCheckAndAsksForNone(t *testing.T) {
	t.Run("by Rotate", func(t *testing.T) {
		tell(t, func(s *story) {
			a, b := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.EdDSA)
			signer := s.signs(a)
			s.rotatesUnderLoad(signer, func() { rotate(t, signer, b) })
		})
	})
	t.Run("by the file", func(t *testing.T) {
		tell(t, func(s *story) {
			a, b := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.EdDSA)
			file := keysFile(t, a)
			s.rotatesUnderLoad(s.follows(file), func() { writeKeys(t, file, b) })
		})
	})
}

func (s *story) rotatesUnderLoad(signer *attest.Signer, replace func()) {
	s.up("a:80", signer)
	lines := s.crowd(4)
	c, l := s.client(sdk.Config{})
	pass(time.Second)
	replace()
	o := s.load(c, atNewSigns-500*time.Millisecond, signer)
	o = o.plus(s.load(c, atOldGoes-atNewSigns, signer))
	s.allAttested(o.plus(s.load(c, atEnd-atOldGoes+500*time.Millisecond, signer)))
	signsBy(s, signer, "b")
	publishes(s, signer, "b")
	if ids := stats(c).Keys.IDs; len(ids) != 1 || ids[0] != "b" {
		s.Errorf("the client has %v", ids)
	}
	s.atMostTwoFetches(append(lines, l)...)
	if asked, _, _ := l.counts(); asked != 0 {
		s.Errorf("%d requests for verdicts", asked)
	}
}

// roll restarts the replicas one after the other, each drained first, under load.
func (s *story) roll(c *sdk.Client, signers []*attest.Signer, keys ...attest.SigningKey) (o outcome) {
	for i, host := range []string{"a:80", "b:80"} {
		h := s.up(host, signers[i])
		h.Drain()
		stays := signers[1-i]
		o = o.plus(s.load(c, 5*time.Second, stays))
		s.network.serves(host, nil)
		o = o.plus(s.load(c, 5*time.Second, stays))
		signers[i] = s.signs(keys...)
		s.up(host, signers[i])
		o = o.plus(s.load(c, 5*time.Second, signers...))
	}
	return o
}

func TestTwoReplicasRolledTwiceRotateUnderLoadWithoutARequest(t *testing.T) {
	tell(t, func(s *story) {
		a, b := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.EdDSA)
		signers := []*attest.Signer{s.signs(a), s.signs(a)}
		s.up("a:80", signers[0])
		s.up("b:80", signers[1])
		lines := s.crowd(4)
		c, l := s.client(sdk.Config{})
		pass(time.Second)
		from := 30*time.Second + storyMaxAge + storyGap // when the roll is over, and a life of the set and a cooldown after that
		b.From = time.Now().Add(from)
		o := s.roll(c, signers, a, b)
		o = o.plus(s.load(c, time.Until(b.From)-500*time.Millisecond, signers...))
		o = o.plus(s.load(c, storyLife+time.Second, signers...))
		o = o.plus(s.roll(c, signers, b))
		o = o.plus(s.load(c, storyRenewal+storyGap+time.Second, signers...))
		s.allAttested(o)
		if ids := stats(c).Keys.IDs; len(ids) != 1 || ids[0] != "b" {
			s.Errorf("the client has %v", ids)
		}
		s.atMostTwoFetches(append(lines, l)...)
	})
}

// A roll in haste, with a key that signs as soon as a replica has it: what no client knows yet is asked, for a cooldown at most.
func TestTwoReplicasRolledInHasteFailNoCheck(t *testing.T) {
	tell(t, func(s *story) {
		a, b := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.EdDSA)
		signers := []*attest.Signer{s.signs(a), s.signs(a)}
		s.up("a:80", signers[0])
		s.up("b:80", signers[1])
		c, l := s.client(sdk.Config{})
		pass(time.Second)
		o := s.roll(c, signers, b, a)
		o = o.plus(s.load(c, atEnd, signers...))
		if o.failed != 0 || o.attested < 500 {
			t.Error(o)
		}
		if took := o.askedLast.Sub(o.askedFirst); o.asked == 0 || took > storyGap {
			t.Errorf("asked for %v: %v", took, o)
		}
		s.atMostTwoFetches(l)
	})
}
