package main

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"math/rand/v2"
	"slices"
)

// mutant is a file with one change.
type mutant struct {
	*source
	edit
	line, column  int
	before, after string // the line where the change begins, trimmed
}

// mutants lists every mutant of the file, in the order of the text.
func (s *source) mutants() []mutant {
	var found []mutant
	ast.Inspect(s.syntax, func(n ast.Node) bool {
		for _, e := range edits(n) {
			found = append(found, newMutant(s, e))
		}
		return true
	})
	slices.SortStableFunc(found, func(a, b mutant) int { return cmp.Compare(a.from, b.from) })
	return found
}

func newMutant(s *source, e edit) mutant {
	at := s.fset.PositionFor(e.from, false) // a line directive must not lead away from the file
	m := mutant{source: s, edit: e, line: at.Line, column: at.Column}
	m.before = lineAround(s.text, at.Offset)
	m.after = lineAround(m.text(), at.Offset)
	return m
}

// text is the whole changed file.
func (m mutant) text() []byte {
	from, to := m.offset(m.from), m.offset(m.to)
	middle := m.with
	if middle == "" {
		middle = string(m.source.text[from:to])
	}
	return slices.Concat(m.source.text[:from], []byte(m.prefix+middle+m.suffix), m.source.text[to:])
}

func (s *source) offset(p token.Pos) int { return s.fset.PositionFor(p, false).Offset }

// lineAround is the line that holds an offset, without the space around it.
func lineAround(text []byte, offset int) string {
	begin := bytes.LastIndexByte(text[:offset], '\n') + 1
	line, _, _ := bytes.Cut(text[begin:], []byte("\n"))
	return string(bytes.TrimSpace(line))
}

// key names the mutant by what it changes, not by where: it survives changes elsewhere in the file.
func (m mutant) key() string {
	return fmt.Sprintf("%s %s | %s | %s", m.path, m.kind, m.before, m.after)
}

func (m mutant) String() string {
	return fmt.Sprintf("%s:%d:%d %s: %s → %s", m.path, m.line, m.column, m.kind, m.before, m.after)
}

// sample chooses n mutants by chance and leaves them in order; 0 chooses all.
func sample(all []mutant, n int, seed uint64) []mutant {
	if n == 0 || n >= len(all) {
		return all
	}
	chosen := rand.New(rand.NewPCG(seed, 0)).Perm(len(all))[:n]
	slices.Sort(chosen)
	var some []mutant
	for _, i := range chosen {
		some = append(some, all[i])
	}
	return some
}
