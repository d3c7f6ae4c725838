package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"ms2.internal/lb/integration/speed/internal/repository"
)

// side is one of the two trees.
type side int

const (
	present side = iota
	earlier
)

// probes are the paths of the two builds.
type probes [2]string

// start starts one side's probe. The same seed gives both sides the same SIDs in the same order.
//
// It runs a fresh copy of the program: where the system keeps a file in memory changes a figure by up to two percent, for
// as long as it keeps it there. A copy for each round makes that chance, which the interval covers.
func (p probes) start(ctx context.Context, s side, experiment string, seed int) (slicer, error) {
	fresh := p[s] + ".copy.exe"
	if err := copyFile(fresh, p[s], 0o700); err != nil {
		return nil, err
	}
	cmd := repository.Command(ctx, ".", fresh, experiment, strconv.Itoa(seed))
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &probe{cmd, in, bufio.NewScanner(out)}, nil
}

// probe is a process that measures a slice for each line that it reads.
type probe struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func (p *probe) slice() (figures, error) {
	if _, err := io.WriteString(p.in, "\n"); err != nil {
		return nil, err
	}
	return parse(p.out)
}

// close ends the probe, which ends by itself when there is nothing more to read, and removes its copy of the program.
func (p *probe) close() error {
	return errors.Join(p.in.Close(), p.cmd.Wait(), os.Remove(p.cmd.Path))
}

// figures are what one slice brings, by name.
type figures map[string]float64

var errEnded = errors.New("the probe ended before its figures did")

// parse reads lines of a name and a number, up to an empty line.
func parse(lines *bufio.Scanner) (figures, error) {
	f := figures{}
	for lines.Scan() {
		if lines.Text() == "" {
			return f, nil
		}
		if err := f.parseLine(lines.Text()); err != nil {
			return nil, err
		}
	}
	return nil, errors.Join(errEnded, lines.Err())
}

func (f figures) parseLine(line string) error {
	name, number, _ := strings.Cut(line, " ")
	x, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
		return fmt.Errorf("the probe printed %q, not a figure", line)
	}
	f[name] = x
	return nil
}
