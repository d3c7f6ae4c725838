// Package consulagent runs a real Consul agent for tests and for demonstrations.
//
// [Start] takes an agent from [Binary], which builds it from source the first time, and returns once it answers as the
// leader of its own small cluster. The agent listens on loopback ports that nothing else uses, asks nobody on the
// internet for anything, and keeps the ports when it is killed, paused or started again: clients under test meet a
// registry that went away and came back, not another one.
//
// By default the agent runs in Consul's development mode and forgets everything when it stops; [Options].Keep makes it
// a server with a data directory, whose registrations survive a [Agent.Restart]. [StartCluster] starts several servers
// that elect a leader, with a client agent beside them, and joins datacenters. [Agent.CreateToken] makes tokens where
// access control is on.
//
// An agent never outlives the process that started it on Linux; elsewhere it does when that process dies without
// [Agent.Close]. In tests, use package agenttest below, which closes by itself.
//
// The agent's version is the one that the module integration/consultool pins. That module is separate, because it draws
// in hundreds of others which no user of this repository should meet.
package consulagent
