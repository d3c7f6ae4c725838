// Package consul watches a service in Consul's health catalogue and tells of its replicas.
//
// A [Source] asks the agent with blocking queries, one at a time for each datacenter of each call of Watch, and believes
// an answer with care:
//
//   - Every check counts, the node's too. Critical or in maintenance: left out. Warning: kept with Consul's warning weight.
//     A weight of Consul's counts ten times, up to its largest of 65,535.
//   - The index travels from answer to query. One that goes back starts anew; one that is 0, missing or stuck means that
//     the agent cannot block, and it is polled once a second. After a failure or an odd answer a query waits for 0.8 s at
//     first, and then twice as long each time.
//   - A failed query is retried after 250 ms, growing to at most 1.5 s, with jitter. Whatever happens there are no more
//     than 10 queries a second for each Source, after a burst of 5. The last set stays in use meanwhile.
//   - An answer is asked for again without blocking before it is believed when it is empty, or below half of a set of four
//     or more; when it differs and its index went back; or when it lacks a known instance though its index is the old one
//     or ACLs are on. A confirmed empty one is published after [Config.EmptyGrace], and only if it is still empty then.
//   - An answer that is empty, or newly lacks instances, because Consul hides them from the token is an error. The last
//     set stays in use without end, and the agent is asked at least every 1.5 s.
//   - Every 30 s, 10 % more or less, and 16 s after a failure, a probe beside the waiting query asks any server for its numbers alone. One that has
//     not heard from its leader for more than 15 s makes the set stale: Err says so, and it is asked every 5 s. Two probes
//     in a row, 1 s apart, with another index or without an answer end the waiting query, and the service is asked anew.
//   - An agent that falls silent is so found within 45 s. A query ends at the latest 5 s after the agent was due to answer
//     it: at a wait of 30 s or less that is sooner. Redirects are not followed, and no more than 32 MiB of an answer are
//     read.
//
// Only what matters makes a change: address, weight, zone, and the metadata named in [Config.Meta]. The order of an answer,
// its index, tags and the output of checks do not.
//
// The agent's address, token and TLS come from Consul's own environment (CONSUL_HTTP_ADDR, CONSUL_HTTP_TOKEN,
// CONSUL_CACERT and their kin), which its client reads. CONSUL_HTTP_TOKEN_FILE is read again for each query, and
// CONSUL_CLIENT_CERT and CONSUL_CLIENT_KEY at each handshake. A query that is waiting keeps the token it was sent with;
// Consul ends it when that is revoked.
//
// The path of an answer: watch.go decides what to ask, ask.go and query.go send, probe.go looks beside, instances.go and
// health.go map, belief.go and acl.go decide, report.go tells, failover.go chooses between datacenters.
package consul
