package main

import "context"

// stack is a way to ask three replicas: the SDK, or what others use.
type stack interface {
	// ask checks SIDs, one for a stack that is no SDK.
	ask(ctx context.Context, sids []string) answer

	// saysOf is what the stack knows of a replica, in words.
	saysOf(addr string) string

	close()
}

// opener opens a stack for a kind's replicas. Its requests are counted by traffic.
type opener func(k kind, addrs []string, t *traffic) (stack, error)

// answer is what a call brought.
type answer struct {
	failed, wrong int
	example       error
}

// answerFor is the answer for one SID.
func answerFor(sid string, valid bool, err error) answer {
	switch {
	case err != nil:
		return answer{failed: 1, example: err}
	case valid != genuine(sid):
		return answer{wrong: 1}
	}
	return answer{}
}
