package main

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"ms2.internal/lb/sdk"
)

// served is a quickstart that serves, with its two pages.
type served struct {
	cmd           *exec.Cmd
	temp          string
	output        *printout
	health, panel string
}

// startServing starts one and returns when both addresses were printed.
func startServing(t *testing.T, args ...string) *served {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("a process can't be interrupted there")
	}
	s := &served{}
	s.cmd, s.temp = command(t, append([]string{"-serve"}, args...)...)
	s.output = start(t, s.cmd)
	text := s.output.await(t, "Ctrl-C")
	for name, url := range map[string]*string{"health page": &s.health, "fault panel": &s.panel} {
		found := regexp.MustCompile(name + ` +(http://\S+/)`).FindStringSubmatch(text)
		if found == nil {
			t.Fatalf("lacks the address of the %s in\n%s", name, text)
		}
		*url = found[1]
	}
	return s
}

// post changes something by the panel.
func (s *served) post(t *testing.T, path, body string) {
	t.Helper()
	response, err := http.Post(s.panel+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", body, response.Status)
	}
}

// stats are those of MS1.
func (s *served) stats(t *testing.T) sdk.Stats {
	t.Helper()
	var stats sdk.Stats
	if err := json.Unmarshal([]byte(fetch(t, s.health+"stats")), &stats); err != nil {
		t.Fatal(err)
	}
	return stats
}

// usable is how many replicas take requests.
func (s *served) usable(t *testing.T) int {
	t.Helper()
	n := 0
	for _, r := range s.stats(t).Replicas {
		if r.State == "ready" || r.State == "warming up" {
			n++
		}
	}
	return n
}

// end interrupts it, and fails the test when it does not end well or leaves something behind.
func (s *served) end(t *testing.T, signal os.Signal) {
	t.Helper()
	s.output.discard()
	if err := s.cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	expectNothingLeft(t, s.temp)
}

func TestServeShowsAFaultAndItsEndUnderTraffic(t *testing.T) {
	s := startServing(t)
	if page := fetch(t, s.panel); !strings.Contains(page, s.health) {
		t.Errorf("the panel does not lead to %s:\n%s", s.health, page)
	}
	eventually(t, "MS1 asks", func() bool { return s.stats(t).Attempts > 20 })
	s.post(t, "faults", `{"replica":"replica 2","fault":"kill","on":true}`)
	eventually(t, "MS1 knows that nothing listens there", func() bool {
		for _, r := range s.stats(t).Replicas {
			if r.State == "broken" && r.LastError != nil && strings.Contains(*r.LastError, "connection refused") {
				return true
			}
		}
		return false
	})
	s.post(t, "faults", `{"replica":"replica 2","fault":"kill","on":false}`)
	eventually(t, "MS1 asks it again", func() bool { return s.usable(t) == 3 })
	if failed := s.stats(t).Checks.FailedBy; failed != (sdk.FailedStats{}) {
		t.Errorf("checks failed: %+v", failed)
	}
	s.output.await(t, "replica 2: kill off")
	s.end(t, os.Interrupt)
}

func TestAReplicaThatIsStartedAgainIsAsBadAsItWas(t *testing.T) {
	s := startServing(t)
	s.post(t, "faults", `{"replica":"replica 3","fault":"fail","on":true}`)
	broken := func() bool {
		stats := s.stats(t)
		return slices.ContainsFunc(stats.Replicas, func(r sdk.ReplicaStats) bool {
			return r.State == "broken" && r.LastError != nil && strings.Contains(*r.LastError, "500")
		})
	}
	eventually(t, "it fails", broken)
	for _, state := range []string{"true", "false"} {
		s.post(t, "faults", `{"replica":"replica 3","fault":"drain","on":`+state+`}`)
	}
	eventually(t, "it fails again", broken)
	s.post(t, "end", "")
	eventually(t, "all are well", func() bool { return s.usable(t) == 3 })
	s.end(t, os.Interrupt)
}

func TestServeEndsWellWhateverIsWrong(t *testing.T) {
	for signal, faults := range map[os.Signal][]string{
		syscall.SIGTERM: {"kill", "stop", "drain"},
		syscall.SIGHUP:  {"stop", "stop", "stop"},
	} {
		s := startServing(t)
		for i, fault := range faults {
			s.post(t, "faults", `{"replica":"replica `+string(rune('1'+i))+`","fault":"`+fault+`","on":true}`)
		}
		s.end(t, signal)
	}
}

func TestServeWithConsulCanBeWithoutIt(t *testing.T) {
	if testing.Short() {
		t.Skip("it may have to build Consul")
	}
	s := startServing(t, "-consul=dev")
	unconfirmed := func() bool { return s.stats(t).Discovery.Error != nil }
	for range 2 {
		s.post(t, "faults", `{"fault":"consul","on":true}`)
		eventually(t, "MS1 knows that Consul is away", unconfirmed)
		if got := s.usable(t); got != 3 {
			t.Errorf("%d replicas are in use", got)
		}
		s.post(t, "end", "")
		eventually(t, "MS1 knows that Consul is back", func() bool { return !unconfirmed() })
	}
	s.post(t, "faults", `{"replica":"replica 1","fault":"drain","on":true}`)
	eventually(t, "Consul does not list the replica that left", func() bool { return len(s.stats(t).Replicas) == 2 })
	s.post(t, "faults", `{"replica":"replica 1","fault":"drain","on":false}`)
	eventually(t, "MS1 uses it again", func() bool { return s.usable(t) == 3 })
	s.end(t, os.Interrupt)
}

func TestServeWithOpenShowsThePanel(t *testing.T) {
	path, opened := opener(t)
	t.Setenv("PATH", path)
	s := startServing(t, "-open")
	eventually(t, "the panel is opened", func() bool {
		url, err := os.ReadFile(opened)
		return err == nil && string(url) == s.panel+"\n"
	})
	s.end(t, os.Interrupt)
}
