package balancer_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
)

// world drives a balancer by chance and keeps its own account of what happened.
type world struct {
	*driver
	chance  *rand.Rand
	present map[string]*account
	open    []held
	ejected int // replicas that were found left out as outliers, over all looks
	panic   bool
}

// account is what the world knows of one life of an ID.
type account struct {
	picks, ended, inFlight int64
	out                    bool // as OnChange told
	state                  balancer.State
	opened, withheld       int64           // times that it told of it
	ails                   balancer.Reason // as told
}

type held struct {
	lease   balancer.Lease
	account *account
}

func TestWhateverHappensTheAccountsAreRight(t *testing.T) {
	ejected := 0
	for seed := range balancer.Played[uint64](60, 12) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := balancer.Options{
					Failures: []int{0, 1, 2, -1}[seed%4], Open: time.Second, ProbeTimeout: time.Second,
					WarmUp: []time.Duration{-1, warmUp}[seed%2], MaxEjected: 0.5, Zone: []string{"", "near"}[seed/2%2],
				}
				w := &world{chance: rand.New(rand.NewPCG(seed, 3)), present: map[string]*account{}}
				o.OnChange = w.change
				o.OnPanic = w.panics
				w.driver = newDriver(t, o)
				for range 2000 {
					w.step()
				}
				w.settle()
				ejected += w.ejected
			})
		})
	}
	if ejected < balancer.Played(30, 1) {
		t.Errorf("outliers were met %d times only", ejected)
	}
}

func (w *world) step() {
	switch n := w.chance.IntN(100); {
	case n < 1:
		w.update()
	case n < 50:
		w.pick()
	case n < 90:
		w.finish()
	case n < 99:
		sleep(time.Duration(w.chance.IntN(100)) * time.Millisecond)
	case w.chance.IntN(5) == 0:
		sleep(time.Duration(w.chance.IntN(40)) * time.Second)
	}
	w.check()
}

func (w *world) update() {
	var instances []discovery.Instance
	present := map[string]*account{}
	for _, i := range w.chance.Perm(8)[:w.chance.IntN(9)] {
		id := string(rune('A' + i))
		instances = append(instances, discovery.Instance{ID: id, Weight: []int{0, 1, 1, 1, 1, 1, 5, 5}[w.chance.IntN(8)], Zone: []string{"near", "far"}[i%2]})
		if present[id] = w.present[id]; present[id] == nil {
			present[id] = &account{state: balancer.Ready}
		}
	}
	w.present = present
	w.b.Update(instances)
}

func (w *world) pick() {
	var avoid []string
	for id := range "ABCDEFGH" {
		if w.chance.IntN(4) == 0 {
			avoid = append(avoid, string(rune('A'+id)))
		}
	}
	before := w.b.Stats()
	lease, err := w.b.Pick(1+w.chance.IntN(100), avoid...)
	if err != nil {
		w.checkRefusal(before, err)
		return
	}
	id := lease.Instance().ID
	account := w.present[id]
	if account == nil {
		w.t.Fatalf("picked %s, which is not in the set", id)
	}
	if slices.Contains(avoid, id) && slices.ContainsFunc(before, func(s balancer.ReplicaStats) bool {
		return usable(s) && !slices.Contains(avoid, s.Instance.ID)
	}) {
		w.t.Fatalf("picked %s, which was tried, though another is usable", id)
	}
	account.picks++
	account.inFlight++
	w.open = append(w.open, held{lease, account})
	w.checkEjected()
}

// checkEjected holds the replicas that are left out as outliers, and the others left out softly, against their share.
func (w *world) checkEjected() {
	ejected, out, whole := 0, 0, 0
	for _, s := range w.b.Stats() {
		if s.State == balancer.Ejected {
			w.ejected++
		}
		if w.b.Mute(s.Instance.ID) {
			continue
		}
		whole += s.Instance.Weight
		switch s.State {
		case balancer.Ejected:
			ejected++
			out += s.Instance.Weight
		case balancer.Draining:
			out += s.Instance.Weight
		}
	}
	if ejected > 1 && 2*out > whole {
		w.t.Fatalf("%d are out as outliers, and with what is leaving %d of a weight of %d", ejected, out, whole)
	}
}

func usable(s balancer.ReplicaStats) bool {
	return s.State != balancer.Broken && s.State != balancer.Probing && s.State != balancer.Resting
}

// checkRefusal holds an error against what the stats said before the pick.
func (w *world) checkRefusal(before []balancer.ReplicaStats, err error) {
	var resting *balancer.RestingError
	rest := slices.ContainsFunc(before, func(s balancer.ReplicaStats) bool { return s.State == balancer.Resting })
	switch {
	case slices.ContainsFunc(before, usable):
		w.t.Fatalf("refused with %v, though a replica is usable", err)
	case errors.Is(err, balancer.ErrNoReplicas) != (len(before) == 0),
		errors.As(err, &resting) != rest,
		rest && (resting.Wait <= 0 || resting.Wait > 5*time.Second):
		w.t.Fatalf("refused with %v, want an error that fits %+v", err, before)
	}
}

var results = []balancer.Result{
	balancer.Success, balancer.Success, balancer.Success, balancer.Failure, balancer.Refused, balancer.Shed, balancer.Ignored,
}

