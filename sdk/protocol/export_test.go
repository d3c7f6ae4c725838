package protocol

// LookedAtResponse returns how many bytes the scanner looks at to decode body as a response.
func LookedAtResponse(body []byte) int {
	return looked(body, func(s *scanner) { s.tokens = true; s.response() })
}

// LookedAtRequest does it for a request.
func LookedAtRequest(body []byte) int {
	return looked(body, func(s *scanner) { s.request() })
}

// LookedAtProblem does it for problem details.
func LookedAtProblem(body []byte) int {
	return looked(body, func(s *scanner) { s.problem() })
}

// LookedAtClaims does it for the payload of an attestation.
func LookedAtClaims(body []byte) int {
	return looked(body, func(s *scanner) { s.claims() })
}

func looked(body []byte, read func(*scanner)) int {
	s := scanner{data: body}
	read(&s)
	_ = s.end()
	return s.looked
}
