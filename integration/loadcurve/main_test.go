package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain lets the test binary be a replica too, as the command is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == replicaCommand {
		os.Exit(command(context.Background(), os.Args[1:]))
	}
	os.Exit(m.Run())
}

func TestATinySweepFillsTableVerdictAndPlot(t *testing.T) {
	plot := filepath.Join(t.TempDir(), "curve.svg")
	var out, progress strings.Builder
	err := loadcurve(t.Context(), []string{
		"-loads", "200,400", "-rounds", "2", "-for", "100ms", "-warm", "50ms", "-replicas", "2", "-plot", plot,
	}, &out, &progress)
	if err != nil && !errors.Is(err, errWorse) { // which of them is better in so little time is chance
		t.Fatal(err)
	}
	for _, row := range []string{"| 200 | batching on", "| 200 | batching off", "| 400 | cache on", "| 400 | (generator alone)", "\nBatching on is "} {
		if !strings.Contains(out.String(), row) {
			t.Errorf("the report lacks %q:\n%s", row, out.String())
		}
	}
	picture, err := os.ReadFile(plot)
	if err != nil || !strings.HasSuffix(string(picture), "</svg>\n") {
		t.Errorf("the plot: %v\n%s", err, picture)
	}
	if strings.Contains(progress.String(), "p50 ∞ [∞, ∞]") { // most checks of all rounds failed
		t.Error(progress.String())
	}
}

func TestASweepThatIsInterruptedSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, progress strings.Builder
	err := loadcurve(ctx, []string{"-replicas", "1"}, &out, &progress)
	if !errors.Is(err, context.Canceled) || out.Len() > 0 {
		t.Errorf("got %v and a report of %d bytes", err, out.Len())
	}
}

func TestABadCommandLineIsRefused(t *testing.T) {
	for _, args := range []string{"-loads 300,100", "-loads 1,x", "-rounds 0", "-for 100ms", "-zipf 1", "-warm -1s"} {
		if _, err := parse(strings.Fields(args)); err == nil {
			t.Errorf("%s is let pass", args)
		}
	}
}
