package health

import (
	"net"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// What an open page costs beside full load: the time that the CPU gives to the thread which makes it, so that who else uses the machine
// does not count.

// loaded is a watch of a client of 20 replicas on which four callers check what is not cached, as fast as they can, until the test ends.
func loaded(tb testing.TB) (w *watch, checks *atomic.Int64) {
	tb.Helper()
	c, tell, _ := running(tb)
	for i := range 120 { // the ring of events is full
		tell(20 - i%2)
	}
	tell(20)
	checks = load(tb, c, 4)
	w = &watch{name: "ms1", source: c, feed: newFeed()}
	for range 120 { // and so is the history
		w.sample()
	}
	return w, checks
}

// viewerOf is a connection on loopback whose other end is read.
func viewerOf(tb testing.TB) net.Conn {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { l.Close() }) // not before it was accepted
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		for buffer := make([]byte, 64<<10); err == nil; {
			_, err = conn.Read(buffer)
		}
	}()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { conn.Close() })
	return conn
}

// second is what a second of an open page takes: a sample, and a message each time that it looks, as if there were always an event.
func (w *watch) second(tb testing.TB, to net.Conn) {
	s := w.sample()
	for range int(sampleEvery / lookEvery) {
		if _, err := to.Write(w.encode(pageForm, s)); err != nil {
			tb.Fatal(err)
		}
		s = w.source.Stats()
	}
}

// perSecond is the CPU time that a second of an open page takes, and how many checks were made beside, a second.
func perSecond(tb testing.TB, seconds int) (cpu time.Duration, checks float64) {
	tb.Helper()
	w, made := loaded(tb)
	to := viewerOf(tb)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	w.second(tb, to)
	began, before, used := time.Now(), made.Load(), threadTime(tb)
	for range seconds {
		w.second(tb, to)
	}
	used = threadTime(tb) - used
	return used / time.Duration(seconds), float64(made.Load()-before) / time.Since(began).Seconds()
}

// threadTime is the CPU time that this thread was given so far.
func threadTime(tb testing.TB) time.Duration {
	tb.Helper()
	const thread = 1 // RUSAGE_THREAD
	var used syscall.Rusage
	if err := syscall.Getrusage(thread, &used); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkOpenPage is what a second of an open page costs at most under full load.
func BenchmarkOpenPage(b *testing.B) {
	cpu, checks := perSecond(b, b.N)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(cpu.Microseconds()), "µs-CPU/s")
	b.ReportMetric(100*cpu.Seconds(), "%-of-a-core")
	b.ReportMetric(checks, "checks/s")
}

func TestAnOpenPageTakesAPercentOfACoreAtMost(t *testing.T) {
	cpu, checks := perSecond(t, 20)
	t.Logf("%v a second, beside %.0f checks a second", cpu, checks)
	if limit := played(10*time.Millisecond, 200*time.Millisecond); cpu > limit {
		t.Errorf("%v of a second, want %v at most", cpu, limit)
	}
}
