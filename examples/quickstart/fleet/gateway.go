package fleet

import (
	"context"

	"ms2.internal/lb/examples/quickstart/child"
)

func (f *Fleet) startGateway() (err error) {
	args := append([]string{"gateway", "-listen", f.Gateway, "-ms1", origin(f.MS1)}, quick...)
	if f.options.Pages {
		args = append(args, f.links(f.Gateway)...)
	}
	f.gateway, err = f.run("the gateway", "gateway", f.options.Registry.ClientEnvironment(f.endpoints()), args)
	return err
}

func (f *Fleet) awaitGateway(ctx context.Context) error {
	return f.awaitHealthy(ctx, f.gateway, "the gateway", f.Gateway)
}

// GatewayPID is the number that the operating system knows the gateway by, 0 when there is none.
func (f *Fleet) GatewayPID() int {
	if f.gateway == nil {
		return 0
	}
	return f.gateway.PID()
}

// run starts a process of the fleet; its log has the name of file.
func (f *Fleet) run(name, file string, environment, args []string) (*child.Process, error) {
	return child.Start(child.Command{
		Name: name, Binary: f.options.Binary, Args: args, Env: environment, Log: f.path(file + ".log"),
	})
}
