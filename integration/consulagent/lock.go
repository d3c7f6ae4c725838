package consulagent

import (
	"context"
	"io"
	"os"
	"time"
)

// lockPoll is how often a held lock is tried again. The operating system's own waiting can't be cancelled.
const lockPoll = 200 * time.Millisecond

// acquire takes the lock on the file at path, waiting for its holder if there is one, and returns what gives it back.
// The system gives it back too when this process dies.
func acquire(ctx context.Context, path string, progress io.Writer) (release func() error, err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	held, err := tryLock(file)
	if err == nil && !held {
		done := announce(progress, "waiting for another process that builds the Consul agent")
		err = keepTrying(ctx, file)
		done()
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return file.Close, nil
}

func keepTrying(ctx context.Context, file *os.File) error {
	ticker := time.NewTicker(lockPoll)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
			if held, err := tryLock(file); held || err != nil {
				return err
			}
		}
	}
}
