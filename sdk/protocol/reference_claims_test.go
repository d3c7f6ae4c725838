package protocol_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"unicode/utf8"

	"ms2.internal/lb/sdk/protocol"
)

// referenceClaims is the contract of DecodeClaims over encoding/json: slow, and with none of the scanner's code.
func referenceClaims(body []byte) (c protocol.Claims, err error) {
	if !utf8.Valid(body) || !json.Valid(body) || depth(body) > 64 {
		return c, errors.New("not JSON")
	}
	seen := map[string]int{}
	err = eachMember(body, func(name string, value json.RawMessage) error {
		seen[name]++
		switch name {
		case "iss":
			return quoted(value, &c.Issuer, 1, 1<<30)
		case "aud":
			return quoted(value, &c.Audience, 1, 1<<30)
		case "bnd":
			return quoted(value, &c.Binding, 1, 1<<30)
		case "iat":
			return referenceTime(value, &c.Issued)
		case "exp":
			return referenceTime(value, &c.Expires)
		case "sids":
			return referenceItems(value, &c.Items)
		}
		return nil
	})
	for _, name := range []string{"iss", "aud", "iat", "exp", "sids"} {
		if seen[name] != 1 {
			err = errors.Join(err, errors.New("not one "+name))
		}
	}
	if seen["bnd"] > 1 {
		err = errors.Join(err, errors.New("more than one bnd"))
	}
	return c, err
}

func referenceTime(value json.RawMessage, to *int64) (err error) {
	*to, err = strconv.ParseInt(string(value), 10, 64)
	if err == nil && (*to < 1 || *to > 253402300799) {
		err = errors.New("no time of this age")
	}
	return err
}

func referenceItems(value json.RawMessage, to *[]protocol.Attested) error {
	var tuples [][]json.RawMessage
	if err := json.Unmarshal(value, &tuples); err != nil {
		return err
	}
	if len(tuples) < 1 || len(tuples) > 64 {
		return errors.New("not 1 to 64 SIDs")
	}
	for _, tuple := range tuples {
		if len(tuple) != 3 {
			return errors.New("not kind, version and SID")
		}
		var a protocol.Attested
		err := errors.Join(quoted(tuple[0], &a.Kind, 0, 128), quoted(tuple[1], &a.Version, 0, 128), quoted(tuple[2], &a.SID, 1, 256))
		if err := errors.Join(err, protocol.CheckSID(a.SID)); err != nil {
			return err
		}
		if slices.ContainsFunc(*to, func(before protocol.Attested) bool { return before.SID == a.SID }) {
			return errors.New("a SID twice")
		}
		*to = append(*to, a)
	}
	return nil
}

// quoted reads a string, and nothing that encoding/json would take for one.
func quoted(value json.RawMessage, to *string, least, most int) error {
	if value[0] != '"' {
		return errors.New("no string")
	}
	if err := json.Unmarshal(value, to); err != nil {
		return err
	}
	if len(*to) < least || len(*to) > most {
		return errors.New("too short or too long")
	}
	return nil
}
