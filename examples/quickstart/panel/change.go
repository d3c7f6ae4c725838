package panel

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"

	"ms2.internal/lb/examples/quickstart/faults"
)

// change is what a POST asks for.
type change struct {
	Replica string       `json:"replica"` // its name; "" for what is of none
	Fault   faults.Fault `json:"fault"`
	On      *bool        `json:"on"`
}

// String is the change once it is made.
func (c change) String() string {
	state := " off"
	if *c.On {
		state = " on"
	}
	if c.Replica == "" {
		return string(c.Fault) + " away:" + state
	}
	return c.Replica + ": " + string(c.Fault) + state
}

// largest is how many bytes a change may have.
const largest = 4 << 10

var errNoOn = errors.New(`it does not say whether on is true or false`)

// readChange reads a change from a form or JSON.
func readChange(w http.ResponseWriter, r *http.Request) (c change, err error) {
	r.Body = http.MaxBytesReader(w, r.Body, largest)
	if isForm(r) {
		return readForm(r)
	}
	if kind := contentType(r); kind != "application/json" {
		return c, fmt.Errorf("the content type is %.40q, want application/json or a form", kind)
	}
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&c); err != nil {
		return c, fmt.Errorf("the body is no change: %w", err)
	}
	if c.On == nil {
		return c, errNoOn
	}
	return c, nil
}

// readForm reads a form. A button can add one field to a form, and has two to say: so they may stand in the query, too.
func readForm(r *http.Request) (c change, err error) {
	if err := r.ParseForm(); err != nil {
		return c, err
	}
	on, err := strconv.ParseBool(r.Form.Get("on"))
	if err != nil {
		return c, errNoOn
	}
	return change{r.Form.Get("replica"), faults.Fault(r.Form.Get("fault")), &on}, nil
}

func isForm(r *http.Request) bool { return contentType(r) == "application/x-www-form-urlencoded" }

// contentType is the request's, without parameters; "" for one that is none.
func contentType(r *http.Request) string {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return kind
}
