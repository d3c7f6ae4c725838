package middleware

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"
)

// readBody reads the body whole and finds what the pointers lead to. No body is one in which everything is missing.
func (g *gate) readBody(f *findings, w http.ResponseWriter, r *http.Request) {
	if r.Body != nil && r.Body != http.NoBody {
		typed := len(r.Header.Values("Content-Type")) > 0
		if typed {
			f.checkMedia(r.Header)
		}
		if f.refusal == nil {
			g.receive(f, w, r)
		}
		if !typed && len(f.body) > 0 { // an empty one may be chunked
			f.checkMedia(r.Header)
		}
	}
	if f.refusal == nil {
		g.search(f)
	}
}

// checkMedia refuses what is not plain JSON in UTF-8.
func (f *findings) checkMedia(h http.Header) {
	types := h.Values("Content-Type")
	if len(types) != 1 {
		f.refuse(http.StatusUnsupportedMediaType, "the request needs one Content-Type: send application/json")
		return
	}
	mediaType, params, err := mime.ParseMediaType(types[0])
	if err != nil || mediaType != "application/json" && !strings.HasSuffix(mediaType, "+json") {
		f.refuse(http.StatusUnsupportedMediaType, "the body is not JSON: send application/json")
	}
	if charset, ok := params["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
		f.refuse(http.StatusUnsupportedMediaType, "the body is not in UTF-8")
	}
	if len(h.Values("Content-Encoding")) > 0 {
		f.refuse(http.StatusUnsupportedMediaType, "the body is encoded: send it without Content-Encoding")
	}
}

// trusted is for how large a body, in bytes, memory is set aside because the head announces it.
const trusted = 64 << 10

// receive reads the body, up to the limit.
func (g *gate) receive(f *findings, w http.ResponseWriter, r *http.Request) {
	var body bytes.Buffer
	body.Grow(int(min(max(r.ContentLength, 0), g.o.MaxBody, trusted)) + bytes.MinRead)
	_, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, g.o.MaxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		f.refuseFor(err, http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d bytes", tooLarge.Limit))
	case err != nil:
		f.refuseFor(err, http.StatusBadRequest, "the body could not be read to its end")
	}
	f.body = body.Bytes()
}

// search finds what the pointers lead to, in a body that is one JSON value.
func (g *gate) search(f *findings) {
	if len(f.body) == 0 {
		g.shape.required("", (&walk{findings: f}).missing)
		return
	}
	if !utf8.Valid(f.body) {
		f.refuse(http.StatusBadRequest, "the body is not UTF-8")
		return
	}
	if !json.Valid(f.body) {
		f.refuse(http.StatusBadRequest, "the body is not one JSON value, with nothing before or after it")
		return
	}
	(&walk{findings: f, json: string(f.body)}).value(g.shape)
}

// rewound returns r with a body of the very bytes that were checked. It has no GetBody, as any request of a server: where a handler
// replaces the body and sends the request on, a repetition would bring this one back.
func rewound(r *http.Request, body []byte) *http.Request {
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	r.TransferEncoding = nil
	return r
}
