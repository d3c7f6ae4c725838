package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"ms2.internal/lb/integration/speed/internal/repository"
)

// lab builds and plays variants, one after the other: each uses all cores.
type lab struct {
	repo     repository.Repository
	temp     string
	options  options
	progress io.Writer
	played   int
}

// play plays a group of the simulation's policies, of which ours follows the variant's rule.
func (l *lab) play(ctx context.Context, v variant, group string, seeds int) (runs, error) {
	began := time.Now()
	l.played++
	dir := filepath.Join(l.temp, strconv.Itoa(l.played))
	program, err := l.build(ctx, v, dir)
	if err != nil {
		return nil, err
	}
	figures := filepath.Join(dir, "figures")
	cmd := repository.Command(ctx, dir, program, l.options.arguments(group, seeds, figures)...)
	if _, err := repository.Output(cmd); err != nil {
		return nil, err
	}
	fmt.Fprintf(l.progress, "%s: %d seeds in %.0f s\n", v.name, seeds, time.Since(began).Seconds())
	return read(figures)
}

// build builds the simulation's tests with the variant's files in place of the working tree's.
func (l *lab) build(ctx context.Context, v variant, dir string) (program string, err error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	overlay, err := v.overlay(string(l.repo), dir)
	if err != nil {
		return "", err
	}
	program = filepath.Join(dir, "simulate.exe") // the suffix hurts nowhere
	_, err = repository.Output(repository.Command(ctx, string(l.repo), "go", "test", "-c", "-vet=off", "-overlay="+overlay, "-o="+program, "./balancer/simulate"))
	return program, err
}

// overlay writes the variant's files and the list by which the go command reads them.
func (v variant) overlay(root, dir string) (list string, err error) {
	replace := map[string]string{}
	for file, text := range v.replace {
		to := ""
		if text != "" {
			to = filepath.Join(dir, filepath.Base(file))
			if err := os.WriteFile(to, []byte(text), 0o600); err != nil {
				return "", err
			}
		}
		replace[filepath.Join(root, filepath.FromSlash(file))] = to
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	list = filepath.Join(dir, "overlay.json")
	return list, os.WriteFile(list, text, 0o600)
}
