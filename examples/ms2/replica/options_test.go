package replica

import (
	"net"
	"slices"
	"testing"
)

func TestOptionsThatCannotWorkAreRefused(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{ // it prints why
		{"-listen", ":8082", "-consul", "127.0.0.1:8500"},
		{"-listen", "0.0.0.0:8082", "-consul", "127.0.0.1:8500"},
		{"-listen", "[::]:8082", "-consul", "127.0.0.1:8500"},
		{"-listen", "nowhere"},
		{"-advertise", "nowhere"},
		{"-advertise", "127.0.0.1:0"},
		{"-advertise", ":8082"},
		{"-db", ""},
		{"-db", ":memory:"},
		{"-weight", "0"},
		{"-weight", "-1"},
		{"-life", "500ms"},
		{"-life", "25h"},
		{"-max-age", "-1s"},
		{"-negative-max-age", "-1s"},
		{"-stale-while-revalidate", "-1s"},
		{"-stale-if-error", "-1s"},
		{"-page-age", "-1s"},
		{"-page-age", "100000h"},
		{"-drain", "-1s"},
		{"-patience", "0s"},
		{"-ms1", "here"},
		{"-service", ""},
		{"-service", "ms 2"},
		{"-zone", "zo ne"},
		{"-id", "a\tb"},
		{"-audience", ""},
		{"surplus", "-listen", "127.0.0.1:1"},
		{"-no-such-flag"},
	} {
		if code := Main(append([]string{"-db", "/no/such/directory/ms2.db"}, args...)); code != 2 {
			t.Errorf("%v: ended with %d", args, code)
		}
	}
	if code := Main([]string{"-h"}); code != 0 {
		t.Errorf("-h ended with %d", code)
	}
}

func TestSIDsToRetireMayBeSpacedOut(t *testing.T) {
	t.Parallel()
	o, err := parse([]string{"-retire", " a, b ,c,"})
	if err != nil || !slices.Equal(o.retire, []string{"a", "b", "c"}) {
		t.Errorf("got %q, %v", o.retire, err)
	}
}

func TestTheReplicaIsRegisteredByTheAddressThatItListensOn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		listen, advertise, listening string
		want, id                     string
	}{
		{"127.0.0.1:8082", "", "127.0.0.1:8082", "127.0.0.1:8082", "ms2-127.0.0.1-8082"},
		{"127.0.0.1:0", "", "127.0.0.1:31234", "127.0.0.1:31234", "ms2-127.0.0.1-31234"},
		{"localhost:0", "", "127.0.0.1:31234", "localhost:31234", "ms2-localhost-31234"},
		{"[::1]:0", "", "[::1]:31234", "[::1]:31234", "ms2-0-1-31234"},
		{"[fe80::1%eth0]:1", "", "[fe80::1%eth0]:1", "[fe80::1%eth0]:1", "ms2-fe80-0-1-eth0-1"},
		{"0.0.0.0:8082", "ms2.example:80", "0.0.0.0:8082", "ms2.example:80", "ms2-ms2.example-80"},
	} {
		listening, err := net.ResolveTCPAddr("tcp", c.listening)
		if err != nil {
			t.Fatal(err)
		}
		o := options{listen: c.listen, advertise: c.advertise, service: "ms2"}
		if o.settle(listening); o.advertise != c.want || o.id != c.id {
			t.Errorf("%s: got %s as %s, want %s as %s", c.listen, o.advertise, o.id, c.want, c.id)
		}
	}
}
