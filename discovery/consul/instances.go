package consul

import (
	"cmp"
	"net"
	"net/url"
	"slices"
	"strconv"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/discovery"
)

// mapping is how the entries of one datacenter become instances.
type mapping struct {
	prefix string   // of every ID, "" for the first datacenter
	meta   []string // what is kept of a service's metadata
}

// instances maps a health answer to the usable instances, sorted by ID and never nil, and to what was left out.
func (m mapping) instances(entries []*api.ServiceEntry) ([]discovery.Instance, []discovery.Dropped) {
	var drops discovery.Drops
	found := make([]discovery.Instance, 0, len(entries))
	for _, entry := range entries {
		if entry == nil || entry.Node == nil || entry.Service == nil {
			drops.Add("", "the agent sent an entry without a node or a service")
			continue
		}
		v := judge(entry.Checks)
		if v.out != "" {
			drops.Add(m.identity(entry), v.out)
			continue
		}
		found = append(found, m.instance(entry, v.warning))
	}
	// Sorted first: which of too many or of two alike is kept must not depend on the order of the answer.
	slices.SortFunc(found, func(a, b discovery.Instance) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Addr, b.Addr))
	})
	kept, unusable := discovery.Clean(found)
	return kept, append(drops.List(), unusable...)
}

func (m mapping) instance(entry *api.ServiceEntry, warning bool) discovery.Instance {
	return discovery.Instance{
		ID:     m.identity(entry),
		Addr:   address(entry),
		Zone:   cmp.Or(entry.Service.Meta["zone"], entry.Node.Meta["zone"]),
		Weight: weigh(entry.Service.Weights, warning),
		Meta:   m.chosen(entry.Service.Meta),
	}
}

// chosen is what is kept of meta, nil when that is nothing: what nobody uses must not make a change.
func (m mapping) chosen(meta map[string]string) map[string]string {
	var kept map[string]string
	for _, name := range m.meta {
		if value, ok := meta[name]; ok {
			if kept == nil {
				kept = make(map[string]string, len(m.meta))
			}
			kept[name] = value
		}
	}
	return kept
}

// identity is the node's name and the service's ID, which is unique on its node only. Escaping keeps the slash between
// them the only one. Nodes of two datacenters may bear one name, so those of a failover datacenter have its name before
// them; those of the first have not, so that its replicas keep their identity whatever failover is configured.
func (m mapping) identity(entry *api.ServiceEntry) string {
	return m.prefix + url.PathEscape(entry.Node.Node) + "/" + url.PathEscape(entry.Service.ID)
}

// address follows Consul's rule: a service without an address of its own is at its node's.
func address(entry *api.ServiceEntry) string {
	host := cmp.Or(entry.Service.Address, entry.Node.Address)
	return net.JoinHostPort(host, strconv.Itoa(entry.Service.Port))
}
