package health

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk"
)

// after is the history of some seconds.
func after(seconds int, of func(int) sdk.Stats) *history {
	var h history
	for i := range seconds + 1 {
		h.add(of(i))
	}
	return &h
}

func TestTheWorstProblemSetsTheToneAndUnknownWordsAreShownAsTheyAre(t *testing.T) {
	for _, c := range []struct {
		name    string
		problem *sdk.Problem
		closed  bool
		want    tone
		code    string
	}{
		{"none", nil, false, good, ""},
		{"none, and closed", nil, true, idle, ""},
		{"critical", &sdk.Problem{Severity: sdk.Critical, Reason: sdk.ReasonNoReplicas}, false, bad, "no_replicas"},
		{"warning with a cause", &sdk.Problem{Severity: sdk.Warning, Reason: sdk.ReasonFailuresInRow, Cause: sdk.ReasonTimeout}, false, warn, "failures_in_row · timeout"},
		{"cause alike", &sdk.Problem{Severity: sdk.Warning, Reason: sdk.ReasonTimeout, Cause: sdk.ReasonTimeout}, false, warn, "timeout"},
		{"cause alone", &sdk.Problem{Severity: sdk.Warning, Cause: sdk.ReasonTimeout}, false, warn, "timeout"},
		{"notice", &sdk.Problem{Severity: sdk.Notice, Reason: sdk.ReasonOneAddress}, false, idle, "one_address"},
		{"of a newer SDK", &sdk.Problem{Severity: "dreadful", Reason: "moon_phase"}, false, warn, "moon_phase"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := idleStats()
			if s.Closed = c.closed; c.problem != nil {
				s.Problems = []sdk.Problem{{Severity: sdk.Notice, Reason: sdk.ReasonOneAddress}, *c.problem}
			}
			v := viewOf("ms1", s, &history{})
			if v.Tone != c.want {
				t.Errorf("tone %q, want %q", v.Tone, c.want)
			}
			if c.problem != nil && v.Problems[1].Code != c.code {
				t.Errorf("code %q, want %q", v.Problems[1].Code, c.code)
			}
		})
	}
}

func TestEachStateHasItsToneAndOneOfANewerSDKIsShown(t *testing.T) {
	for state, want := range map[balancer.State]tone{
		balancer.Ready: good, balancer.LastChoice: idle, balancer.Draining: idle, balancer.Ejected: bad, balancer.Warming: idle,
		balancer.Resting: warn, balancer.Broken: bad, balancer.Probing: bad, "dreaming": warn,
	} {
		s := idleStats()
		s.Replicas = []sdk.ReplicaStats{{ID: "a", State: string(state)}}
		if v := viewOf("ms1", s, &history{}).Replicas[0]; v.Tone != want || v.State != string(state) {
			t.Errorf("%s: %q, %q", state, v.Tone, v.State)
		}
	}
}

func TestTheToneOfAReplicaIsThatOfItsWorstProblemAndBadWhenItIsOut(t *testing.T) {
	s := idleStats()
	s.Problems = []sdk.Problem{{Replica: "a", Severity: sdk.Notice}, {Replica: "a", Severity: sdk.Warning}, {Replica: "a", Severity: sdk.Notice}}
	for state, want := range map[balancer.State]tone{balancer.Ready: warn, balancer.Resting: warn, balancer.Broken: bad} {
		s.Replicas = []sdk.ReplicaStats{{ID: "a", State: string(state)}, {ID: "b", State: string(balancer.Ready)}}
		v := viewOf("ms1", s, &history{})
		if v.Replicas[0].Tone != want || v.Replicas[1].Tone != good {
			t.Errorf("%s: %q and %q", state, v.Replicas[0].Tone, v.Replicas[1].Tone)
		}
	}
}

func TestTheWorstReplicaComesFirstAndEqualsKeepTheirOrder(t *testing.T) {
	v := viewOf("ms1", incident(130), after(130, incident))
	var ids []string
	for _, r := range v.Replicas {
		ids = append(ids, r.ID)
	}
	if want := []string{"ms2-3", "ms2-4", "ms2-2", "ms2-5", "ms2-1"}; !slices.Equal(ids, want) {
		t.Errorf("got %v, want %v", ids, want)
	}
}

