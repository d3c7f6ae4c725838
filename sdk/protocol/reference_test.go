package protocol_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"ms2.internal/lb/sdk/protocol"
)

// referenceResponse is the contract of DecodeResponse over encoding/json: slow, and with none of the scanner's code.
func referenceResponse(body []byte) (protocol.Response, error) {
	if !utf8.Valid(body) || !json.Valid(body) || depth(body) > 64 {
		return protocol.Response{}, errors.New("not JSON")
	}
	results, err := referenceList(body, "results", 2000, referenceResult)
	attestations, err2 := referenceAttestations(body)
	return protocol.Response{Results: results, Attestations: attestations}, errors.Join(err, err2)
}

// referenceRequest is the contract of DecodeRequest in the same way.
func referenceRequest(body []byte) (protocol.Request, error) {
	if len(body) > 1<<20 || !utf8.Valid(body) || !json.Valid(body) || depth(body) > 64 {
		return protocol.Request{}, errors.New("too large, or not JSON")
	}
	items, err := referenceList(body, "items", 1000, referenceItem)
	if err == nil && len(items) == 0 {
		err = errors.New("no items")
	}
	r, err2 := referenceWish(body)
	r.Items = items
	return r, errors.Join(err, err2)
}

// referenceList reads the array that an object has as its one member of this name.
func referenceList[T any](object []byte, name string, most int, read func(json.RawMessage) (T, error)) ([]T, error) {
	var lists []json.RawMessage
	err := eachMember(object, func(member string, value json.RawMessage) error {
		if member == name {
			lists = append(lists, value)
		}
		return nil
	})
	if err != nil || len(lists) != 1 {
		return nil, errors.Join(err, errors.New("not one list"))
	}
	var values []json.RawMessage
	if err := json.Unmarshal(lists[0], &values); err != nil || values == nil || len(values) > most {
		return nil, errors.Join(err, errors.New("no list, or too long a one"))
	}
	all := []T{}
	for _, value := range values {
		one, err := read(value)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func referenceItem(value json.RawMessage) (item protocol.Item, err error) {
	err = eachMember(value, func(name string, value json.RawMessage) error {
		switch name {
		case "sid":
			return text(value, &item.SID, 1<<30)
		case "version":
			return text(value, &item.Version, 1<<30)
		}
		return nil
	})
	if err == nil && len(item.Version) > 128 {
		err = errors.New("too long a version")
	}
	return item, errors.Join(err, protocol.CheckSID(item.SID))
}

func referenceResult(value json.RawMessage) (r protocol.Result, err error) {
	var status string
	err = eachMember(value, func(name string, value json.RawMessage) error {
		switch name {
		case "sid":
			return text(value, &r.SID, 1<<30)
		case "status":
			err := text(value, &status, 1<<30)
			if err == nil && !strings.Contains("|valid|invalid|unchanged|null|", "|"+status+"|") && string(value) != "null" {
				err = errors.New("unknown status")
			}
			return err
		case "kind":
			return text(value, &r.Kind, 128)
		case "version":
			return text(value, &r.Version, 128)
		case "max_age":
			return age(value, &r.MaxAge)
		case "stale_while_revalidate":
			return age(value, &r.StaleWhileRevalidate)
		case "stale_if_error":
			return age(value, &r.StaleIfError)
		}
		return nil
	})
	r.Status = protocol.Status(status)
	if err == nil && status == "" {
		err = errors.New("no status")
	}
	return r, errors.Join(err, protocol.CheckSID(r.SID))
}

// eachMember calls f for the members of an object in their order, doubles included.
func eachMember(object []byte, f func(name string, value json.RawMessage) error) error {
	dec := json.NewDecoder(bytes.NewReader(object))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return errors.New("no object")
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return err
		}
		if err := f(name.(string), value); err != nil {
			return err
		}
	}
	return nil
}

func text(value json.RawMessage, to *string, limit int) error {
	*to = "" // what a double said before is forgotten, by a null too
	if err := json.Unmarshal(value, to); err != nil || len(*to) <= limit {
		return err
	}
	return errors.New("too long")
}

func age(value json.RawMessage, to *int64) error {
	if *to = 0; string(value) == "null" {
		return nil
	}
	if strings.Trim(string(value), "0123456789") != "" {
		return errors.New("no whole number")
	}
	n, _ := strconv.ParseUint(string(value), 10, 64) // the largest when it is larger
	*to = int64(min(n, 10*365*24*60*60))
	return nil
}

// depth returns how deep the arrays and objects of a JSON text nest.
func depth(body []byte) (deepest int) {
	dec := json.NewDecoder(bytes.NewReader(body))
	now := 0
	for {
		token, err := dec.Token()
		if err != nil {
			return deepest
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			now++
		case json.Delim('}'), json.Delim(']'):
			now--
		}
		deepest = max(deepest, now)
	}
}
