package discovery

import "context"

// Source tells of replicas.
type Source interface {
	// Watch calls update with each complete snapshot, one call at a time, and again when only Err, At or Detail changed
	// (Instances nil: unchanged). It retries by itself and blocks until ctx ends, whose error it then returns;
	// returning earlier is a permanent error.
	Watch(ctx context.Context, update func(Snapshot)) error
}
