// Package examples holds nothing but this test: what the READMEs of the services show is tried as it stands there.
package examples

import (
	"bytes"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/examples/ms1/service"
	"ms2.internal/lb/examples/ms2/replica"
)

// asService has this test's binary be one of the services.
const asService = "EXAMPLES_TEST_AS_SERVICE"

func TestMain(m *testing.M) {
	switch os.Getenv(asService) {
	case "ms1":
		os.Exit(service.Main(os.Args[1:]))
	case "ms2":
		os.Exit(replica.Main(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// The addresses that the READMEs name.
const ms1, operators, ms2 = "127.0.0.1:8081", "127.0.0.1:9091", "127.0.0.1:8082"

// started are both services as the READMEs start them, but for their addresses: real holds those, by what the READMEs say.
type started struct {
	t    *testing.T
	dir  string
	real map[string]string
}

func newStarted(t *testing.T) *started {
	s := &started{t: t, dir: t.TempDir(), real: map[string]string{}}
	for _, address := range []string{ms1, operators, ms2} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		s.real[address] = l.Addr().String()
		l.Close() // what runs beside this test takes other ports
	}
	return s
}

func (s *started) startMS2() {
	s.t.Helper()
	s.run("ms2", nil, "-listen", s.real[ms2], "-db", s.file("ms2.db"), "-keys", s.file("keys.json"), "-drain", "0s")
	s.await("http://" + s.real[ms2] + "/healthz")
}

func (s *started) startMS1() {
	s.t.Helper()
	s.run("ms1", []string{"MS2_ENDPOINTS=" + s.real[ms2], "MS2_KEYS_INSECURE=on"}, "-listen", s.real[ms1], "-health", s.real[operators],
		"-db", s.file("ms1.db"), "-audience", "ms1", "-drain", "0s")
	s.await("http://" + s.real[operators] + "/readyz")
}

func (s *started) file(name string) string { return filepath.Join(s.dir, name) }

// run runs a service until the test ends.
func (s *started) run(name string, env []string, args ...string) {
	s.t.Helper()
	var log bytes.Buffer
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(append(os.Environ(), asService+"="+name, "CONSUL_HTTP_ADDR="), env...)
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt) // if it fails, Wait says how the service ended
		if err := cmd.Wait(); err != nil {
			s.t.Errorf("%s ended with %v, and said %s", name, err, &log)
		}
	})
}

func (s *started) await(url string) {
	s.t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	limit := time.After(time.Minute)
	for {
		response, err := http.Get(url)
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-ticker.C:
		case <-limit:
			s.t.Fatalf("%s does not answer: %v", url, err)
		}
	}
}

// blocks are the code blocks of a README.
func blocks(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for i, part := range strings.Split(string(text), "```") {
		if i%2 == 1 {
			found = append(found, strings.TrimSpace(part))
		}
	}
	return found
}

// matches reports whether got is what a README shows, in which … stands for anything.
func matches(got, shown string) bool {
	for part := range strings.SplitSeq(shown, "…") {
		_, rest, found := strings.Cut(got, part)
		if !found {
			return false
		}
		got = rest
	}
	return true
}

// try runs a curl as a reader would, at the real addresses.
func (s *started) try(command string) (string, error) {
	for shown, real := range s.real {
		command = strings.ReplaceAll(command, shown, real)
	}
	got, err := exec.CommandContext(s.t.Context(), "sh", "-c", command).Output()
	return string(got), err
}

// follow tries every curl of a README, and returns how many there are.
func (s *started) follow(file string) (tried int) {
	s.t.Helper()
	all := blocks(s.t, file)
	for i, block := range all {
		if !strings.HasPrefix(block, "curl ") {
			continue
		}
		tried++
		if got, err := s.try(block); err != nil || !matches(got, all[i+1]) {
			s.t.Errorf("%s: %s\nanswers %s, %v\nshown is %s", file, block, got, err, all[i+1])
		}
	}
	return tried
}

// help returns the curl in what -h of a service prints.
func (s *started) help(name string) string {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), os.Args[0], "-h")
	cmd.Env = append(os.Environ(), asService+"="+name)
	text, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("%s -h: %v", name, err)
	}
	_, command, _ := strings.Cut(string(text), "  curl ")
	command, _, _ = strings.Cut(command, "\n\n")
	return "curl " + command
}

func TestEveryCurlOfREADMEsAndHelpAnswersAsShown(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil || runtime.GOOS == "windows" {
		t.Skip("there is no curl, or no shell")
	}
	s := newStarted(t)
	s.startMS2()
	tried := s.follow("ms2/README.md")
	s.startMS1()
	if tried += s.follow("ms1/README.md"); tried < 7 {
		t.Errorf("only %d were found", tried)
	}
	command, shown, _ := strings.Cut(s.help("ms2"), "\n")
	if got, err := s.try(command); err != nil || strings.TrimSpace(got) != strings.TrimSpace(shown) {
		t.Errorf("%s\nanswers %s, %v\nshown is %s", command, got, err, shown)
	}
	if got, err := s.try(s.help("ms1")); err != nil || !strings.Contains(got, `"source":"fetched"`) || !strings.Contains(got, `"checked":[{`) {
		t.Errorf("%s\nanswers %s, %v", s.help("ms1"), got, err)
	}
}
