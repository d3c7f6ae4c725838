package protocol

import (
	"errors"
	"fmt"
)

// Limits of the wire. Both sides enforce them.
const (
	// MaxItems is the most items in one batch; the fewest is 1. A response may hold twice as many results.
	MaxItems = 1000

	// MaxRequestBytes is the largest request body: 1 MiB.
	MaxRequestBytes = 1 << 20

	// MaxResponseBytes is the largest response body that a client reads: 4 MiB.
	MaxResponseBytes = 4 << 20

	// MaxSIDBytes is the longest SID.
	MaxSIDBytes = 256

	// MaxLabelBytes is the longest version and the longest kind.
	MaxLabelBytes = 128

	maxResults    = 2 * MaxItems
	maxAgeSeconds = 10 * 365 * 24 * 60 * 60 // longer ages are cut to ten years: no sum of them overflows
)

var (
	errSIDEmpty   = errors.New("sid is empty")
	errSIDDots    = errors.New(`sid is "." or "..", which paths cannot carry`)
	errSIDTooLong = fmt.Errorf("sid is longer than %d bytes", MaxSIDBytes)
	errLabel      = fmt.Errorf("longer than %d bytes", MaxLabelBytes)
)

// CheckSID reports what keeps sid from being a SID: nil for 1 to [MaxSIDBytes] bytes of visible ASCII (0x21 to 0x7e) that
// are neither "." nor "..", the segments that every URL library resolves away (RFC 3986, 5.2.4).
// It allocates nothing for a good one and is safe for concurrent use.
func CheckSID(sid string) error {
	switch {
	case sid == "":
		return errSIDEmpty
	case len(sid) > MaxSIDBytes:
		return errSIDTooLong
	case sid == "." || sid == "..":
		return errSIDDots
	}
	for i := range len(sid) {
		if sid[i]-0x21 > 0x7e-0x21 { // below 0x21 the byte wraps around
			return fmt.Errorf("sid holds the byte 0x%02x at position %d, which is not visible ASCII", sid[i], i)
		}
	}
	return nil
}
