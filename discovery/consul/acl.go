package consul

import (
	"fmt"

	"github.com/hashicorp/consul/api"
)

// acl is what an answer says of the token's right to see. A denial is an error of the query; a token that may ask but
// not see gets an answer that looks as if there were nothing.
//
// Consul says that it hid something only in answers that did not come from the agent's stream, and only to a query with
// a token.
type acl struct {
	on     bool // ACLs are enforced
	masked bool // something was hidden
	blind  bool // no token was sent, and what no rule allows is denied: something may be hidden
}

func aclOf(meta *api.QueryMeta, token string) acl {
	return acl{
		on:     meta.DefaultACLPolicy != "",
		masked: meta.ResultsFilteredByACLs,
		blind:  token == "" && meta.DefaultACLPolicy == "deny",
	}
}

// masking tells the operator what the set in use may lack, "" when nothing. Masked says that the last answer which could
// tell hid something; a is the last answer.
func masking(masked bool, a answer) string {
	switch {
	case masked:
		return "Consul hides instances from this token: check its service:read and node:read"
	case a.acl.blind && len(a.instances) == 0:
		return "perhaps: no token is set, and Consul's policy is to deny: check CONSUL_HTTP_TOKEN"
	}
	return ""
}

// hidden is the error of an answer that lacks some of known instances because they are hidden.
func hidden(found, known int) error {
	return fmt.Errorf("%w: %d of %d known ones are shown, and those in use stay", errMasked, found, known)
}
