package consul

import (
	"fmt"
	"strings"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/discovery"
)

// verdict is what all checks of an entry, its node's included, say together.
type verdict struct {
	warning bool
	out     string // why it must not be used; "" when it may be
}

// judge lets the worst check decide. A status that this version of Consul's client does not know counts as a warning:
// a newer agent's word must neither empty the set nor pass for health.
func judge(checks api.HealthChecks) verdict {
	var v verdict
	for _, check := range checks {
		switch {
		case check == nil:
		case isMaintenance(check):
			return verdict{out: "in maintenance: " + quoteID(check.CheckID)}
		case check.Status == api.HealthCritical && v.out == "":
			v.out = checkName(check) + " critical"
		case check.Status != api.HealthPassing:
			v.warning = true
		}
	}
	return v
}

// checkName is what a check is called. Consul names a service's only one after the service, which is named beside it.
func checkName(check *api.HealthCheck) string {
	if check.ServiceID != "" && check.CheckID == "service:"+check.ServiceID {
		return "its check is"
	}
	return "check " + quoteID(check.CheckID)
}

// isMaintenance goes by the ID: Consul marks maintenance as a critical check with a name of its own.
func isMaintenance(check *api.HealthCheck) bool {
	return check.CheckID == api.NodeMaint || strings.HasPrefix(check.CheckID, api.ServiceMaintPrefix) ||
		check.Status == api.HealthMaint
}

// maxShownID is how much of a check's ID is shown, in bytes.
const maxShownID = 128

// quoteID keeps a plain ID plain and makes a strange or long one harmless to show.
func quoteID(id string) string {
	id = id[:min(len(id), maxShownID)]
	if quoted := fmt.Sprintf("%q", id); strings.ContainsAny(quoted, `\ `) || id == "" {
		return quoted
	}
	return id
}

// weightScale leaves room below Consul's default weight of 1 for an instance that warns.
const weightScale = 10

// weigh maps Consul's weights: ten times each. Where both are Consul's default, 1, which says nothing of how a warning
// should count, it counts a tenth: passing 10, warning 1. A passing weight below 1 is none that Consul lets be set; an
// old agent left the weights out, which means the defaults.
func weigh(weights api.AgentWeights, warning bool) int {
	if weights.Passing < 1 {
		weights = api.AgentWeights{Passing: 1, Warning: 1}
	}
	switch {
	case !warning:
		return scaled(weights.Passing)
	case weights == api.AgentWeights{Passing: 1, Warning: 1}:
		return 1
	}
	return scaled(weights.Warning)
}

// scaled clamps to what Consul lets be set before it multiplies, so that no weight overflows.
func scaled(weight int) int {
	return min(max(weight, 0), discovery.MaxWeight/weightScale) * weightScale
}