func TestAnIncidentIsShownInNumbers(t *testing.T) {
	v := viewOf("ms1", incident(130), after(130, incident))
	var got []string
	for _, f := range v.Figures {
		got = append(got, f.Name+" "+f.Value+" ("+f.Note+")")
	}
	for _, o := range v.Origins {
		got = append(got, o.Name+" "+o.Share)
	}
	for _, r := range v.Replicas[:3] {
		got = append(got, strings.Join([]string{r.ID, r.Share, r.Requests, r.Failures, r.Latency, r.LatencyHigh, r.Load}, " "))
	}
	want := []string{
		"Answered 99.97 % (of the last minute's checks; 0.2/s failed)", "Checks 1,240/s (answered or failed)",
		"p99 of checks asked 22 ms (median 2.1 ms, most 512 ms)", "Requests saved 95 % (0.05 requests a check)",
		"Retry budget 84 % (84 of 100 extra attempts left; 0 refused)",
		"fresh (asked) 7.3 %", "cached 89 %", "stale 0.48 %", "attested (signed) 3.5 %", "failed 0.02 %",
		"ms2-3 0 % 0/s 0/s – – –", "ms2-4 9.3 % 5/s 0/s 1.9 ms 9.4 ms 41 %", "ms2-2 33 % 18/s 0/s 1.9 ms 9.4 ms 41 %",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if got := v.Replicas[0].FailuresOf.Label; got != "failed or refused in 2 minutes: least 0/s, most 8/s, now 0/s" {
		t.Errorf("label %q", got)
	}
	if p := v.Problems[0]; p.Since != "since 11:59:48Z, for 2 min" {
		t.Errorf("since %q", p.Since)
	}
}

func TestWhatHasNoDataIsADash(t *testing.T) {
	s := idleStats()
	s.Replicas = []sdk.ReplicaStats{{ID: "a", State: "ready"}}
	v := viewOf("ms1", s, &history{})
	for _, f := range v.Figures {
		if f.Value != none || f.Spark.Path != "" || !strings.HasSuffix(f.Spark.Label, ": no data") {
			t.Errorf("%+v", f)
		}
	}
	r := v.Replicas[0]
	if got := r.Share + r.Requests + r.Failures + r.Latency + r.LatencyHigh + r.Load + r.Zone; got != strings.Repeat(none, 7) {
		t.Errorf("%+v", r)
	}
	if v.Summary != none || v.Origin != "no history yet" || v.Happened != "none yet" {
		t.Errorf("%q, %q, %q", v.Summary, v.Origin, v.Happened)
	}
	if v := viewOf("ms1", s, after(9, func(i int) sdk.Stats { s.At = noon.Add(time.Duration(i) * time.Second); return s })); v.Origin != "no checks in the last minute" {
		t.Errorf("%q", v.Origin)
	}
}

func TestTheViewIsValidJSONWhateverTheNumbersAre(t *testing.T) {
	s := incident(130)
	s.Latency.P99MS, s.Budget, s.BudgetMax = math.Inf(1), math.NaN(), math.Inf(1)
	s.Discovery.AgeSeconds, s.Replicas[0].Load, s.Events[3].Lasted = ptr(math.Inf(1)), ptr(math.NaN()), ptr(math.NaN())
	s.At = time.Time{}
	body, err := json.Marshal(viewOf(hostile, s, after(130, incident)))
	if err != nil || strings.Contains(string(body), "NaN") || strings.Contains(string(body), "Inf") {
		t.Errorf("%v in %s", err, body)
	}
}

func TestAReplicaThatJoinedAfterTheLastSampleIsShown(t *testing.T) {
	s := incident(10)
	past := after(9, incident)
	s.Replicas = append(s.Replicas, sdk.ReplicaStats{ID: "ms2-6", State: "warming up"})
	for _, r := range viewOf("ms1", s, past).Replicas {
		if r.ID == "ms2-6" && r.Requests != none {
			t.Errorf("%+v", r)
		}
	}
}

func TestOfAThousandReplicasTheWorstAreShown(t *testing.T) {
	s := idleStats()
	for i := range 1000 {
		s.Replicas = append(s.Replicas, sdk.ReplicaStats{ID: fmt.Sprint(i), State: "ready"})
	}
	s.Replicas[999].State = "broken"
	v := viewOf("ms1", s, &history{})
	if len(v.Replicas) != maxRows || v.Replicas[0].ID != "999" || v.Known != "1,000 replicas, the worst 100 of them" {
		t.Errorf("%d rows, %s first, %s", len(v.Replicas), v.Replicas[0].ID, v.Known)
	}
}

func TestAReplicaThatIsProbedInVainFillsOneRowAndIsOutSinceItWent(t *testing.T) {
	s := idleStats()
	at := func(ago time.Duration, kind sdk.EventKind, replica string, from, to balancer.State) {
		s.Events = append(s.Events, sdk.Event{At: noon.Add(-ago), Kind: kind, Replica: replica, From: string(from), To: string(to), Text: "as it was"})
	}
	at(20*time.Second, sdk.EventOut, "a", balancer.Ready, balancer.Broken)
	at(19*time.Second, sdk.EventJoined, "c", "", balancer.Warming)
	for i := range 4 {
		at(time.Duration(16-4*i)*time.Second, sdk.EventState, "a", balancer.Broken, balancer.Probing)
		at(time.Duration(15-4*i)*time.Second, sdk.EventState, "a", balancer.Probing, balancer.Broken)
		at(time.Duration(15-4*i)*time.Second, sdk.EventState, "b", balancer.Ready, balancer.Resting)
	}
	s.Replicas = []sdk.ReplicaStats{{ID: "a", Addr: "a", State: "broken", Since: ago(3 * time.Second)}}
	s.Problems = []sdk.Problem{{Replica: "a", Since: ago(3 * time.Second)}}
	v := viewOf("ms1", s, &history{})
	var got []string
	for _, e := range v.Events {
		got = append(got, e.Replica+" "+e.Change+" "+e.Text)
	}
	want := []string{
		"b ready → resting as it was", "a probing → broken probed 4 times", "b ready → resting as it was", "b ready → resting as it was",
		"b ready → resting as it was", "c – → warming up as it was", "a ready → broken as it was",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if out := "since 11:59:40Z, for 20 s"; v.Replicas[0].Since != out || v.Problems[0].Since != out {
		t.Errorf("since %q and %q", v.Replicas[0].Since, v.Problems[0].Since)
	}
	if v.Replicas[0].Addr != "" {
		t.Error("the address stands beside an ID that is the same")
	}
}
