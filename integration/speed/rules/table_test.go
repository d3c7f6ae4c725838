package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ms2.internal/lb/integration/speed/internal/sample"
)

func TestWhatIsWorseIsMarked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		present, other sample.Sample
		want           string
	}{
		{sample.Sample{10, 20, 30, 40, 50, 60}, sample.Sample{10, 20, 30, 40, 50, 60}, ""},
		{sample.Sample{11, 21, 31, 41, 51, 61}, sample.Sample{10, 20, 30, 40, 50, 60}, " !"},
		{sample.Sample{9, 19, 29, 39, 49, 59}, sample.Sample{10, 20, 30, 40, 50, 60}, " *"},
		{sample.Sample{70, 71, 72, 73, 74, 75}, sample.Sample{10, 20, 30, 40, 50, 60}, " !!"},
		{sample.Sample{70, 71}, sample.Sample{10, 20}, ""}, // too few to tell
	} {
		if got := mark(c.present.Over(c.other), c.present, c.other); got != c.want {
			t.Errorf("%v beside %v: %q, want %q", c.present, c.other, got, c.want)
		}
	}
}

const lines = `{"scenario":"s","policy":"ours","form":"as they ship","seed":7,"p50":1,"p99":20,"p999":30}
{"scenario":"s","policy":"ours","form":"as they ship","seed":8,"p50":4,"p99":20,"p999":30}
{"scenario":"s","policy":"a","form":"as they ship","seed":7,"p50":2,"p99":10,"p999":30}
{"scenario":"s","policy":"b","form":"as they ship","seed":7,"p50":1,"p99":40,"p999":30}
{"scenario":"s","policy":"a","form":"with our breaker","seed":7,"p50":2,"p99":20,"p999":30}
`

func TestOursIsSetBesideTheBestPeerOfEachFigureInTheSeedsThatBothPlayed(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "figures")
	if err := os.WriteFile(file, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	all, err := read(file)
	if err != nil {
		t.Fatal(err)
	}
	present := runs{ours: all[ours]}
	delete(all, ours)
	var out strings.Builder
	besideBest(&out, present, all)
	for _, want := range []string{"1.000  b   2.000 !  a   1.000  a", "0.500  a   1.000  a   1.000  a"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
}

func TestTheMeanIsGeometric(t *testing.T) {
	t.Parallel()
	var m mean
	for _, x := range []float64{0.5, 8} {
		m.add(x)
	}
	if m.String() != "2.000" {
		t.Error(m)
	}
}

func TestARatioOfTwoVariantsIsTakenSeedBySeed(t *testing.T) {
	t.Parallel()
	scenario := func(values ...float64) scenarios {
		return scenarios{"s": &figures{values, values, values}}
	}
	var out strings.Builder
	besideVariant(&out, "another", scenario(1, 20, 300), scenario(1, 10, 100))
	if !strings.Contains(out.String(), "geometric mean  2.000  2.000  2.000") {
		t.Errorf("\n%s", &out)
	}
}
