package consulagent_test

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"ms2.internal/lb/integration/consulagent"
)

// On Linux a child's life can only be tied to a thread of its parent, and Go may end threads at any time.
func TestAgentOutlivesTheThreadThatAskedForIt(t *testing.T) {
	t.Parallel()
	var agent *consulagent.Agent
	var err error
	id := onDyingThread(func() { agent, err = consulagent.Start(t.Context(), consulagent.Options{}) })
	if err != nil {
		t.Fatal(err)
	}
	defer agent.Close()
	awaitThreadEnd(t, id)
	if !answers(t, agent, 5*time.Second) {
		t.Error("the agent went with the thread")
	}
}

// onDyingThread runs f on a thread that ends afterwards, and returns the thread's number.
func onDyingThread(f func()) int {
	ran := make(chan int)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		if id := syscall.Gettid(); id != os.Getpid() {
			f()
			ran <- id
			return
		}
		ran <- onDyingThread(f) // the main thread never ends; with it held here, another is used
	}()
	return <-ran
}

func awaitThreadEnd(t *testing.T, id int) {
	t.Helper()
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	limit := time.After(10 * time.Second)
	for {
		if _, err := os.Stat(fmt.Sprintf("/proc/self/task/%d", id)); err != nil {
			return
		}
		select {
		case <-ticker.C:
		case <-limit:
			t.Fatal("the thread does not end")
		}
	}
}
