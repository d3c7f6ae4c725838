package protocol

// Request is the body of a batch: the checks that one HTTP request carries.
type Request struct {
	// Items are the checks, 1 to [MaxItems].
	Items []Item `json:"items"`

	// Attest asks for attestations of all that is valid. An MS2 without any answers as if it were false.
	Attest bool `json:"attest,omitempty"`

	// Subject is whom the attestations are to be bound to, UTF-8 of at most [MaxSubjectBytes]; "" for nobody: they are anybody's.
	Subject string `json:"subject,omitempty"`
}

// Item asks about one SID.
type Item struct {
	// SID is the entity asked about; see [CheckSID].
	SID string `json:"sid"`

	// Version is the version that the asker holds a verdict of, at most [MaxLabelBytes], or "" for none.
	// Only with it may the answer be [StatusUnchanged].
	Version string `json:"version,omitempty"`
}

// Response answers a batch.
type Response struct {
	// Results come in the order of the items. An item that MS2 can't answer is left out.
	Results []Result `json:"results"`

	// Attestations are for those who asked: each SID of a valid or unchanged result is in one of them, unless signing failed.
	// At most [MaxItems]; nil for none.
	Attestations []string `json:"attestations,omitempty"`
}

// Status is what MS2 says of a SID. The zero Status is none of the known ones and says nothing.
type Status string

// The known statuses; a response with any other is malformed.
const (
	// StatusValid means that the entity exists and holds.
	StatusValid Status = "valid"

	// StatusInvalid means that MS2 does not know the SID, or has retired it.
	StatusInvalid Status = "invalid"

	// StatusUnchanged means that the version sent with the item still holds, and the entity is valid.
	StatusUnchanged Status = "unchanged"
)

// Result is the answer to one item.
type Result struct {
	// SID names the entity, so that an answer is never taken for another's.
	SID string `json:"sid"`

	// Status is never "" in a well-formed response.
	Status Status `json:"status"`

	// Kind says what sort of entity it is, such as "vendor"; "" when untold, at most [MaxLabelBytes].
	Kind string `json:"kind,omitempty"`

	// Version is the entity's version now; "" when untold, at most [MaxLabelBytes].
	Version string `json:"version,omitempty"`

	// MaxAge is for how many seconds the answer is fresh (RFC 9111, 4.2); 0: do not keep it.
	MaxAge int64 `json:"max_age,omitempty"`

	// StaleWhileRevalidate is for how many seconds after that it may be used while it is asked anew (RFC 5861, 3); 0: not.
	StaleWhileRevalidate int64 `json:"stale_while_revalidate,omitempty"`

	// StaleIfError is for how many seconds after MaxAge it may be used when asking fails (RFC 5861, 4); 0: not.
	StaleIfError int64 `json:"stale_if_error,omitempty"`
}
