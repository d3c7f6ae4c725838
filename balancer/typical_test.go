package balancer_test

import (
	"slices"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
)

func TestTheTypicalLatencyIsTheMedianForThatMuchWork(t *testing.T) {
	inBubble(t, balancer.Options{}, slices.Repeat([]int{1}, 5), func(d *driver) {
		if got := d.b.Typical(1); got != 0 {
			t.Errorf("it is %v before an answer", got)
		}
		l := d.leaseOf("B")
		sleep(7 * time.Millisecond)
		l.Done(succeed)
		wantAbout(t, d.b.Typical(1), 7*time.Millisecond)
		for i, id := range ids(5) {
			d.answer[id] = always(time.Duration(i*i+1)*10*time.Millisecond, succeed)
		}
		d.paced(1000, 10*time.Millisecond)
		wantAbout(t, d.b.Typical(1), 50*time.Millisecond)
		wantAbout(t, d.b.Typical(0), 50*time.Millisecond)
		wantAbout(t, d.b.Typical(66), 100*time.Millisecond)
	})
}

func wantAbout(t *testing.T, got, want time.Duration) {
	t.Helper()
	if got < want*99/100 || got > want*101/100 {
		t.Errorf("got %v, want about %v", got, want)
	}
}

func TestWhatIsLeavingIsNotTypical(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1, 1}, func(d *driver) {
		d.all(2, always(500*time.Millisecond, leaving))
		d.paced(300, 10*time.Millisecond)
		wantAbout(t, d.b.Typical(1), 20*time.Millisecond)
	})
}

func TestWhatAnswersNothingIsNotTypical(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1, 1}, func(d *driver) {
		d.all(2, always(time.Millisecond, refuse))
		d.persist(5*time.Second, 4)
		wantAbout(t, d.b.Typical(1), 20*time.Millisecond)
	})
}
