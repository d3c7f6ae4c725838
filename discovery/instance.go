package discovery

import "time"

// Instance is what a registry knows of one replica.
type Instance struct {
	// ID names the replica, unique within a snapshot and for as long as the replica lives. A replica that keeps its ID
	// keeps its statistics; one that comes back under another ID starts as a newcomer.
	ID string

	// Addr is host:port, an IPv6 host in brackets.
	Addr string

	// Zone is where the replica runs, "" when unknown.
	Zone string

	// Weight is the replica's share of the traffic relative to the others', 0 to [MaxWeight].
	// 0 means: picked only when nothing else is left.
	Weight int

	// Meta holds what else the registry says of it. Do not change the map after it was handed over.
	Meta map[string]string
}

// at returns the instance that is known by its address alone.
func at(addr string, weight int) Instance { return Instance{ID: addr, Addr: addr, Weight: weight} }

// instancesOf makes an instance of each of records.
func instancesOf[R any](records []R, instance func(R) Instance) []Instance {
	made := make([]Instance, len(records))
	for i, r := range records {
		made[i] = instance(r)
	}
	return made
}

// MaxWeight is the largest weight of an instance: ten times Consul's largest, since the source over Consul counts in tenths of
// Consul's weights.
const MaxWeight = 655_350

// Snapshot is the complete set of instances at one moment, and how it was come by.
type Snapshot struct {
	// Instances is the whole set. Nil means unchanged since the last snapshot; empty, not nil, means that there are none.
	Instances []Instance

	// Source says who told, for the operator: "static", "consul", "file /etc/ms2.json".
	Source string

	// At is when the set was last confirmed; the zero time means never.
	At time.Time

	// Err is why the set could not be confirmed since; nil when it could. The set stays in use.
	Err error

	// Dropped lists what the source leaves out of the set as of now, and why, also when Instances is nil.
	Dropped []Dropped

	// Detail holds the source's own facts for the operator: index, datacenter, grace.
	Detail map[string]string
}

// whole returns s with its set spelt out: it is known where s says unchanged.
func (s Snapshot) whole(known []Instance) Snapshot {
	if s.Instances == nil {
		s.Instances = known
	}
	return s
}

// Dropped is an entry of a registry that was left out of a snapshot.
type Dropped struct {
	// ID names the entry as the registry does.
	ID string `json:"id"`

	// Why says what is wrong with it.
	Why string `json:"why"`
}
