package health

import "net/http"

// readiness is the body of /readyz: whether, and if not, what may be the cause.
type readiness struct {
	Ready     bool    `json:"ready"`     // all clients are
	Instances int     `json:"instances"` // replicas that are known to all of them
	Error     *string `json:"error"`     // the first client's that has one; null for none

	Clients []clientReadiness `json:"clients,omitempty"` // each, if there are several
}

// clientReadiness says the same of one client of several.
type clientReadiness struct {
	Client    string  `json:"client"`
	Ready     bool    `json:"ready"`
	Instances int     `json:"instances"`
	Error     *string `json:"error"`
}

// ready serves readiness.
func (h *handler) ready(w http.ResponseWriter, _ *http.Request) {
	all := readiness{Ready: true}
	for _, c := range h.watches {
		s := c.source.Stats()
		one := clientReadiness{c.name, s.Ready, s.Discovery.Instances, s.Discovery.Error}
		all.Ready = all.Ready && one.Ready
		all.Instances += one.Instances
		if all.Error == nil {
			all.Error = one.Error
		}
		if len(h.watches) > 1 {
			all.Clients = append(all.Clients, one)
		}
	}
	writeJSON(w, readyStatus(all.Ready), all)
}

func readyStatus(ready bool) int {
	if ready {
		return http.StatusOK
	}
	return http.StatusServiceUnavailable
}
