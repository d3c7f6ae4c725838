package consulagent

import (
	"context"
	"io"
	"os"
)

// Options say which agent to start. The zero value is an agent in development mode.
type Options struct {
	// Keep makes the agent a server with a data directory: what was registered outlives a Restart. The data goes at
	// Close. Such an agent takes some seconds to start, for it must elect itself.
	Keep bool

	// Config is more configuration, in HCL or JSON as Consul's own files, read after the package's own.
	Config string

	// Token is sent with the requests of Agent.API, and while Start waits for an agent whose Config turned access
	// control on. It must then be allowed to read nodes.
	Token string

	// Binary is the agent to run; "" means the pinned one, built when it is not there.
	Binary string

	// Progress is told of the build; nil means standard error.
	Progress io.Writer
}

func (o Options) binary(ctx context.Context) (string, error) {
	if o.Binary != "" {
		return o.Binary, nil
	}
	if o.Progress == nil {
		o.Progress = os.Stderr
	}
	return Binary(ctx, o.Progress)
}
