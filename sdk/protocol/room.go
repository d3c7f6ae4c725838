package protocol

import (
	"bytes"
	"io"
	"sync"
)

// room is the memory that one answer of the batch door needs and the next can use again: half of what it would allocate. The
// SIDs that the store is given are none of it.
type room struct {
	body     bytes.Buffer
	versions map[string]string
	results  []Result
	answer   []byte
}

var rooms = sync.Pool{New: func() any { return &room{versions: map[string]string{}} }}

// keptRoom is the largest buffer that is kept for the next.
const keptRoom = 1 << 18

// decode reads a request, which keeps no reference to the room.
func (m *room) decode(r io.Reader) (Request, error) {
	if _, err := m.body.ReadFrom(io.LimitReader(r, MaxRequestBytes+1)); err != nil {
		return Request{}, errReading(err)
	}
	return decodeRequest(m.body.Bytes())
}

// write writes the answer. It leaves the attestations out, and reports false, when they would make it too large for clients.
func (m *room) write(r Response) bool {
	m.answer = AppendResponse(m.answer[:0], r)
	if len(m.answer) <= MaxResponseBytes || r.Attestations == nil {
		return true
	}
	m.answer = AppendResponse(m.answer[:0], Response{Results: r.Results})
	return false
}

// leave gives the room back, unless one answer needed very much.
func (m *room) leave() {
	if m.body.Cap() > keptRoom || cap(m.answer) > keptRoom {
		return
	}
	m.body.Reset()
	clear(m.versions)
	clear(m.results)
	m.results, m.answer = m.results[:0], m.answer[:0]
	rooms.Put(m)
}
