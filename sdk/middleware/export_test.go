package middleware

import "time"

// Fold is fold.
func Fold(name string) string { return fold(name) }

// LookedAt returns how many bytes are read of body, which must be valid, and the status of its refusal.
func LookedAt(body string, most int, fields ...Field) (looked, status int) {
	s, err := shapes(fields, nil)
	if err != nil {
		panic(err)
	}
	w := &walk{findings: &findings{most: most}, json: body}
	if w.value(s); w.refusal != nil {
		status = w.refusal.Status
	}
	return w.looked, status
}

// Begin is begin.
func (l *Limit) Begin(name string, cost int) time.Duration { return l.begin(name, cost) }

// End is end.
func (l *Limit) End(name string, cost, bad int) { l.end(name, cost, bad) }
