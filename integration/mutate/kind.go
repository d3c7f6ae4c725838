package main

import "go/token"

// kind names a rule by which source is changed.
type kind string

// The kinds, each with what it makes of the source.
const (
	negate     kind = "negate"     // a == b: a != b
	boundary   kind = "boundary"   // a < b: a <= b
	logic      kind = "logic"      // a && b: a || b
	arithmetic kind = "arithmetic" // a + b: a - b
	constant   kind = "constant"   // 0: 1, 1: 0, 7: 8
	result     kind = "result"     // return true: return false
	condition  kind = "condition"  // if a: if true, if false
	remove     kind = "remove"     // a statement: nothing
)

// swap is an operator that takes the place of another.
type swap struct {
	kind kind
	with token.Token
}

// swaps are the operators that each operator becomes.
var swaps = map[token.Token][]swap{
	token.EQL: {{negate, token.NEQ}},
	token.NEQ: {{negate, token.EQL}},
	token.LSS: {{negate, token.GEQ}, {boundary, token.LEQ}},
	token.LEQ: {{negate, token.GTR}, {boundary, token.LSS}},
	token.GTR: {{negate, token.LEQ}, {boundary, token.GEQ}},
	token.GEQ: {{negate, token.LSS}, {boundary, token.GTR}},

	token.LAND: {{logic, token.LOR}},
	token.LOR:  {{logic, token.LAND}},

	token.ADD:        {{arithmetic, token.SUB}},
	token.SUB:        {{arithmetic, token.ADD}},
	token.ADD_ASSIGN: {{arithmetic, token.SUB_ASSIGN}},
	token.SUB_ASSIGN: {{arithmetic, token.ADD_ASSIGN}},
}
