package protocol

import (
	"fmt"
	"unicode/utf8"
)

// DecodeResponse reads the body of a batch's answer, strictly: one JSON object with a member results and nothing after it,
// every result with a SID that [CheckSID] passes and a known status, ages of whole seconds written in digits alone, labels within
// [MaxLabelBytes], at most twice [MaxItems] results. Names match to the letter, null is the same as absent, and unknown
// members are skipped. A second member results or attestations is malformed; of other members with the same name the last
// counts. An age above ten years is cut to ten years. Attestations are at most [MaxItems], and are what may be one by its bytes.
//
// Every error wraps [ErrMalformed]. The response keeps no reference to body. The cost is linear in body, whatever it holds.
// Safe for concurrent use.
func DecodeResponse(body []byte) (Response, error) {
	return decodeResponse(body, scanner{data: body, tokens: true})
}

// AppendResults is [DecodeResponse] for the answer to items. It appends the results to dst, which saves memory when there is
// room, and a result in the place of its item shares the item's SID, which saves that of most. It skips attestations, as any
// member that it does not know. After an error the slice is nil.
func AppendResults(dst []Result, items []Item, body []byte) ([]Result, error) {
	r, err := decodeResponse(body, scanner{data: body, asked: items, room: dst})
	return r.Results, err
}

// decodeResponse reads body, which is what s scans.
func decodeResponse(body []byte, s scanner) (Response, error) {
	if !utf8.Valid(body) {
		return Response{}, fmt.Errorf("%w: not UTF-8", ErrMalformed)
	}
	r := s.response()
	if err := s.end(); err != nil {
		return Response{}, err
	}
	return r, nil
}

func (s *scanner) response() (r Response) {
	var results, attestations bool
	for more := s.open('{'); more; more = s.more('}') {
		switch name := s.key(); {
		case string(name) == "results":
			if s.first(&results, "results") {
				r.Results = s.results()
			}
		case string(name) == "attestations" && s.tokens:
			if s.first(&attestations, "attestations") {
				r.Attestations = s.attestations()
			}
		default:
			s.skip()
		}
	}
	if r.Results == nil {
		s.fail("no member results")
	}
	return r
}

// results reads the array of results; nil stands for null.
func (s *scanner) results() []Result {
	if s.null() {
		return nil
	}
	results := s.room
	if most := len(results) + min(s.count(`"sid"`), maxResults); results == nil || cap(results) < most {
		results = append(make([]Result, 0, most), s.room...)
	}
	var last Result
	for more := s.open('['); more; more = s.more(']') {
		n := len(results) - len(s.room)
		if n == maxResults {
			s.fail("too many results")
			break
		}
		last = s.result(last, s.askedAt(n))
		results = append(results, last)
	}
	return results
}

// askedAt is the SID of the item in a place, "" when that is unknown.
func (s *scanner) askedAt(place int) string {
	if place < len(s.asked) {
		return s.asked[place].SID
	}
	return ""
}

// result reads one result. Labels that equal the last result's share its memory: kinds and versions repeat.
func (s *scanner) result(last Result, asked string) (r Result) {
	for more := s.open('{'); more; more = s.more('}') {
		switch string(s.key()) {
		case "sid":
			r.SID = s.text(asked)
		case "status":
			r.Status = s.status()
		case "kind":
			r.Kind = s.label(last.Kind)
		case "version":
			r.Version = s.label(last.Version)
		case "max_age":
			r.MaxAge = s.age()
		case "stale_while_revalidate":
			r.StaleWhileRevalidate = s.age()
		case "stale_if_error":
			r.StaleIfError = s.age()
		default:
			s.skip()
		}
	}
	if err := CheckSID(r.SID); err != nil {
		s.fail(err.Error())
	}
	if r.Status == "" {
		s.fail("result without a status")
	}
	return r
}

// text reads a string, "" for null. One that equals known costs no memory.
func (s *scanner) text(known string) string {
	if s.null() {
		return ""
	}
	b := s.str()
	if string(b) == known {
		return known
	}
	return string(b)
}

func (s *scanner) label(known string) string {
	label := s.text(known)
	if len(label) > MaxLabelBytes {
		s.fail("label is " + errLabel.Error())
	}
	return label
}

func (s *scanner) status() Status {
	if s.null() {
		return ""
	}
	switch string(s.str()) {
	case string(StatusValid):
		return StatusValid
	case string(StatusInvalid):
		return StatusInvalid
	case string(StatusUnchanged):
		return StatusUnchanged
	}
	s.fail("unknown status")
	return ""
}

// age reads whole seconds: digits alone, so neither a sign, nor a point, nor an exponent.
func (s *scanner) age() (seconds int64) {
	if s.null() {
		return 0
	}
	for _, c := range s.number() {
		if c < '0' || c > '9' {
			s.fail("age is not whole seconds from 0 on")
			return 0
		}
		seconds = min(seconds*10+int64(c-'0'), maxAgeSeconds)
	}
	return seconds
}
