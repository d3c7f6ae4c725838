package protocol

import (
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

var errNoItems = errors.New("a request needs at least one item")

// DecodeRequest reads the body of a batch and holds it to the limits. Names match to the letter, null is the same as
// absent, and unknown members are skipped. A second member items, attest or subject is malformed; of other members with the
// same name the last counts. The cost is linear in the body, whatever it holds.
//
// Its error wraps [ErrTooLarge] for a body or a number of items beyond the limit, [ErrMalformed] for what is not JSON of
// the right shape, or r's own error; else it is an [*ItemError] for the first item that breaks a rule, or says that
// there are no items.
func DecodeRequest(r io.Reader) (Request, error) {
	body, err := io.ReadAll(io.LimitReader(r, MaxRequestBytes+1))
	if err != nil {
		return Request{}, errReading(err)
	}
	return decodeRequest(body)
}

func errReading(err error) error { return fmt.Errorf("reading the request: %w", err) }

// decodeRequest decodes a body that was cut off a byte beyond the limit.
func decodeRequest(body []byte) (Request, error) {
	switch {
	case len(body) > MaxRequestBytes:
		return Request{}, fmt.Errorf("%w: the body is over %d bytes", ErrTooLarge, MaxRequestBytes)
	case !utf8.Valid(body):
		return Request{}, fmt.Errorf("%w: not UTF-8", ErrMalformed)
	}
	s := scanner{data: body}
	request := s.request()
	err := s.end()
	if err == nil {
		err = checkItems(request.Items)
	}
	if err != nil {
		return Request{}, err
	}
	return request, nil
}

func (s *scanner) request() (r Request) {
	var items, attest, subject bool
	for more := s.open('{'); more; more = s.more('}') {
		switch string(s.key()) {
		case "items":
			if s.first(&items, "items") {
				r.Items = s.items()
			}
		case "attest":
			if s.first(&attest, "attest") {
				r.Attest = s.boolean()
			}
		case "subject":
			if s.first(&subject, "subject") {
				r.Subject = s.subject()
			}
		default:
			s.skip()
		}
	}
	if r.Items == nil {
		s.fail("no member items")
	}
	return r
}

// items reads the array of items; nil stands for null.
func (s *scanner) items() []Item {
	if s.null() {
		return nil
	}
	items := make([]Item, 0, min(s.count(`"sid"`), MaxItems))
	for more := s.open('['); more; more = s.more(']') {
		if len(items) == MaxItems {
			s.err = fmt.Errorf("%w: more than %d items", ErrTooLarge, MaxItems)
			break
		}
		items = append(items, s.item())
		if s.err != nil {
			s.err = fmt.Errorf("item %d: %w", len(items)-1, s.err)
		}
	}
	return items
}

func (s *scanner) item() (item Item) {
	for more := s.open('{'); more; more = s.more('}') {
		switch string(s.key()) {
		case "sid":
			item.SID = s.text("")
		case "version":
			item.Version = s.text("")
		default:
			s.skip()
		}
	}
	return item
}

func checkItems(items []Item) error {
	if len(items) == 0 {
		return errNoItems
	}
	for i, item := range items {
		if err := checkItem(item); err != nil {
			return &ItemError{Index: i, SID: item.SID, Err: err}
		}
	}
	return nil
}

func checkItem(item Item) error {
	err := CheckSID(item.SID)
	if err == nil && len(item.Version) > MaxLabelBytes {
		err = fmt.Errorf("version is %w", errLabel)
	}
	return err
}
