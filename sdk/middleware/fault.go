package middleware

import (
	"fmt"
	"log/slog"
	"strings"
)

// Fault is what is wrong with one SID of a request.
type Fault struct {
	Place

	// SID is what was sent, cut off at 80 bytes; "" when it is missing.
	SID string `json:"sid,omitempty"`

	// Detail goes on where the place left off: "is missing". Where that is the body as a whole, it begins with "the body".
	Detail string `json:"detail"`

	// Err is why the check failed, as [sdk.CheckError.Err] has it: an [*sdk.AttestationError] for a forged attestation, an
	// [*sdk.CallError] where MS2 did not answer. It is not in the answer. nil when MS2 did, or was not asked.
	Err error `json:"-"`
}

// String says it in one line, the cause included.
func (f Fault) String() string {
	var b strings.Builder
	if at := f.Place.text(); at != "" {
		b.WriteString(at + " ")
	}
	if f.SID != "" {
		fmt.Fprintf(&b, "(%q) ", f.SID)
	}
	b.WriteString(f.Detail)
	if f.Err != nil {
		b.WriteString(": " + clip(f.Err.Error(), 512))
	}
	return b.String()
}

// LogValue is String's.
func (f Fault) LogValue() slog.Value { return slog.StringValue(f.String()) }

// text names the place; "" for the body as a whole. What came with the request is quoted.
func (p Place) text() string {
	switch {
	case p.Path != "":
		return fmt.Sprintf("path %q", p.Path)
	case p.Query != "":
		return fmt.Sprintf("query %q", p.Query)
	case p.Header != "":
		return fmt.Sprintf("header %q", p.Header)
	case p.Pointer != "":
		return fmt.Sprintf("%q", p.Pointer)
	}
	return ""
}

// Faults are those of one request. They may be as many as its SIDs, of which a log needs a few.
type Faults []Fault

// mostTold is how many of many are told.
const mostTold = 3

// LogValue is their number and the first three.
func (f Faults) LogValue() slog.Value {
	first := make([]string, 0, mostTold)
	for _, fault := range f[:min(len(f), mostTold)] {
		first = append(first, fault.String())
	}
	return slog.GroupValue(slog.Int("count", len(f)), slog.Any("first", first))
}

// LogValue is what an operator should know of it.
func (p Refusal) LogValue() slog.Value {
	attrs := []slog.Attr{slog.Int("status", p.Status)}
	if p.Detail != "" {
		attrs = append(attrs, slog.String("detail", p.Detail))
	}
	if p.Errors != nil {
		return slog.GroupValue(append(attrs, slog.Any("errors", p.Errors))...) // with the causes
	}
	if p.Err != nil {
		attrs = append(attrs, slog.String("error", clip(p.Err.Error(), 512)))
	}
	return slog.GroupValue(attrs...)
}

// placed gives those whose place is the body as a whole the words for it: an empty pointer is not seen.
func (f Faults) placed() Faults {
	for i := range f {
		if f[i].Place == (Place{}) {
			f[i].Detail = "the body " + f[i].Detail
		}
	}
	return f
}

// cause is why they failed, nil for no cause beside what they say.
func (f Faults) cause() error {
	var all causes
	for _, fault := range f {
		if fault.Err != nil {
			all = append(all, fault.Err)
		}
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return all
}

// causes are those of several faults.
type causes []error

// Error tells the first and counts the rest.
func (c causes) Error() string { return fmt.Sprintf("%v; and %d more", c[0], len(c)-1) }

// Unwrap returns each of them.
func (c causes) Unwrap() []error { return c }
