package protocol

import "strconv"

// Claims are the payload of an attestation, a JSON Web Token (RFC 7519) of type [AttestationType].
type Claims struct {
	// Issuer is who signed, as the verifier must know it, never "": claim iss.
	Issuer string

	// Audience is who may rely on it, never "": claim aud, one string.
	Audience string

	// Issued and Expires are whole seconds since 1970, from 1 to the end of the year 9999: claims iat and exp.
	Issued, Expires int64

	// Items are what is vouched for, 1 to [MaxAttested] different SIDs: claim sids, a tuple of kind, version and SID each.
	Items []Attested

	// Binding is a digest of whom the attestation is for; "" for anybody: claim bnd.
	Binding string
}

// AttestationType is the header parameter typ of attestations (RFC 8725, 3.11).
const AttestationType = "ms2-attest+jwt"

// AppendClaims appends to dst the JSON of c, and returns the longer slice as append does. It checks no limits.
// Bytes that are not UTF-8 become U+FFFD.
func AppendClaims(dst []byte, c Claims) []byte {
	dst = appendString(append(dst, `{"iss":`...), c.Issuer)
	dst = appendString(append(dst, `,"aud":`...), c.Audience)
	dst = strconv.AppendInt(append(dst, `,"iat":`...), c.Issued, 10)
	dst = strconv.AppendInt(append(dst, `,"exp":`...), c.Expires, 10)
	dst = append(dst, `,"sids":[`...)
	for i, item := range c.Items {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(append(dst, '['), item.Kind)
		dst = appendString(append(dst, ','), item.Version)
		dst = append(appendString(append(dst, ','), item.SID), ']')
	}
	dst = append(dst, ']')
	return append(appendLabel(dst, `,"bnd":`, c.Binding), '}')
}
