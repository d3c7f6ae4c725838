package discovery

import "time"

// DecodeDocument is the decoder of [File].
var DecodeDocument = decodeDocument

// DecodeRemembered is the decoder of [Remember].
func DecodeRemembered(data []byte, service string) (set []Instance, source string, at time.Time, err error) {
	r := decodeRemembered(data, service)
	return r.set, r.source, r.at, r.err
}

// EncodeRemembered is the inverse of DecodeRemembered.
var EncodeRemembered = encodeRemembered
