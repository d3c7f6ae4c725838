package main

import (
	"context"

	"github.com/go-kratos/kratos/v2/selector"
	"github.com/go-kratos/kratos/v2/selector/node/ewma"
	"github.com/go-kratos/kratos/v2/selector/p2c"
)

// kratosPicker is the rule alone, without the selector around it, which filters and looks into the context.
type kratosPicker struct {
	balancer selector.Balancer
	nodes    []selector.WeightedNode
}

func openKratos(replicas []string) (picker, func(), error) {
	p := &kratosPicker{balancer: new(p2c.Builder).Build()}
	for _, addr := range replicas {
		p.nodes = append(p.nodes, new(ewma.Builder).Build(selector.NewNode("http", addr, nil)))
	}
	return p, func() {}, nil
}

func (p *kratosPicker) run(decisions int, see func(string)) error {
	ctx := context.Background()
	for range decisions {
		node, done, err := p.balancer.Pick(ctx, p.nodes)
		if err != nil {
			return err
		}
		if see != nil {
			see(node.Address())
		}
		done(ctx, selector.DoneInfo{})
	}
	return nil
}
