package sdk

import "time"

// Problem is something that is wrong now.
type Problem struct {
	Reason   Reason     `json:"reason"`   // what
	Cause    Reason     `json:"cause"`    // what lies beneath; "" when that is all
	Severity Severity   `json:"severity"` // how bad it is
	Replica  string     `json:"replica"`  // the ID of the replica that it is about; "" for none
	Text     string     `json:"text"`     // a sentence with the numbers
	Since    *time.Time `json:"since"`    // when it began; null when that is not known
}

// Severity is how bad a problem is.
type Severity string

// The severities of a problem.
const (
	Critical Severity = "critical" // checks fail, or would
	Warning  Severity = "warning"  // checks are answered, and something is wrong
	Notice   Severity = "notice"   // as it should be, but worth knowing
)
