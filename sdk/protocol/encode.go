package protocol

import (
	"slices"
	"strconv"
	"unicode/utf8"
)

// AppendRequest appends to dst the JSON body of a request for items, and returns the longer slice as append does.
// It checks no limits: that is [CheckSID]'s and the caller's part. Bytes that are not UTF-8 become U+FFFD.
func AppendRequest(dst []byte, items []Item) []byte {
	return Request{Items: items}.Append(dst)
}

// Append is [AppendRequest] for a whole request.
func (r Request) Append(dst []byte) []byte {
	start := len(dst)
	dst = append(dst, `{"items":[`...)
	for i, item := range r.Items {
		dst = next(dst, start, i, len(r.Items))
		dst = appendString(append(dst, `{"sid":`...), item.SID)
		dst = appendLabel(dst, `,"version":`, item.Version)
		dst = append(dst, '}')
	}
	dst = append(dst, ']')
	if r.Attest {
		dst = append(dst, `,"attest":true`...)
	}
	return append(appendLabel(dst, `,"subject":`, r.Subject), '}')
}

// AppendResponse appends to dst the JSON of r, and returns the longer slice as append does. What is "" or 0 is left out,
// as is an age below 0, which the other side would refuse. Bytes that are not UTF-8 become U+FFFD.
func AppendResponse(dst []byte, r Response) []byte {
	start := len(dst)
	dst = append(dst, `{"results":[`...)
	for i := range r.Results {
		dst = next(dst, start, i, len(r.Results))
		dst = appendResult(dst, &r.Results[i])
	}
	dst = append(dst, ']')
	for i, attestation := range r.Attestations {
		dst = appendString(append(dst, between(i, `,"attestations":[`)...), attestation)
	}
	if len(r.Attestations) > 0 {
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

// between is what stands before element i of a list that begins with open.
func between(i int, open string) string {
	if i == 0 {
		return open
	}
	return ","
}

// roomyPart is the most room that next reserves for a part: the longest result without an escape takes less.
const roomyPart = MaxSIDBytes + 2*MaxLabelBytes + 192

// next makes way for part i of n: a comma before all but the first, and after that room for all, by what it took since start
// and some to spare.
func next(dst []byte, start, i, n int) []byte {
	if i == 1 {
		first := min(len(dst)-start, roomyPart) // one huge part must not multiply
		dst = slices.Grow(dst, (first+first/8)*n)
	}
	if i > 0 {
		dst = append(dst, ',')
	}
	return dst
}

func appendResult(dst []byte, r *Result) []byte {
	dst = appendString(append(dst, `{"sid":`...), r.SID)
	dst = appendString(append(dst, `,"status":`...), string(r.Status))
	dst = appendLabel(dst, `,"kind":`, r.Kind)
	dst = appendLabel(dst, `,"version":`, r.Version)
	dst = appendAge(dst, `,"max_age":`, r.MaxAge)
	dst = appendAge(dst, `,"stale_while_revalidate":`, r.StaleWhileRevalidate)
	dst = appendAge(dst, `,"stale_if_error":`, r.StaleIfError)
	return append(dst, '}')
}

func appendLabel(dst []byte, name, label string) []byte {
	if label == "" {
		return dst
	}
	return appendString(append(dst, name...), label)
}

func appendAge(dst []byte, name string, seconds int64) []byte {
	if seconds <= 0 {
		return dst
	}
	return strconv.AppendInt(append(dst, name...), seconds, 10)
}

// appendString appends s as a JSON string (RFC 8259, 7). What needs no escape is copied in runs.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		if plain(s[i]) {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if size == 1 { // an ASCII byte to escape, or a byte that is not UTF-8
			dst = appendEscape(append(dst, s[start:i]...), r)
			start = i + 1
		}
		i += size
	}
	return append(append(dst, s[start:]...), '"')
}

// plain says whether c stands for itself in a JSON string, alone and at once.
func plain(c byte) bool {
	return c >= 0x20 && c < utf8.RuneSelf && c != '"' && c != '\\'
}

func appendEscape(dst []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	switch {
	case r == '"' || r == '\\':
		return append(dst, '\\', byte(r))
	case r == utf8.RuneError:
		return append(dst, `\ufffd`...)
	default:
		return append(dst, '\\', 'u', '0', '0', hex[r>>4], hex[r&0xf])
	}
}
