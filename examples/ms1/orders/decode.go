package orders

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
)

// decode reads one order and holds it to its form, whatever was checked before.
func decode(body io.Reader) (Order, *problem) {
	var o Order
	d := json.NewDecoder(body)
	d.DisallowUnknownFields() // a misspelt member is better refused than lost
	err := d.Decode(&o)
	if err == nil {
		err = atEnd(d)
	}
	if err != nil {
		return o, undecoded(err)
	}
	if detail := o.fault(); detail != "" {
		return o, badRequest(detail)
	}
	return o.unsigned(), nil
}

func atEnd(d *json.Decoder) error {
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more after the order")
	}
	return nil
}

// undecoded says in words why a body is no order.
func undecoded(err error) *problem {
	var (
		large  *http.MaxBytesError
		member *json.UnmarshalTypeError
		syntax *json.SyntaxError
	)
	switch {
	case errors.As(err, &large):
		return &problem{Status: http.StatusRequestEntityTooLarge, Detail: fmt.Sprintf("the body is larger than %d bytes", large.Limit)}
	case errors.As(err, &member):
		return badRequest(fmt.Sprintf("%s is not %s", orBody(member.Field), typeInWords(member.Type)))
	case errors.Is(err, io.EOF):
		return badRequest("the body is empty: send an order")
	case errors.As(err, &syntax), errors.Is(err, io.ErrUnexpectedEOF):
		return badRequest("the body is not JSON: " + err.Error())
	}
	if name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
		return badRequest("an order has no member " + name)
	}
	return badRequest(err.Error())
}

func orBody(member string) string {
	if member == "" {
		return "the body"
	}
	return strings.ReplaceAll(member, ".", "/")
}

func typeInWords(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Slice:
		return "an array"
	case reflect.Int:
		return "a whole number"
	}
	return "an object"
}
