package main

import (
	"go/ast"
	"go/token"
	"strconv"
)

// edit is one change of a file: prefix and suffix go around the text between two positions, or with takes its place.
type edit struct {
	kind           kind
	from, to       token.Pos
	with           string // "" keeps the text
	prefix, suffix string
}

// edits lists the changes at one node, without those at its children.
func edits(n ast.Node) []edit {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		return operators(n.Op, n.OpPos)
	case *ast.AssignStmt:
		return operators(n.Tok, n.TokPos)
	case *ast.IfStmt:
		return conditions(n.Cond)
	case *ast.ReturnStmt:
		return results(n)
	case *ast.BasicLit:
		return constants(n)
	case *ast.BlockStmt:
		return removals(n.List)
	case *ast.CaseClause:
		return removals(n.Body)
	case *ast.CommClause:
		return removals(n.Body)
	}
	return nil
}

func operators(op token.Token, at token.Pos) []edit {
	var found []edit
	for _, s := range swaps[op] {
		end := at + token.Pos(len(op.String()))
		found = append(found, edit{kind: s.kind, from: at, to: end, with: s.with.String()})
	}
	return found
}

// conditions keeps the text of the condition, unevaluated: without it, a variable could be left unused and the file would
// not compile.
func conditions(e ast.Expr) []edit {
	return []edit{
		{kind: condition, from: e.Pos(), to: e.End(), prefix: "true || (", suffix: ")"},
		{kind: condition, from: e.Pos(), to: e.End(), prefix: "false && (", suffix: ")"},
	}
}

func results(r *ast.ReturnStmt) []edit {
	opposite := map[string]string{"true": "false", "false": "true"}
	var found []edit
	for _, value := range r.Results {
		if name, ok := value.(*ast.Ident); ok && opposite[name.Name] != "" {
			found = append(found, edit{kind: result, from: name.Pos(), to: name.End(), with: opposite[name.Name]})
		}
	}
	return found
}

func constants(literal *ast.BasicLit) []edit {
	n, err := strconv.ParseUint(literal.Value, 0, 63)
	if literal.Kind != token.INT || err != nil {
		return nil
	}
	next := n + 1
	if n == 1 {
		next = 0
	}
	return []edit{{kind: constant, from: literal.Pos(), to: literal.End(), with: strconv.FormatUint(next, 10)}}
}

// removals keeps the text of a statement where it never runs, for the same reason as conditions.
func removals(list []ast.Stmt) []edit {
	var found []edit
	for _, s := range list {
		if isRemovable(s) {
			found = append(found, edit{kind: remove, from: s.Pos(), to: s.End(), prefix: "if false { ", suffix: " }"})
		}
	}
	return found
}

// isRemovable reports whether the code around a statement compiles without it, but for a panic that ends a function.
func isRemovable(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.DeferStmt, *ast.IncDecStmt:
		return true
	case *ast.ExprStmt:
		_, call := s.X.(*ast.CallExpr)
		return call
	case *ast.AssignStmt:
		return s.Tok != token.DEFINE && !isBlank(s.Lhs)
	}
	return false
}

// isBlank reports whether an assignment has no effect but to evaluate its right side.
func isBlank(left []ast.Expr) bool {
	name, ok := left[0].(*ast.Ident)
	return ok && len(left) == 1 && name.Name == "_"
}
