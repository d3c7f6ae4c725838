package orders

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

// decode reads one order and holds it to its form.
func decode(body io.Reader) (Order, *problem) {
	var o Order
	if err := decodeOnly(body, &o); err != nil {
		return o, &problem{Status: http.StatusBadRequest, Detail: err.Error()}
	}
	if detail := o.problem(); detail != "" {
		return o, &problem{Status: http.StatusBadRequest, Detail: detail}
	}
	return o, nil
}

// decodeOnly decodes a body that holds one value and nothing else. An unknown member is an error: a misspelt one is better
// refused than lost.
func decodeOnly(body io.Reader, value any) error {
	d := json.NewDecoder(body)
	d.DisallowUnknownFields()
	if err := d.Decode(value); err != nil {
		return err
	}
	switch _, err := d.Token(); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return err
	}
	return errors.New("there is more after the order")
}
