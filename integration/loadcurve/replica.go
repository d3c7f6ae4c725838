package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

// replicaCommand makes a replica of this binary.
const replicaCommand = "replica"

// replica serves MS2's side of the wire. The first line of what it prints is its address; each line that it reads it
// answers with the CPU time that it has used so far, in nanoseconds. It ends with its input, and so with its parent.
func replica(args []string, in io.Reader, out io.Writer) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	known, err := readCatalogue()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: protocol.NewHandler(
		slow{known, o.service},
		protocol.HandlerOptions{MaxAge: o.maxAge, NegativeMaxAge: o.maxAge, StaleWhileRevalidate: o.stale},
	)}
	go func() { _ = server.Serve(listener) }() // its error is Close's
	defer server.Close()
	return answer(in, out, listener.Addr().String())
}

// answer keeps the replica's side of the talk with the parent.
func answer(in io.Reader, out io.Writer, addr string) error {
	if _, err := fmt.Fprintln(out, addr); err != nil {
		return err
	}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		used, err := cpuTime()
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(out, used.Nanoseconds()); err != nil {
			return err
		}
	}
	return lines.Err()
}
