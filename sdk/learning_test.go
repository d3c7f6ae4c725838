package sdk_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// A replica whose batch door is missing is asked by the single door for one check; the others follow once that brought a verdict.

// knowing is a replica without the batch door whose single door knows these SIDs, and answers the others with a bare 404.
func knowing(sids ...string) http.HandlerFunc {
	return noBatch(404, func(i protocol.Item) protocol.Result {
		if slices.Contains(sids, i.SID) {
			return protocol.Result{Status: "valid"}
		}
		return protocol.Result{}
	})
}

// counts fails the test unless a replica had so many requests by each door.
func (r *replica) counts(t *testing.T, posts, gets int) {
	t.Helper()
	if p, g := r.methods(); p != posts || g != gets {
		t.Errorf("%d posts and %d gets, want %d and %d", p, g, posts, gets)
	}
}

func TestADoorIsLearntByOneCheckBeforeTheOthersFollow(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(doors(status(404), after(50*time.Millisecond, knowing(ten()...))))
		c := f.client()
		var group sync.WaitGroup
		group.Go(func() {
			if _, err := c.ValidateAll(t.Context(), sdk.SIDs(ten()...)); err != nil {
				t.Error(err)
			}
		})
		<-time.After(25 * time.Millisecond)
		f.replicas["a"].counts(t, 1, 1)
		<-time.After(50 * time.Millisecond)
		f.replicas["a"].counts(t, 1, 10)
		group.Wait()
		if s := c.Stats(); s.Budget != 100 || s.Checks.Fresh != 10 || statsOf(c, "a").Refused != 0 {
			t.Errorf("got %+v", s)
		}
	}, "a")
}

func TestBareNotFoundsOfTheFirstThreeDoNotEndTheLearning(t *testing.T) {
	for unknown, gets := range map[int]int{1: 2 + 9, 2: 3 + 9, 3: 4 + 9} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(knowing(ten()[unknown:]...))
			c := f.client()
			all, err := c.ValidateAll(t.Context(), sdk.SIDs(ten()...))
			var failed sdk.CheckErrors
			if !errors.As(err, &failed) || len(failed) != unknown || !strings.Contains(err.Error(), "MS2_NOT_FOUND") {
				t.Errorf("got %v", err)
			}
			for i, v := range all {
				if v.Valid != (i >= unknown) {
					t.Errorf("%d unknown: got %+v", unknown, v)
				}
			}
			f.replicas["a"].counts(t, 1, gets)
		}, "a")
	}
}

func TestTheFirstThreeMayBeInvalidByTheirBareNotFounds(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(knowing(ten()[3:]...))
		c := f.client(func(cfg *sdk.Config) { cfg.NotFound = "invalid" })
		all, err := c.ValidateAll(t.Context(), sdk.SIDs(ten()...))
		if err != nil {
			t.Error(err)
		}
		for i, v := range all {
			if v.Origin != sdk.Fresh || v.Valid != (i >= 3) {
				t.Errorf("got %+v", v)
			}
		}
	}, "a")
}

func TestTheLearningEndsWithTheFourthBareNotFound(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(knowing())
		c := f.client()
		_, err := c.ValidateAll(t.Context(), sdk.SIDs(ten()...))
		var failed sdk.CheckErrors
		if !errors.As(err, &failed) || len(failed) != 10 {
			t.Errorf("got %v", err)
		}
		f.replicas["a"].counts(t, 1, 4)
		if s := statsOf(c, "a"); s.Picks != 1 || s.Refused != 1 {
			t.Errorf("not one outcome: %+v", s)
		}
	}, "a")
}

func TestALearningThatBroughtNothingIsFreeOnceAMinuteAndDrawsOnTheUpperHalfBefore(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(status(404))
		c := f.client(func(cfg *sdk.Config) { cfg.RetryBudget = 0.01 })
		refuses(t, c, "free", nil)
		f.replicas["a"].counts(t, 1, 1)
		for i := range 60 {
			refuses(t, c, fmt.Sprint(i), nil)
		}
		f.replicas["a"].counts(t, 61, 1+50)
		if n := c.Stats().Budget; n < 50 || n >= 51 {
			t.Errorf("a budget of %v", n)
		}
		<-time.After(time.Minute - 1)
		refuses(t, c, "not-yet", nil)
		if n := c.Stats().Budget; n != 99 {
			t.Errorf("a budget of %v", n)
		}
		<-time.After(time.Minute)
		refuses(t, c, "free-again", nil)
		if n := c.Stats().Budget; n != 100 {
			t.Errorf("a budget of %v", n)
		}
	}, "a")
}

func TestARefusedTokenIsNoLessonOnTheDoor(t *testing.T) {
	for _, code := range []int{401, 403} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(doors(status(404), status(code)))
			c := f.client()
			for i := range 3 {
				refuses(t, c, fmt.Sprint(i), nil)
			}
			if n := c.Stats().Budget; n != 100 {
				t.Errorf("a budget of %v: the next learning was not free", n)
			}
			f.replicas["a"].counts(t, 3, 3)
			f.all(knowing("x", "y"))
			expect(t, c, "x", true, sdk.Fresh)
			expect(t, c, "y", true, sdk.Fresh)
			f.replicas["a"].counts(t, 4, 5)
		}, "a")
	}
}

func TestManyReplicasWithTheSingleDoorAloneAreLearntAtOnce(t *testing.T) {
	var names []string
	for i := range played(400, 100) {
		names = append(names, fmt.Sprint("r", i))
	}
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(2*time.Millisecond, noBatch(404, evens)))
		c := f.client()
		var group sync.WaitGroup
		for i := range 2 * len(names) {
			group.Go(func() { expect(t, c, fmt.Sprint(2*i), true, sdk.Fresh) })
		}
		group.Wait()
		if s := c.Stats(); s.Budget != 100 || s.Checks.Failed != 0 {
			t.Errorf("%d failed; a budget of %v", s.Checks.Failed, s.Budget)
		}
		synctest.Wait()
	}, names...)
}
