package fleet

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// newFleet is a fleet with addresses, of which nothing runs.
func newFleet(t *testing.T, o Options) *Fleet {
	t.Helper()
	f := &Fleet{options: o}
	if err := f.place(); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestEverythingHasAnAddressOfItsOwnBeforeAnythingRuns(t *testing.T) {
	t.Parallel()
	f := newFleet(t, Options{Replicas: 50, Gateway: true})
	addrs := append(f.endpoints(), f.MS1, f.health, f.Gateway)
	slices.Sort(addrs)
	if len(addrs) != 53 || slices.Contains(addrs, "") || len(slices.Compact(addrs)) != 53 {
		t.Errorf("got %q", addrs)
	}
}

// value is what follows a flag.
func value(args []string, flag string) string {
	if i := slices.Index(args, flag); i >= 0 && i+1 < len(args) {
		return args[i+1]
	}
	return ""
}

func TestPagesMayCallTheOtherServiceAndLinkToTheOthers(t *testing.T) {
	t.Parallel()
	f := newFleet(t, Options{Replicas: 2, Pages: true, Gateway: true})
	one, two := f.Replicas[0], f.Replicas[1]
	at := func(addr string) string { return "http://" + addr }
	ms1, replica := f.ms1Page(), two.arguments(f.options)
	for what, c := range map[string][2]string{
		"MS2 for MS1's page":            {value(ms1, "-ms2"), at(one.Addr)},
		"who may call MS1":              {value(ms1, "-origins"), at(one.Addr) + "," + at(two.Addr)},
		"links of MS1's page":           {value(ms1, "-links"), "MS2=" + at(one.Addr) + "/,gateway=" + at(f.Gateway) + "/"},
		"MS1 for a replica's page":      {value(replica, "-ms1"), at(f.MS1)},
		"who may call a replica":        {value(replica, "-origins"), at(f.MS1)},
		"links of the first's page":     {value(one.arguments(f.options), "-links"), "MS1=" + at(f.MS1) + "/,gateway=" + at(f.Gateway) + "/"},
		"links of the gateway's":        {value(f.links(f.Gateway), "-links"), "MS1=" + at(f.MS1) + "/,MS2=" + at(one.Addr) + "/"},
		"links of MS1's page, no other": {value(newFleet(t, Options{Replicas: 1, Pages: true}).ms1Page(), "-links")[:4], "MS2="},
	} {
		if c[0] != c[1] {
			t.Errorf("%s: got %q, want %q", what, c[0], c[1])
		}
	}
}

func TestAReplicaIsToldWhatTheOptionsSay(t *testing.T) {
	t.Parallel()
	f := newFleet(t, Options{
		Dir: "dir", Replicas: 1, Attest: true, Life: time.Minute, Retire: []string{"a", "b"}, ReplicaArguments: []string{"-max-age", "1s"},
		Registry: Registry{Consul: "127.0.0.1:8500", Service: "name"},
	})
	args := f.Replicas[0].arguments(f.options)
	for flag, want := range map[string]string{
		"-db": filepath.Join("dir", "replica-1.db"), "-keys": filepath.Join("dir", "signing-keys.json"), "-life": "1m0s",
		"-drain": "0s", "-patience": "500ms", "-retire": "a,b", "-max-age": "1s", "-consul": "127.0.0.1:8500", "-service": "name", "-origins": "",
	} {
		if got := value(args, flag); got != want {
			t.Errorf("%s: got %q, want %q", flag, got, want)
		}
	}
}

func TestNothingOfTheShellChangesTheProcesses(t *testing.T) {
	t.Setenv("MS2_TIMEOUT", "1ms")
	t.Setenv("MS2_ENDPOINTS", "elsewhere:1")
	t.Setenv("MS2_EMPTY", "")
	t.Setenv("CONSUL_HTTP_ADDR", "elsewhere:2")
	t.Setenv("CONSUL_HTTP_TOKEN", "of elsewhere")
	for name, c := range map[string]struct {
		Registry
		want []string
	}{
		"fixed":  {Registry{}, []string{"MS2_ENDPOINTS=a,b"}},
		"own":    {Registry{Consul: "c", Service: "s", Own: true}, []string{"CONSUL_HTTP_ADDR=c", "MS2_SERVICE=s"}},
		"theirs": {Registry{Consul: "c", Service: "s"}, []string{"CONSUL_HTTP_TOKEN=of elsewhere", "CONSUL_HTTP_ADDR=c", "MS2_SERVICE=s"}},
	} {
		got := slices.DeleteFunc(c.ClientEnvironment([]string{"a", "b"}), func(entry string) bool {
			return !strings.HasPrefix(entry, "MS2_") && !strings.HasPrefix(entry, "CONSUL_")
		})
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	if got := Ignored(); !slices.Equal(got, []string{"MS2_ENDPOINTS", "MS2_TIMEOUT"}) {
		t.Errorf("ignored are %q", got)
	}
}

func TestAnotherCommandMayRunTheReplicas(t *testing.T) {
	t.Parallel()
	f := newFleet(t, Options{Replicas: 2, ReplicaCommand: func(number int) []string { return []string{"other", strconv.Itoa(number)} }})
	for i, r := range f.Replicas {
		args := r.arguments(f.options)
		if want := []string{"other", strconv.Itoa(i + 1), "-listen", r.Addr}; !slices.Equal(args[:len(want)], want) {
			t.Errorf("got %q, want %q first", args, want)
		}
	}
}
