package main

import (
	"context"
	"encoding/json"
	"fmt"

	orca "github.com/cncf/xds/go/xds/data/orca/v3"
	"google.golang.org/grpc/balancer"
	_ "google.golang.org/grpc/balancer/leastrequest"       // registers itself
	_ "google.golang.org/grpc/balancer/roundrobin"         // registers itself
	_ "google.golang.org/grpc/balancer/weightedroundrobin" // registers itself
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/serviceconfig"
)

type grpcPicker struct {
	picker balancer.Picker
}

// openGRPC opens a balancer of grpc-go's registry. With reports each answer carries the server's load.
func openGRPC(name, config string, reports bool) func([]string) (picker, func(), error) {
	return func(replicas []string) (picker, func(), error) {
		undisturbed()
		builder := balancer.Get(name)
		if builder == nil {
			return nil, nil, fmt.Errorf("grpc-go knows no balancer %s", name)
		}
		state, err := clientConnState(builder, config, replicas)
		if err != nil {
			return nil, nil, err
		}
		conn := &fakeClientConn{}
		built := builder.Build(conn, balancer.BuildOptions{})
		p, err := ready(built, conn, state, reports)
		return p, built.Close, err
	}
}

func clientConnState(builder balancer.Builder, config string, replicas []string) (s balancer.ClientConnState, err error) {
	for _, addr := range replicas {
		a := resolver.Address{Addr: addr}
		s.ResolverState.Addresses = append(s.ResolverState.Addresses, a)
		s.ResolverState.Endpoints = append(s.ResolverState.Endpoints, resolver.Endpoint{Addresses: []resolver.Address{a}})
	}
	if config != "" {
		s.BalancerConfig, err = parse(builder, config)
	}
	return s, err
}

func parse(builder balancer.Builder, config string) (serviceconfig.LoadBalancingConfig, error) {
	parser, ok := builder.(balancer.ConfigParser)
	if !ok {
		return nil, fmt.Errorf("%s takes no configuration", builder.Name())
	}
	return parser.ParseConfig(json.RawMessage(config))
}

// ready brings all connections up and returns the picker over them.
func ready(b balancer.Balancer, conn *fakeClientConn, state balancer.ClientConnState, reports bool) (*grpcPicker, error) {
	if err := b.UpdateClientConnState(state); err != nil {
		return nil, err
	}
	for i, s := range conn.subConns {
		s.becomeReady()
		if reports {
			s.report = &orca.OrcaLoadReport{RpsFractional: 100, ApplicationUtilization: 0.4 + 0.1*float64(i%5)}
		}
	}
	if conn.state.ConnectivityState != connectivity.Ready {
		return nil, fmt.Errorf("the balancer is %v with all connections ready", conn.state.ConnectivityState)
	}
	p := &grpcPicker{conn.state.Picker}
	if !reports {
		return p, nil
	}
	return p.reported(b, conn, state)
}

// reported collects a report of each replica, and has the balancer plan by them at once and not a second later.
func (p *grpcPicker) reported(b balancer.Balancer, conn *fakeClientConn, s balancer.ClientConnState) (*grpcPicker, error) {
	if err := p.run(len(conn.subConns), nil); err != nil {
		return nil, err
	}
	err := b.UpdateClientConnState(s)
	return &grpcPicker{conn.state.Picker}, err
}

func (p *grpcPicker) run(decisions int, see func(string)) error {
	info := balancer.PickInfo{FullMethodName: "/service/method", Ctx: context.Background()}
	for range decisions {
		result, err := p.picker.Pick(info)
		if err != nil {
			return err
		}
		s := result.SubConn.(*fakeSubConn)
		if see != nil {
			see(s.addr)
		}
		if result.Done != nil {
			result.Done(balancer.DoneInfo{ServerLoad: s.report})
		}
	}
	return nil
}
