package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/graph-gophers/dataloader/v7"
	"github.com/vikstrous/dataloadgen"
)

// windows are how long the loaders gather; the last is the default of both.
var windows = []time.Duration{
	250 * time.Microsecond, 500 * time.Microsecond, time.Millisecond, 2 * time.Millisecond, 4 * time.Millisecond, 16 * time.Millisecond,
}

// The names of the loaders, before their windows.
const (
	nameDataloadgen = "dataloadgen"
	nameDataloader  = "dataloader"
)

// newDataloadgen keeps no results, as it offers: a loader with a cache would answer from it for good.
func newDataloadgen(window time.Duration) contestant {
	return contestant{fmt.Sprint(nameDataloadgen, " ", window), func(addr string) (check, func(), error) {
		p := newPoster(addr)
		loader := dataloadgen.NewLoader(func(ctx context.Context, keys []string) ([]bool, []error) {
			verdicts, err := p.each(ctx, keys)
			if err != nil {
				return nil, []error{err} // for all of them
			}
			return verdicts, nil
		}, dataloadgen.WithWait(window), dataloadgen.WithoutCache())
		return loader.Load, p.close, nil
	}}
}

// newDataloader keeps no results either.
func newDataloader(window time.Duration) contestant {
	return contestant{fmt.Sprint(nameDataloader, " ", window), func(addr string) (check, func(), error) {
		p := newPoster(addr)
		loader := dataloader.NewBatchedLoader(func(ctx context.Context, keys []string) []*dataloader.Result[bool] {
			verdicts, err := p.each(ctx, keys)
			if err != nil {
				return slices.Repeat([]*dataloader.Result[bool]{{Error: err}}, len(keys))
			}
			results := make([]dataloader.Result[bool], len(keys))
			pointers := make([]*dataloader.Result[bool], len(keys))
			for i := range keys {
				results[i].Data = verdicts[i]
				pointers[i] = &results[i]
			}
			return pointers
		}, dataloader.WithWait[string, bool](window), dataloader.WithCache(&dataloader.NoCache[string, bool]{}))
		return func(ctx context.Context, sid string) (bool, error) { return loader.Load(ctx, sid)() }, p.close, nil
	}}
}
