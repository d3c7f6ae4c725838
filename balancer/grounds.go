package balancer

import "fmt"

// grounds are a reason with its sentence and its numbers.
type grounds struct {
	reason   Reason
	why      string
	evidence Evidence
}

// grounds say what an outlier did that the others did not.
func (n *norm) grounds(r *replica, did counts) grounds {
	switch {
	case r.silent():
		return n.answersNothing(r.row.length.Load())
	case 2*did.partly > did.unanswered:
		return n.compared(ReasonLeftOut, did, "%s of what its last %.0f requests asked was left out, of the others' %s")
	}
	return n.compared(ReasonFailsMore, did, "%s of its last %.0f requests were not answered, of the others' %s")
}

// compared are grounds of a share beside the others'.
func (n *norm) compared(reason Reason, did counts, words string) grounds {
	return grounds{reason, fmt.Sprintf(words, percent(did.share()), did.requests, orNone(n.share)),
		Evidence{Requests: did.requests, Unanswered: did.unanswered, OthersShare: n.share}}
}

// answersNothing are the grounds of that many requests in a row.
func (n *norm) answersNothing(row int64) grounds {
	e := Evidence{InRow: row, Requests: float64(row), Unanswered: float64(row), OthersShare: n.share}
	others := "the others answered all of theirs"
	if share := orNone(n.share); share != "none" {
		others = "the others left " + share + " of theirs unanswered"
	}
	return grounds{ReasonAnswersNothing, fmt.Sprintf("answered none of its last %d requests, %s", row, others), e}
}

// leftOutTrial are the grounds of a trial that was answered in part.
func (n *norm) leftOutTrial(missing float64) grounds {
	return grounds{ReasonLeftOut, fmt.Sprintf("%s of the request that tried it was left out", percent(missing)),
		Evidence{Requests: 1, Unanswered: missing, OthersShare: n.share}}
}

// grounds say why the breaker is open.
func (b *breaker) grounds() grounds {
	row, lost := int64(b.replica.balancer.options.Failures), int64(b.lost.Load())
	switch {
	case lost > 1:
		return grounds{ReasonProbeFailed, fmt.Sprintf("the probe failed, %d times by now", lost), Evidence{InRow: row, Probes: lost}}
	case lost == 1:
		return grounds{ReasonProbeFailed, "the probe failed", Evidence{InRow: row, Probes: lost}}
	case row == 1:
		return grounds{ReasonFailuresInRow, "1 failure", Evidence{InRow: row}}
	}
	return grounds{ReasonFailuresInRow, fmt.Sprintf("%d failures in a row", row), Evidence{InRow: row}}
}
