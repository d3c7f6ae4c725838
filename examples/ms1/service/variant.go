package service

import (
	"errors"
	"log/slog"
	"os"

	"ms2.internal/lb/examples/serve"
	"ms2.internal/lb/sdk"
)

// Variant is the service with a check of its own, as a command: others are compared with the SDK's.
type Variant struct {
	// Name is the command's.
	Name string

	// About says in a sentence or two what it is, and Environment what it reads there; -h shows both. "" for nothing.
	About, Environment string

	// Open opens what checks SIDs.
	Open Open
}

// usual checks by the SDK.
var usual = Variant{
	Name:        "ms1",
	About:       "MS1, a service that takes orders and stores them when MS2 holds every SID in them for genuine.",
	Environment: "\n" + environment,
	Open:        SDK,
}

// Main is [Main] of the variant.
func (v Variant) Main(args []string) int {
	o, err := v.parse(args)
	if err != nil {
		return serve.ExitCode(err)
	}
	ctx, stop := serve.UntilTold()
	defer stop()
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if err := run(ctx, o, v.Open, log); err != nil {
		tell(log, err)
		return 1
	}
	return 0
}

// tell logs why the service ended. Bad variables have a line each.
func tell(log *slog.Logger, err error) {
	var bad *sdk.ConfigError
	if !errors.As(err, &bad) {
		log.Error("ms1: ended", "err", err)
		return
	}
	for _, problem := range bad.Problems {
		log.Error("ms1: the environment can't be used", "problem", problem)
	}
}
