package panel

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"ms2.internal/lb/examples/quickstart/faults"
	"ms2.internal/lb/examples/quickstart/faulty"
)

//go:embed assets/panel.css assets/panel.js
var files embed.FS

var assets = http.FileServerFS(files)

//go:embed assets/panel.html
var text string

var page = template.Must(template.New("panel").Parse(text))

// state is what is on, as JSON and for the page.
type state struct {
	Summary  string     `json:"summary"`  // of MS1's client
	Replicas []row      `json:"replicas"` // in the order of their numbers
	Consul   consulView `json:"consul"`
}

// row is one replica.
type row struct {
	Name  string         `json:"name"`
	Addr  string         `json:"addr"`
	On    []faults.Fault `json:"on"`
	State string         `json:"state"` // the same in words
}

// consulView is MS1's way to Consul.
type consulView struct {
	Away  bool   `json:"away"`
	NoWay string `json:"no_way,omitempty"` // why it can't be cut
}

func (p panel) state(r *http.Request) state {
	s := state{Consul: consulView{NoWay: p.Set.NoWay}}
	for _, replica := range p.Set.Replicas {
		s.Replicas = append(s.Replicas, newRow(replica))
	}
	if p.Set.Way != nil {
		s.Consul.Away = p.Set.Way.Away()
	}
	var err error
	if s.Summary, err = p.Summary(r.Context()); err != nil {
		s.Summary = "MS1 does not tell: " + err.Error()
	}
	return s
}

func (p panel) list(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(p.state(r)) // an error: the asker left
}

func (p panel) page(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = page.Execute(w, struct { // an error: the asker left
		state
		HealthPage string
	}{p.state(r), p.HealthPage})
}

// control is a switch.
type control struct {
	Fault         faults.Fault
	On, OfProcess bool
	Blocked       bool // another fault of the process is on
	Does          string
}

// Switches are those of the row, in their order.
func (r row) Switches() []control {
	taken := slices.ContainsFunc(r.On, faults.Fault.OfProcess)
	var list []control
	for _, f := range faults.All {
		on := slices.Contains(r.On, f)
		list = append(list, control{Fault: f, On: on, OfProcess: f.OfProcess(), Blocked: taken && f.OfProcess() && !on, Does: does[f]})
	}
	return list
}

func newRow(r *faults.Replica) row {
	on := r.On()
	return row{r.Name, r.Addr, on, inWords(on)}
}

func inWords(on []faults.Fault) string {
	if len(on) == 0 {
		return "well"
	}
	var list []string
	for _, f := range on {
		list = append(list, participles[f])
	}
	return strings.Join(list, ", ")
}

var participles = map[faults.Fault]string{
	faults.Kill: "killed", faults.Stop: "stopped", faults.Drain: "drained",
	faults.Slow: "slow", faults.Fail: "failing", faults.Refuse: "refusing",
}

var does = map[faults.Fault]string{
	faults.Kill:   "ends the process at once, by SIGKILL; pressed again, it starts the process",
	faults.Stop:   "freezes the process, by SIGSTOP: it takes connections and answers nothing",
	faults.Drain:  "has the process leave in good order, by SIGTERM, as in a rolling restart; pressed again, it starts the process",
	faults.Slow:   fmt.Sprintf("each check takes %d ms longer", faulty.Delay.Milliseconds()),
	faults.Fail:   "each check is answered 500; the health check is fine",
	faults.Refuse: "each check is answered 401, as by a replica that does not know our token any more; the health check is fine",
}

// Legend explains the switches.
func (state) Legend() []control { return row{}.Switches() }
