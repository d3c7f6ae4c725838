package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
)

// experiment makes ready, and measures at each turn. It draws what it needs from the source, and nothing else is left to
// chance.
type experiment func(ctx context.Context, t turns, s size, random *rand.Rand) error

var experiments = map[string]experiment{"hit": hit, "lone": lone, "pick": pick, "crowd": crowded}

// size says how much is measured in a slice.
type size struct {
	chunks  int // of calls, for hit and pick
	calls   int // in each chunk
	lone    int // checks
	callers int // of the crowd
	each    int // checks of each caller
}

// full is the size that the targets are set for. A chunk lasts some tenths of a millisecond, a fraction of what the
// system gives a process at a time: on a busy machine most chunks still run undisturbed, and the median is of those.
var full = size{chunks: 20, calls: 2000, lone: 25, callers: 1000, each: 20}

func main() {
	t := turns{bufio.NewScanner(os.Stdin), os.Stdout}
	if err := perform(context.Background(), t, full, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "probe:", err)
		os.Exit(1)
	}
}

// perform runs the experiment that the arguments name, with the seed that follows.
func perform(ctx context.Context, t turns, s size, args []string) error {
	if len(args) != 2 || experiments[args[0]] == nil {
		return fmt.Errorf("want an experiment and a seed, got %q", args)
	}
	seed, err := strconv.ParseUint(args[1], 10, 64)
	if err != nil {
		return err
	}
	return experiments[args[0]](ctx, t, s, rand.New(rand.NewPCG(seed, 0)))
}

// turns are the lines that ask for a slice each.
type turns struct {
	in  *bufio.Scanner
	out io.Writer
}

// take calls slice at each turn, which prints its figures.
func (t turns) take(slice func(out io.Writer) error) error {
	for t.in.Scan() {
		if err := slice(t.out); err != nil {
			return err
		}
		fmt.Fprintln(t.out)
	}
	return t.in.Err()
}
