package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
)

// explanations are the lines of a file that says why some mutants cannot be killed:
//
//	path kind | the original line | the changed line | why
//
// Empty lines and those that begin with # are skipped.
type explanations []string

func readExplanations(file string) (explanations, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var known explanations
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		if strings.Count(line, " | ") < 3 {
			return nil, fmt.Errorf("%s:%d: want: path kind | the original line | the changed line | why", file, n)
		}
		known = append(known, line)
	}
	return known, lines.Err()
}

// explains reports whether a line is about the mutant. The line is compared and not split: source may hold the separator.
func explains(line string, m mutant) bool {
	why, found := strings.CutPrefix(line, m.key()+" | ")
	return found && why != ""
}

func (e explanations) cover(m mutant) bool {
	return slices.ContainsFunc(e, func(line string) bool { return explains(line, m) })
}

// stale lists the lines about a package that match none of its mutants.
func (e explanations) stale(pkg []*source, mutants []mutant) []string {
	var old []string
	for _, line := range e {
		file, _, _ := strings.Cut(line, " ")
		here := func(s *source) bool { return path.Dir(s.path) == path.Dir(file) }
		matches := func(m mutant) bool { return explains(line, m) }
		if slices.ContainsFunc(pkg, here) && !slices.ContainsFunc(mutants, matches) {
			old = append(old, line)
		}
	}
	return old
}
