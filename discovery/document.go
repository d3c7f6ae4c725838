package discovery

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// entry is an instance as a file holds it.
type entry struct {
	ID     string            `json:"id"`
	Addr   string            `json:"addr"`
	Zone   string            `json:"zone,omitempty"`
	Weight *int              `json:"weight,omitempty"`
	Meta   map[string]string `json:"meta,omitempty"`
}

func (e entry) instance() Instance {
	weight := 1
	if e.Weight != nil {
		weight = *e.Weight
	}
	return Instance{ID: cmp.Or(e.ID, e.Addr), Addr: e.Addr, Zone: e.Zone, Weight: weight, Meta: e.Meta}
}

// decodeDocument reads the document that [File] describes. kept is empty only where the document itself is.
func decodeDocument(data []byte) (kept []Instance, dropped []Dropped, err error) {
	var document struct {
		Instances []entry `json:"instances"`
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decodeOne(decoder, &document); err != nil {
		return nil, nil, err
	}
	return usableEntries(document.Instances)
}

// decodeOne reads the one JSON document that the input must consist of.
func decodeOne(decoder *json.Decoder, into any) error {
	err := decoder.Decode(into)
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("it is empty, want a JSON document")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the JSON document is cut off")
	case err != nil:
		return located(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON document, want one document only")
	}
	return nil
}

// located says where in the document the fault is, in one short line: the decoder's own words may hold a member's name
// or a number of any length.
func located(err error) error {
	text := cut(err.Error(), 200)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("byte %d: %s", syntax.Offset, text)
	case errors.As(err, &kind):
		return fmt.Errorf("byte %d: %s", kind.Offset, text)
	}
	return errors.New(text)
}

// usableEntries drops bad entries one by one. Where all are bad, that is no word of an empty set.
func usableEntries(entries []entry) (kept []Instance, dropped []Dropped, err error) {
	if entries == nil {
		return nil, nil, errors.New(`the member "instances" is missing, want an array`)
	}
	all := instancesOf(entries, entry.instance)
	kept, dropped = Clean(all)
	if len(kept) == 0 && len(all) > 0 {
		return nil, nil, fmt.Errorf("none of its %d instances can be used, the first: %q: %s", len(all), dropped[0].ID, dropped[0].Why)
	}
	return kept, dropped, nil
}
