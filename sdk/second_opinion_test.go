package sdk_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// Two replicas that turned bad alike were witnesses both, so that the second is not enough while a third is left.
func TestARefusalThatTwoWitnessesRepeatStands(t *testing.T) {
	for _, names := range [][]string{{"a"}, {"a", "b"}, {"a", "b", "c"}, {"a", "b", "c", "d"}} {
		for _, code := range []int{400, 401, 403, 410, 413, 418, 422, 451} {
			inBubble(t, func(t *testing.T, f *fleet) {
				c := f.client(uncached)
				witnesses(t, f, c)
				f.all(with(code, blank))
				before := f.requests()
				if err := refuses(t, c, "good:1", nil); !strings.Contains(err.Error(), fmt.Sprint("HTTP ", code)) || f.requests() != before+min(len(names), 3) {
					t.Errorf("%d requests, then %v", f.requests()-before, err)
				}
			}, names...)
		}
	}
}

func TestTwoOfThreeReplicasThatTurnBadAlikeFailNoCheck(t *testing.T) {
	for _, code := range []int{401, 403, 404, 410, 418} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(well())
			c := f.client(uncached)
			witnesses(t, f, c)
			f.replicas["a"].answer(with(code, blank))
			f.replicas["b"].answer(with(code, blank))
			for i := range played(300, 100) {
				expect(t, c, fmt.Sprint("good:", i), true, sdk.Fresh)
				<-time.After(10 * time.Millisecond)
			}
		}, "a", "b", "c")
	}
}

func TestARefusalThatNoWitnessRepeatsStandsOnceAllWereAsked(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(with(403, blank))
		c := f.client(uncached)
		refuses(t, c, "good:1", nil)
		if n := f.requests(); n != 4 {
			t.Errorf("%d requests", n)
		}
	}, "a", "b", "c", "d")
}

func TestAVerdictOfLongAgoMakesNoWitness(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := f.client(uncached)
		witnesses(t, f, c)
		<-time.After(5 * time.Second)
		f.all(with(403, blank))
		before := f.requests()
		refuses(t, c, "good:1", nil)
		if n := f.requests() - before; n != 4 {
			t.Errorf("%d requests", n)
		}
	}, "a", "b", "c", "d")
}

func TestAWitnessIsAskedFirstForASecondOpinion(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(with(403, blank))
		f.replicas["a"].answer(well())
		c := f.client(uncached, uncorrected)
		expect(t, c, "good:0", true, sdk.Fresh) // "a" was asked, sooner or later
		for i := range 50 {
			before := f.requests()
			expect(t, c, fmt.Sprint("good:", i), true, sdk.Fresh)
			if n := f.requests() - before; n > 2 {
				t.Errorf("%d requests", n)
			}
		}
	}, "a", "b", "c", "d")
}

// uncorrected leaves no replica out for its refusals.
func uncorrected(cfg *sdk.Config) { cfg.MaxEjected = sdk.Off }

// What refuses all would hide behind a filter that refuses some, above all when that was found out a moment ago.
func TestAnAgreementOnForgedSIDsSparesNoReplicaThatBringsNoVerdict(t *testing.T) {
	for i := range played(40, 10) {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(filtered(after(2*workTime-time.Millisecond, answering(truth)))) // the first answer comes after the first agreement
			f.replicas["bad"].answer(with(403, blank))
			c := f.client(uncached, func(cfg *sdk.Config) { cfg.Protocol = []string{"batch", "single"}[i%2] })
			for _, a := range steadily(t, c, aSecond, 200*time.Millisecond, evenly) {
				if good := truthOf(a.sid) == protocol.StatusValid; good && !a.right() || !good && a.err == nil {
					t.Errorf("%s: got %+v, %v", a.sid, a.v, a.err)
				}
			}
		}, "a", "b", "bad")
	}
}

// With little to do, nobody answers for a while after an agreement.
func TestAnAgreementInAQuietFleetSparesNoReplicaThatBringsNoVerdict(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(filtered(well()))
		f.replicas["bad"].answer(with(403, blank))
		c := f.client(uncached, uncorrected)
		for i := range 50 {
			expect(t, c, fmt.Sprint("good:", i), true, sdk.Fresh)
			refuses(t, c, fmt.Sprint("forged:", i), nil)
			<-time.After(300 * time.Millisecond)
			expect(t, c, fmt.Sprint("good:later:", i), true, sdk.Fresh)
			<-time.After(4 * time.Second) // by when the agreement is over
		}
	}, "a", "b", "bad")
}

// accepting lets in who bears one of the tokens.
func accepting(tokens ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, token := range tokens {
			if r.Header.Get("Authorization") == "Bearer "+token {
				well()(w, r)
				return
			}
		}
		with(http.StatusUnauthorized, blank)(w, r)
	}
}

func TestAnAgreementOnATokenEndsWithTheToken(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		file := filepath.Join(t.TempDir(), "token")
		write(t, file, "old")
		f.all(accepting("new"))
		f.replicas["late"].answer(accepting()) // it does not know the new one yet
		c := f.client(uncached, func(cfg *sdk.Config) { cfg.TokenFile = file })
		refuses(t, c, "good:1", nil)
		<-time.After(200 * time.Millisecond)
		before := f.requests()
		refuses(t, c, "good:1", nil)
		if f.requests() != before+1 {
			t.Error("no agreement was made")
		}
		<-time.After(200 * time.Millisecond) // from one look into the file to the next, and less than the agreement holds
		write(t, file, "new")
		before = len(f.replicas["late"].requests())
		for i := 0; len(f.replicas["late"].requests()) == before; i++ {
			expect(t, c, fmt.Sprint("good:", i), true, sdk.Fresh)
		}
	}, "a", "late", "c")
}
