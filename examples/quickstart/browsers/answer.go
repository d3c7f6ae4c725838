package browsers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// problem is what a browser reads of problem details.
type problem struct {
	Title, Detail string
	Errors        []struct{ SID, Detail string }
}

// answer is what MS1 said to an order.
type answer struct {
	status int
	named  []string // SIDs in its problem details
	words  string   // the status and the problem details in one line, for people
}

// readAnswer fails when what is no success is no problem details either.
func readAnswer(status int, body []byte) (answer, error) {
	a := answer{status: status}
	if status == http.StatusCreated {
		return a, nil
	}
	var p problem
	if err := json.Unmarshal(body, &p); err != nil {
		return a, fmt.Errorf("status %d without problem details: %w", status, err)
	}
	for _, e := range p.Errors {
		a.named = append(a.named, e.SID)
	}
	a.words = p.words(status)
	return a, nil
}

// words tell of one SID in full and count the others.
func (p problem) words(status int) string {
	words := fmt.Sprintf("%d", status)
	for _, part := range []string{p.Title, p.Detail} {
		if part != "" {
			words += ", " + part
		}
	}
	if len(p.Errors) > 0 {
		words += fmt.Sprintf(": %q: %s", p.Errors[0].SID, p.Errors[0].Detail)
	}
	if more := len(p.Errors) - 1; more > 0 {
		words += fmt.Sprintf(" (and %d more)", more)
	}
	return strings.Join(strings.Fields(words), " ")
}
