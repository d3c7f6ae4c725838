package consulagent

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

const (
	// portTries is how often a start is tried when another process has a port that was free a moment ago.
	portTries = 5

	// startLimit is how long an agent may take until it answers. Half a second to three is usual.
	startLimit = 60 * time.Second

	// readyPoll is how often it is asked meanwhile, and answerLimit how long one answer may take.
	readyPoll   = 20 * time.Millisecond
	answerLimit = 2 * time.Second
)

var errPortTaken = errors.New("a port of the Consul agent is taken")

// firstRun starts the agent on ports that it picks.
func (a *Agent) firstRun(ctx context.Context) error {
	return a.runOn(ctx, func() error {
		picked, err := pickPorts(1)
		if err != nil {
			return err
		}
		a.ports = picked[0]
		return os.RemoveAll(a.dataDir()) // an agent that failed wrote its old ports there
	})
}

// Restart starts the agent again, on the ports that it had, and returns when it answers. One that runs is stopped
// first. Registrations survive only with Options.Keep, or when other servers of its cluster have them.
func (a *Agent) Restart(ctx context.Context) error {
	a.Stop()
	return a.runOn(ctx, func() error { return nil })
}

// RestartWiped is Restart without anything that the agent kept: it comes back under its name and address as another,
// which knows nothing and counts its indexes from the beginning.
func (a *Agent) RestartWiped(ctx context.Context) error {
	a.Stop()
	return a.runOn(ctx, func() error { return os.RemoveAll(a.dataDir()) })
}

// runOn prepares the ports and starts the agent, once more when one of them turns out to be taken.
func (a *Agent) runOn(ctx context.Context, prepare func() error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return retryPorts(func() error {
		if err := prepare(); err != nil {
			return err
		}
		return a.run(ctx)
	})
}

// retryPorts starts something that picks its ports, once more when one of them turns out to be taken.
func retryPorts(start func() error) error {
	err := errPortTaken
	for try := 0; try < portTries && errors.Is(err, errPortTaken); try++ {
		err = start()
	}
	return err
}

// run starts the agent and waits until it answers. It needs the lock.
func (a *Agent) run(ctx context.Context) error {
	args, err := a.writeConfiguration()
	if err != nil {
		return err
	}
	log, err := os.Create(a.logPath())
	if err != nil {
		return err
	}
	defer log.Close() // the child has its own
	p, err := launch(a.binary, args, log)
	if err != nil {
		return fmt.Errorf("starting the Consul agent: %w", err)
	}
	if err := a.awaitReady(ctx, p); err != nil {
		p.kill()
		return err
	}
	a.process = p
	return nil
}
