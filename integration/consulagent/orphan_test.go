package consulagent_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"ms2.internal/lb/integration/consulagent"
)

// parentVariable makes this test binary play the parent that dies.
const parentVariable = "CONSULAGENT_TEST_PARENT"

func TestMain(m *testing.M) {
	if os.Getenv(parentVariable) != "" {
		playParent()
	}
	os.Exit(m.Run())
}

// playParent starts an agent, tells its address, and waits to be killed.
func playParent() {
	agent, err := consulagent.Start(context.Background(), consulagent.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(agent.Addr())
	select {}
}

func TestAgentDiesWithItsParent(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ties a child's life to its parent's")
	}
	t.Parallel()
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), parentVariable+"=1", "TMPDIR="+t.TempDir())
	parent.Stderr = os.Stderr
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, _, err := bufio.NewReader(out).ReadLine()
	if err != nil {
		t.Errorf("the parent tells no address: %v", err)
	}
	_ = parent.Process.Kill()
	_ = parent.Wait()
	awaitSilence(t, string(line))
}

// awaitSilence waits until nobody listens on the address.
func awaitSilence(t *testing.T, addr string) {
	t.Helper()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	limit := time.After(10 * time.Second)
	for {
		connection, err := net.Dial("tcp", addr)
		if err != nil {
			return
		}
		_ = connection.Close()
		select {
		case <-ticker.C:
		case <-limit:
			t.Fatal("the agent outlived its parent")
		}
	}
}
