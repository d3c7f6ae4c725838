package protocol_test

import (
	"encoding/json"
	"errors"
	"regexp"

	"ms2.internal/lb/sdk/protocol"
)

// referenceWish reads what a request says of attestations, over encoding/json alone.
func referenceWish(body []byte) (r protocol.Request, err error) {
	attest, err := theOne(body, "attest")
	if err != nil {
		return r, err
	}
	subject, err := theOne(body, "subject")
	if err != nil {
		return r, err
	}
	if attest != nil {
		if err := json.Unmarshal(attest, &r.Attest); err != nil {
			return r, err
		}
	}
	if subject != nil {
		return r, quoted(subject, &r.Subject, 1, 256)
	}
	return r, nil
}

// referenceAttestations reads those of a response in the same way.
func referenceAttestations(body []byte) ([]string, error) {
	value, err := theOne(body, "attestations")
	if value == nil || err != nil {
		return nil, err
	}
	var all []json.RawMessage
	if err := json.Unmarshal(value, &all); err != nil || len(all) == 0 {
		return nil, err
	}
	if len(all) > 1000 {
		return nil, errors.New("too many")
	}
	tokens := make([]string, len(all))
	for i, value := range all {
		if err := quoted(value, &tokens[i], 1, 4096); err != nil {
			return nil, err
		}
		if !regexp.MustCompile(`^[!-+\--~]+$`).MatchString(tokens[i]) {
			return nil, errors.New("no attestation")
		}
	}
	return tokens, nil
}

// theOne returns the value of the member that no other shares its name with, nil for null and for none.
func theOne(object []byte, name string) (the json.RawMessage, err error) {
	n := 0
	err = eachMember(object, func(member string, value json.RawMessage) error {
		if member != name {
			return nil
		}
		if n++; n > 1 {
			return errors.New("a second member " + name)
		}
		if string(value) != "null" {
			the = value
		}
		return nil
	})
	return the, err
}