func (w *world) finish() {
	if len(w.open) == 0 {
		return
	}
	i := w.chance.IntN(len(w.open))
	h := w.open[i]
	w.open = slices.Delete(w.open, i, i+1)
	h.account.inFlight--
	if w.chance.IntN(20) == 0 {
		h.account.picks--
		h.lease.Cancel()
		return
	}
	h.account.ended++
	result := results[w.chance.IntN(len(results))]
	if h.lease.Instance().ID < "D" && w.chance.IntN(2) == 0 {
		result = balancer.Failure
	}
	h.lease.Done(balancer.Outcome{
		Result:   result,
		Missing:  max(0, w.chance.Float64()-0.5),
		Draining: w.chance.IntN(200) == 0,
		Rest:     time.Duration(w.chance.IntN(3)-1) * time.Second,
	})
}

// change holds what is told of a replica against what was told before: out and back take turns.
func (w *world) change(c balancer.Change) {
	a := w.present[c.Instance.ID]
	if a == nil || c.Why == "" && c.To != balancer.Ready || c.For < 0 {
		w.t.Fatalf("told %+v of %+v", c, a)
	}
	w.checkState(c.From, a)
	a.state = c.To
	switch c.Kind {
	case balancer.Withheld:
		a.withheld++
	case balancer.Ailing, balancer.Well:
		if a.out || c.From != c.To || (c.Kind == balancer.Well) != (c.Reason == "") || c.Reason == a.ails || (c.Kind == balancer.Well) != (c.For > 0) {
			w.t.Errorf("told %+v of %+v", c, a)
		}
		a.ails = c.Reason
	case balancer.Out, balancer.Back:
		if out := c.Kind == balancer.Out; a.out == out || out == (c.Reason == balancer.ReasonReturned) || out && c.For != 0 {
			w.t.Errorf("told %+v of %+v", c, a)
		}
		a.out, a.ails = !a.out, ""
	}
	if c.To == balancer.Broken && c.From != balancer.Probing {
		a.opened++
	}
}

// panics holds what is told of panic against what was told before.
func (w *world) panics(panicking bool) {
	if w.panic == panicking {
		w.t.Errorf("told again that panic is %v", panicking)
	}
	w.panic = panicking
}

// checkState holds a state against the last that was told: only rests, warm-ups and weights change it by themselves.
func (w *world) checkState(got balancer.State, a *account) {
	hard := func(s balancer.State) bool { return s == balancer.Broken || s == balancer.Probing }
	soft := func(s balancer.State) bool { return s == balancer.Draining || s == balancer.Ejected }
	if got != a.state && (hard(got) || hard(a.state) || soft(got) && a.state != balancer.Resting || soft(a.state) && got != balancer.Resting) {
		w.t.Fatalf("it is %s, the last that was told or seen is %+v", got, *a)
	}
}

// checkReason holds the reason against the state.
func (w *world) checkReason(s balancer.ReplicaStats) {
	reasons := map[balancer.State][]balancer.Reason{
		balancer.Broken:     {balancer.ReasonFailuresInRow, balancer.ReasonProbeFailed},
		balancer.Probing:    {balancer.ReasonFailuresInRow, balancer.ReasonProbeFailed},
		balancer.Ejected:    {balancer.ReasonFailsMore, balancer.ReasonAnswersNothing, balancer.ReasonProbeRefused, balancer.ReasonLeftOut},
		balancer.Resting:    {balancer.ReasonShedsLoad},
		balancer.Draining:   {balancer.ReasonLeaving},
		balancer.LastChoice: {balancer.ReasonWeightZero},
		balancer.Warming:    {balancer.ReasonNewcomer, balancer.ReasonReturned},
		balancer.Ready: {"", balancer.ReasonUnanswered, balancer.ReasonOverdue, balancer.ReasonSlow,
			balancer.ReasonFailsMore, balancer.ReasonAnswersNothing, balancer.ReasonLeftOut},
	}
	if !slices.Contains(reasons[s.State], s.Reason) || (s.Reason == "") != (s.Why == "") || s.WarmUp <= 0 || s.WarmUp > 1 || s.Cost < s.Latency {
		w.t.Fatalf("a reason that does not fit: %+v", s)
	}
}

// checkOut holds what was told of a replica against its state.
func (w *world) checkOut(s balancer.ReplicaStats, told bool) {
	switch s.State {
	case balancer.Broken, balancer.Probing, balancer.Ejected:
		if !told {
			w.t.Fatalf("nobody was told that %+v", s)
		}
	case balancer.Ready, balancer.Warming, balancer.LastChoice:
		if told {
			w.t.Fatalf("nobody was told that it is back: %+v", s)
		}
	}
}

func (w *world) check() {
	if w.panic != w.b.Panic() {
		w.t.Fatalf("panic is %v, told was %v", w.b.Panic(), w.panic)
	}
	for _, s := range w.b.Stats() {
		a := w.present[s.Instance.ID]
		w.checkOut(s, a.out)
		w.checkReason(s)
		w.checkState(s.State, a)
		a.state = s.State
		if s.Opened != a.opened || s.Withheld != a.withheld {
			w.t.Fatalf("the account of %s is %+v, the stats say %+v", s.Instance.ID, *a, s)
		}
		if s.InFlight != a.inFlight || s.Picks != a.picks || s.Successes+s.Failures+s.Refused+s.Shed+s.Ignored != a.ended {
			w.t.Fatalf("the account of %s is %+v, the stats say %+v", s.Instance.ID, *a, s)
		}
	}
}

// settle ends what is in flight; then nothing may be.
func (w *world) settle() {
	for len(w.open) > 0 {
		w.finish()
	}
	w.check()
	for _, s := range w.b.Stats() {
		if s.InFlight != 0 || s.Picks != s.Successes+s.Failures+s.Refused+s.Shed+s.Ignored {
			w.t.Errorf("at rest: %+v", s)
		}
	}
}
