package ways

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestTheTableHasARowForEachWay(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	r := met()
	printTable(&out, r)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2+len(allWays) {
		t.Fatalf("got\n%s", &out)
	}
	for i, want := range []string{
		"(0) no check at all 0 – 1.00 2.00 0 0.60 0 –",
		"(a) today: a request a check, one MS2 5.00 – 2.00 5.00 0 1.20 0.40 –",
	} {
		if got := strings.Join(strings.Fields(lines[2+i]), " "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for _, line := range lines[1:] {
		if n := len([]rune(line)); n != len([]rune(lines[1])) {
			t.Errorf("a line of %d characters: %s", n, line)
		}
	}
}

func TestIntervalsStandBelowTheirMedians(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	r := met()
	for key := range r {
		r[key] = append(r[key], r[key][0])
	}
	r[keySDK][1].of[median] = 2
	printTable(&out, r)
	if !strings.Contains(out.String(), " 1.90 ") || !strings.Contains(out.String(), "[1.80, 2.00]") {
		t.Errorf("got\n%s", &out)
	}
}

func TestWhatTheSystemDoesNotTellIsADash(t *testing.T) {
	t.Parallel()
	r := met()
	for _, samples := range r {
		samples[0].of[cpuMS1], samples[0].of[cpuMS2], samples[0].of[cpuGateway] = 0, 0, 0
	}
	for _, w := range allWays {
		if got := cell(r, w, cpuMS1) + cell(r, w, cpuMS2) + cell(r, w, cpuGateway); got != "–––" {
			t.Errorf("%s: got %q", w.key, got)
		}
	}
}

func TestTheMarkdownIsATable(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	printMarkdown(&out, met())
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2+len(allWays) || !strings.HasPrefix(lines[1], "| --- | ---: |") {
		t.Fatalf("got\n%s", &out)
	}
	for _, line := range lines {
		if strings.Count(line, "|") != len(columns)+2 {
			t.Errorf("a row of other columns: %s", line)
		}
	}
}

func TestThePictureIsXMLWithinItsFrame(t *testing.T) {
	t.Parallel()
	picture := draw(met(), 1)
	d := xml.NewDecoder(strings.NewReader(string(picture)))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, picture)
		}
	}
	for _, w := range allWays {
		if !strings.Contains(string(picture), ">"+w.name+"<") {
			t.Errorf("lacks %q", w.name)
		}
	}
	if strings.Contains(string(picture), "NaN") || strings.Contains(string(picture), "Inf") {
		t.Errorf("a number is none in\n%s", picture)
	}
	empty := string(draw(results{}, 1))
	if strings.Contains(empty, "NaN") || strings.Contains(empty, "Inf") {
		t.Error("without results a number is none")
	}
}

func TestAPictureThatCouldNotBeWrittenIsToldBeforeAnythingIsMeasured(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old := filepath.Join(dir, "old.svg")
	if err := os.WriteFile(old, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, good := range map[string]bool{
		old: true, filepath.Join(dir, "new.svg"): true, dir: false, filepath.Join(dir, "no", "x.svg"): false, filepath.Join(old, "x.svg"): false,
	} {
		o := Options{Rounds: 1, Slot: time.Second, Plot: file}
		if err := o.Check(); (err == nil) != good || err != nil && !strings.Contains(err.Error(), "-plot: ") {
			t.Errorf("%s: got %v", file, err)
		}
	}
	left, err := os.ReadDir(dir)
	text, _ := os.ReadFile(old)
	if err != nil || len(left) != 1 || string(text) != "kept" {
		t.Errorf("left: %v, %v; the old picture is %q", left, err, text)
	}
}
