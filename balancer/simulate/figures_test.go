package simulate

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"
)

var (
	figuresTo = flag.String("figures", "", "file to append the figures of each run to, in place of tables")
	policies  = flag.String("policies", "all", "who is played: all, ours, or unhelped, the peers that ask nothing of the replicas")
)

var groups = map[string]func(contender) bool{"all": all, "ours": isOurs, "unhelped": unhelped}

// line is what a run gave.
type line struct {
	Scenario string  `json:"scenario"`
	Policy   string  `json:"policy"`
	Form     string  `json:"form"`
	Seed     uint64  `json:"seed"`
	P50      float64 `json:"p50"`
	P99      float64 `json:"p99"`
	P999     float64 `json:"p999"`
}

// save appends all lines of a result at once: other scenarios write to the file too.
func (r *result) save(t *testing.T, to string) {
	f, err := os.OpenFile(to, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write(r.lines()); err != nil {
		t.Error(err)
	}
}

func (r *result) lines() []byte {
	var lines bytes.Buffer
	out := json.NewEncoder(&lines)
	for f, samples := range r.samples {
		for i, seeds := range samples {
			for seed, s := range seeds {
				_ = out.Encode(line{r.scenario.name, contenders[i].name, formNames[f], *first + uint64(seed), s[p50], s[p99], s[p999]})
			}
		}
	}
	return lines.Bytes()
}
