// Package consul watches a service in Consul's health catalogue and tells of its replicas.
//
// A [Source] asks the agent with blocking queries, one at a time for each call of Watch, and believes an answer with care:
//
//   - Every check counts, the node's too. Critical or in maintenance: left out. Warning: kept with Consul's warning weight.
//   - The index travels from answer to query. One that goes back starts anew; one that is 0, missing or stuck means that
//     the agent cannot block, and it is polled once a second.
//   - A failed query is retried after 250 ms, growing to at most 1.5 s, with jitter. Whatever happens there are no more
//     than 10 queries a second, after a burst of 5. The last set stays in use meanwhile.
//   - An answer that is empty, or below half of a set of four or more, is asked for again without blocking before it is
//     believed. A confirmed empty one is published after [Config.EmptyGrace], and only if it is still empty then.
//   - A query ends at the latest 5 s after the agent was due to answer it. Redirects are not followed, and no more than
//     32 MiB of an answer are read.
//
// The agent's address, token and TLS come from Consul's own environment (CONSUL_HTTP_ADDR, CONSUL_HTTP_TOKEN,
// CONSUL_CACERT and their kin), which its client reads.
//
// The path of an answer: watch.go asks and paces, query.go sends, instances.go and health.go map, belief.go decides,
// report.go tells.
package consul
