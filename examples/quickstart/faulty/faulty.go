// Package faulty runs a replica of MS2 that does wrong as it is told: the service itself, unchanged, with something before its
// handler. What it shall do stands in a file, which is read at each check, so it survives the replica's restart.
//
// Only checks go wrong. The health check and the pages for browsers do not: a registry that asks /healthz sees nothing, as
// with a real fault of this sort, and it takes a client to notice.
package faulty

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"ms2.internal/lb/examples/ms2/replica"
	"ms2.internal/lb/sdk/protocol"
)

// Command is the subcommand of the quickstart that runs [Main].
const Command = "ms2-faulty"

// The faults that the file may name, one a line.
const (
	Slow   = "slow"   // each check takes [Delay] longer
	Fail   = "fail"   // each check is answered 500
	Refuse = "refuse" // each check is answered 401, as by a replica that does not know the token any more
)

// Delay is how much longer a slow check takes.
const Delay = 300 * time.Millisecond

// Main runs the replica. The first argument is the file of its faults, the others are those of the subcommand ms2.
func Main(args []string) int {
	if len(args) == 0 {
		fmt.Fprintf(os.Stderr, "%s: the first argument must be the file of the faults\n", Command)
		return 2
	}
	return replica.MainWith(args[1:], func(next http.Handler) http.Handler { return Handler(args[0], next) })
}

// Write has the replica whose file this is show these faults from now on, and no others.
func Write(file string, faults ...string) error {
	whole := file + ".new" // so that no check reads half of it
	if err := os.WriteFile(whole, []byte(strings.Join(faults, "\n")), 0o600); err != nil {
		return err
	}
	return os.Rename(whole, file)
}

// Handler puts the faults that the file names before the checks that next answers. A file that is missing names none.
func Handler(file string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isCheck(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		on := read(file)
		if on[Slow] && !delay(r) {
			return // the asker left
		}
		switch {
		case on[Fail]:
			protocol.WriteProblem(w, protocol.Problem{Status: http.StatusInternalServerError, Detail: "this replica was told to fail"})
		case on[Refuse]:
			w.Header().Set("WWW-Authenticate", `Bearer realm="ms2", error="invalid_token"`)
			protocol.WriteProblem(w, protocol.Problem{Status: http.StatusUnauthorized, Detail: "this replica was told to refuse the token"})
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// isCheck reports whether a path is one of the doors for checks.
func isCheck(path string) bool {
	return path == protocol.PathBatch || strings.HasPrefix(path, strings.TrimSuffix(protocol.PathSingle, "{sid}"))
}

func read(file string) map[string]bool {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	on := map[string]bool{}
	for fault := range strings.FieldsSeq(string(text)) {
		on[fault] = true
	}
	return on
}

// delay waits, and reports whether the asker did, too.
func delay(r *http.Request) bool {
	select {
	case <-time.After(Delay):
		return true
	case <-r.Context().Done():
		return false
	}
}
