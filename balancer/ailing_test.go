package balancer_test

import (
	"testing"
	"time"

	"ms2.internal/lb/balancer"
)

func TestARequestThatWasNotAnsweredIsSaidAfterHalfASecondWithoutAnAnswer(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		d.outcomes("A", 1, fail)
		sleep(499 * time.Millisecond)
		d.wantReason(balancer.Ready, "", "", balancer.Evidence{})
		sleep(time.Millisecond)
		d.wantReason(balancer.Ready, balancer.ReasonUnanswered, "its last request brought nothing, which is why it is asked less",
			balancer.Evidence{InRow: 1})
		d.outcomes("A", 1, fail)
		d.wantReason(balancer.Ready, balancer.ReasonUnanswered, "its last 2 requests brought nothing, which is why it is asked less",
			balancer.Evidence{InRow: 2})
		d.outcomes("A", 1, succeed)
		d.wantReason(balancer.Ready, "", "", balancer.Evidence{})
	})
}

func TestWhatAilsAReplicaIsToldWhenItBeginsAndWhenItEnds(t *testing.T) {
	listen(t, balancer.Options{}, []int{1, 1}, func(d *driver, heard *[]string) {
		idle := func() { // but for the reviews
			for range 20 {
				sleep(100 * time.Millisecond)
				d.outcomes("B", 1, succeed)
			}
		}
		d.outcomes("A", 1, fail)
		idle()
		d.outcomes("A", 1, succeed)
		idle()
		wantTold(t, *heard, "A ailing: ready → ready, unanswered", "A well: ready → ready,  after 2s")
		d.outcomes("A", 1, fail)
		idle()
		d.outcomes("A", 4, fail)
		idle()
		wantTold(t, (*heard)[2:], "A ailing: ready → ready, unanswered", "A out: ready → broken, failures_in_row")
	})
}

func TestOneStallIsNotSlowAndWhatIsSlowStaysSoWhileItIsNotAsked(t *testing.T) {
	fastFleet(t, balancer.Options{}, []int{1, 1, 1}, func(d *driver) {
		d.paced(500, 5*time.Millisecond)
		took := func(after time.Duration) balancer.Reason {
			l := d.leaseOf("A")
			sleep(after)
			l.Done(succeed)
			return d.stats("A").Reason
		}
		took(100 * time.Millisecond)
		sleep(time.Second)
		if s := d.stats("A"); s.Reason != "" {
			t.Errorf("after one stall: %+v", s)
		}
		took(100 * time.Millisecond)
		sleep(time.Minute)
		if s := d.stats("A"); s.Reason != balancer.ReasonSlow {
			t.Errorf("a minute after two slow answers: %+v", s)
		}
		if got := took(5 * time.Millisecond); got != "" {
			t.Errorf("it is %q after a fast answer", got)
		}
	})
}

func TestWhatIsOutSaysWhenItIsLookedAtAgain(t *testing.T) {
	var told []time.Duration
	o := balancer.Options{OnChange: func(c balancer.Change) { told = append(told, c.Evidence.Rest) }}
	inBubble(t, o, []int{1, 1}, func(d *driver) {
		d.outcomes("A", 5, fail)
		sleep(500 * time.Millisecond)
		if s := d.stats("A"); s.Why != "5 failures in a row; probed again in 1.5s" || s.Evidence.Rest.Round(time.Millisecond) != 1500*time.Millisecond {
			t.Errorf("%+v", s)
		}
		sleep(1500*time.Millisecond + 1)
		d.lease().Done(refuse)
		sleep(700 * time.Millisecond)
		if s := d.stats("A"); s.Why != "the probe was refused; tried again in 1.3s" || s.Evidence.Rest != 1300*time.Millisecond {
			t.Errorf("%+v", s)
		}
	})
	if len(told) != 3 || told[0].Round(time.Millisecond) != 2*time.Second || told[1] != 0 || told[2] != 2*time.Second {
		t.Errorf("told %v, want the whole times", told)
	}
}
