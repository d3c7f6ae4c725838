package protocol

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// withinTime serves next within the time that the client says is left; without a word of it, for as long as it takes.
func withinTime(next door, w http.ResponseWriter, r *http.Request) *Problem {
	sent := r.Header.Values(HeaderTimeout)
	if len(sent) == 0 {
		return next(w, r)
	}
	left, ok := parseTimeout(sent)
	if !ok {
		return &Problem{Status: http.StatusBadRequest, Detail: HeaderTimeout + " is not a number of milliseconds from 1 on"}
	}
	ctx, cancel := context.WithTimeout(r.Context(), left)
	defer cancel()
	return next(w, r.WithContext(ctx))
}

func parseTimeout(sent []string) (time.Duration, bool) {
	if len(sent) != 1 {
		return 0, false
	}
	ms, err := strconv.ParseUint(sent[0], 10, 31) // unsigned, so no sign is let through
	return time.Duration(ms) * time.Millisecond, err == nil && ms > 0
}
