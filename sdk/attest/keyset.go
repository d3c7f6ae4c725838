package attest

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/go-jose/go-jose/v4/json"

	"ms2.internal/lb/sdk/protocol"
)

// Limits of a key set.
const (
	maxSetBytes = 64 << 10
	maxSetKeys  = 32
)

// errForeignSet is wrapped by the error for a key set that is not MS2's.
var errForeignSet = errors.New("the key set is not ours")

// keySet is a JSON Web Key Set (RFC 7517, 5). Its keys stay text at first, so that one of an unknown type does not lose the others.
type keySet struct {
	Issuer *string           `json:"ms2_issuer"`
	Keys   []json.RawMessage `json:"keys"`
}

// parseSet reads a key set of the issuer and returns the keys that can verify attestations, by ID. dropped says what was left out,
// and why. The set must name its issuer if requireIssuer is set, and must not name another in any case. A set without any usable
// key is an error.
//
// The JSON is go-jose's, which refuses a member that comes twice and takes no name for another in a different case.
func parseSet(data []byte, issuer string, requireIssuer bool) (keys map[string]*key, dropped []string, err error) {
	set, err := decodeSet(data)
	if err != nil {
		return nil, nil, err
	}
	if err := set.checkIssuer(issuer, requireIssuer); err != nil {
		return nil, nil, err
	}
	keys, dropped = set.load()
	return keys, dropped, checkUsable(keys, dropped)
}

func decodeSet(data []byte) (set keySet, err error) {
	switch {
	case len(data) > maxSetBytes:
		return set, fmt.Errorf("the key set has more than %d KiB", maxSetBytes>>10)
	case !utf8.Valid(data):
		return set, errors.New("the key set is not UTF-8")
	case bytes.HasPrefix(data, []byte("\ufeff")):
		return set, errors.New("the key set begins with a byte order mark: save it without")
	}
	if err := json.Unmarshal(data, &set); err != nil {
		return set, fmt.Errorf("the key set cannot be read: %s", plain(err))
	}
	if len(set.Keys) > maxSetKeys {
		return set, fmt.Errorf("the key set has %d keys, more than %d", len(set.Keys), maxSetKeys)
	}
	return set, nil
}

// checkIssuer compares whose the set is: every identity provider serves one at the same path.
func (s *keySet) checkIssuer(want string, required bool) error {
	switch {
	case s.Issuer == nil && required:
		return fmt.Errorf("%w: it has no member %s, want %q", errForeignSet, protocol.KeysIssuer, want)
	case s.Issuer != nil && *s.Issuer != want:
		return fmt.Errorf("%w: its member %s is %q, want %q", errForeignSet, protocol.KeysIssuer, clip(*s.Issuer, maxWords), want)
	}
	return nil
}

// load reads the keys one by one. Of two with one ID neither is used: nothing says which is meant.
func (s *keySet) load() (keys map[string]*key, dropped []string) {
	heads, times := make([]keyHead, len(s.Keys)), map[string]int{}
	for i, text := range s.Keys {
		heads[i] = readHead(text)
		times[heads[i].ID]++
	}
	keys = map[string]*key{}
	for i, head := range heads {
		k, err := head.load(s.Keys[i])
		if err == nil && times[k.id] > 1 {
			err = errors.New("its ID comes twice")
		}
		if err != nil {
			dropped = append(dropped, fmt.Sprintf("%s: %s", head.name(i), plain(err)))
			continue
		}
		keys[k.id] = k
	}
	return keys, dropped
}

// checkUsable is the error of a set that has no key for us.
func checkUsable(keys map[string]*key, dropped []string) error {
	switch {
	case len(keys) > 0:
		return nil
	case len(dropped) == 0:
		return errors.New("the key set has no keys")
	}
	return fmt.Errorf("the key set has no usable key: %s", listed(dropped))
}
