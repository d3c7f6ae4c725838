package health

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"

	"ms2.internal/lb/sdk"
)

// writePatience is how long one message to a viewer may take.
const writePatience = 5 * time.Second

// events streams what is known of a client until it is closed, the server shuts down or the viewer leaves.
func (h *handler) events(w http.ResponseWriter, r *http.Request, c *watch) {
	control := http.NewResponseController(w)
	if err := control.SetWriteDeadline(time.Now().Add(writePatience)); err != nil {
		busy(w, "this server can't stream: its ResponseWriter has no Unwrap")
		return
	}
	if r.Method == http.MethodHead {
		streamHeaders(w.Header())
		return
	}
	as := formOf(r)
	v := c.feed.join(as)
	if v == nil {
		busy(w, "too many streams are open; poll /stats")
		return
	}
	defer c.feed.leave(v)
	streamHeaders(w.Header())
	s, down := stream{w, control}, h.servers.down(r)
	for message, ended := []byte(again), false; s.send(message) == nil && !ended; { // else it left, or does not read
		select {
		case message = <-v.slot:
		case <-c.source.Done():
			message, ended = c.encode(as, c.source.Stats()), true
		case <-down:
			return
		case <-r.Context().Done():
			return
		}
	}
}

// again has a browser come back after a second when it lost the stream.
const again = "retry: 1000\n\n"

func streamHeaders(h http.Header) {
	plainHeaders(h)
	h.Set("Cache-Control", "no-store, no-transform") // who compresses would gather messages
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // so would nginx
}

func formOf(r *http.Request) form {
	if asPage(r) {
		return pageForm
	}
	return statsForm
}

// busy says that there is no stream to be had, and when to ask again.
func busy(w http.ResponseWriter, why string) {
	w.Header().Set("Retry-After", "2")
	writeJSON(w, http.StatusServiceUnavailable, struct {
		Title  string `json:"title"`
		Status int    `json:"status"`
	}{why, http.StatusServiceUnavailable})
}

// stream is the connection to one viewer.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

// send waits for a slow viewer no longer than writePatience.
func (s stream) send(message []byte) error {
	if err := s.control.SetWriteDeadline(time.Now().Add(writePatience)); err != nil {
		return err
	}
	if _, err := s.w.Write(message); err != nil {
		return err
	}
	return s.control.Flush()
}

// encode is a message, ready to be sent: the name of the event and a line of JSON.
func (w *watch) encode(as form, s sdk.Stats) []byte {
	var name string
	var body any
	switch as {
	case pageForm:
		name, body = "page", w.view(s)
	default:
		name, body = "stats", s
	}
	var b bytes.Buffer
	b.WriteString("event: " + name + "\ndata: ")
	if err := json.NewEncoder(&b).Encode(body); err != nil { // it ends the line
		return []byte(": " + err.Error() + "\n\n")
	}
	b.WriteByte('\n')
	return b.Bytes()
}
