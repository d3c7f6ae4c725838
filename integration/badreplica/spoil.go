package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

// always answers every request in one way.
func always(answer http.HandlerFunc) spoiler {
	return func(http.Handler) http.Handler { return answer }
}

// status answers with a status and headers, given by pairs of name and value.
func status(code int, headers ...string) spoiler {
	return always(func(w http.ResponseWriter, _ *http.Request) {
		for pair := range slices.Chunk(headers, 2) {
			w.Header().Set(pair[0], pair[1])
		}
		http.Error(w, http.StatusText(code), code)
	})
}

// everyOther spoils one request and answers the next well.
func everyOther(bad spoiler) spoiler {
	return func(good http.Handler) http.Handler {
		spoilt, turn := bad(good), alternating()
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if turn() {
				spoilt.ServeHTTP(w, r)
				return
			}
			good.ServeHTTP(w, r)
		})
	}
}

// alternating returns a function that returns true and false in turn.
func alternating() func() bool {
	var calls atomic.Int64
	return func() bool { return calls.Add(1)%2 == 1 }
}

// delayed answers well, but later.
func delayed(d time.Duration) spoiler {
	return func(good http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(d)
			good.ServeHTTP(w, r)
		})
	}
}

// silent never answers. The body has to be read for the server to notice that the client has left.
func silent(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// hangUp closes the connection without an answer.
func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// reset closes the connection so that the client is told of a reset.
func reset(w http.ResponseWriter, r *http.Request) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		hangUp(w, r)
	}
	if tcp, ok := connection.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // what was not sent is thrown away, which the kernel tells the other side
	}
	_ = connection.Close()
}

// leavingOut answers well, but without the items that the function picks.
func leavingOut(pick func() bool) spoiler {
	return func(good http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked, err := protocol.DecodeRequest(r.Body)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			kept := slices.DeleteFunc(asked.Items, func(protocol.Item) bool { return pick() })
			if len(kept) == 0 {
				time.Sleep(service)
				inJSON(`{"results":[]}`)(w, r)
				return
			}
			body := protocol.AppendRequest(nil, kept)
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			good.ServeHTTP(w, r)
		})
	}
}
