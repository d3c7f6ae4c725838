// Package attempt sends one HTTP request to one replica and says what came of it.
//
// It knows the two doors of the wire contract and which of them each replica has, the connections, credentials and
// limits, and section 5's table: what an answer means for the replica, and what may be done next. It picks no replica,
// retries nothing and keeps no verdict.
package attempt
