package protocol

// subject reads whom attestations are for. An empty one is refused: what is meant for one user must not become anybody's.
func (s *scanner) subject() string {
	if s.null() {
		return ""
	}
	subject := string(s.str())
	if err := checkSubject(subject); err != nil {
		s.fail(err.Error())
	}
	return subject
}

// attestations reads an array of them, nil for null.
func (s *scanner) attestations() (all []string) {
	if s.null() {
		return nil
	}
	for more := s.open('['); more; more = s.more(']') {
		if len(all) == MaxItems {
			s.fail("too many attestations")
			break
		}
		all = append(all, string(s.str()))
		if err := checkAttestation(all[len(all)-1]); err != nil {
			s.fail(err.Error())
		}
	}
	return all
}
