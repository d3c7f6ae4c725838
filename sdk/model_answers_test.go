package sdk_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

// drawAges are the ages of an answer as it bears them, in seconds.
func drawAges(random *rand.Rand) (fresh, revalidate, onError int64) {
	return random.Int64N(4), []int64{0, 0, 1, 2}[random.IntN(4)], []int64{0, 0, 1, 3, 20}[random.IntN(5)]
}

// allowed are ages, each capped as the client was told to, less what had passed already.
func (p plan) allowed(fresh, revalidate, onError, passed int64) ages {
	most := p.config.MaxAge
	if most == 0 {
		most = 24 * time.Hour
	}
	seconds := func(n int64) time.Duration { return time.Duration(n) * time.Second }
	late := max(0, seconds(passed-fresh))
	stale := func(n int64) time.Duration { return max(0, min(most, seconds(n))-late) }
	return ages{min(most, max(0, seconds(fresh-passed))), stale(revalidate), stale(onError)}
}

// results answers a batch, not always well.
func (l *liar) results(r *request, random *rand.Rand, truth map[string]int) (*http.Response, error) {
	var response protocol.Response
	each, nonsense := map[string]said{}, false
	for _, item := range r.items {
		result, t := l.result(item, truth[item.SID], random)
		switch random.IntN(40) {
		case 0, 1: // left out
			continue
		case 2: // two that differ
			other := result
			other.MaxAge++
			response.Results = append(response.Results, other)
			t = said{outcome: failed}
		case 3: // unchanged, but not what was asked about
			result.Status, result.Version, nonsense = protocol.StatusUnchanged, "never was", true
		case 4:
			response.Results = append(response.Results, protocol.Result{SID: "usb:unasked", Status: protocol.StatusValid, MaxAge: 60})
		}
		response.Results = append(response.Results, result)
		each[item.SID] = t
	}
	if body := protocol.AppendResponse(nil, response); nonsense {
		return l.reply(r, failed, 200, string(body), nil)
	} else {
		l.end(r, "batch", failed, each)
		return httpAnswer(200, nil, body), nil
	}
}

// result is the truth about an item, and what a client may make of it.
func (l *liar) result(item protocol.Item, version int, random *rand.Rand) (protocol.Result, said) {
	r := protocol.Result{SID: item.SID, Status: protocol.StatusInvalid, Version: fmt.Sprint(version)}
	r.MaxAge, r.StaleWhileRevalidate, r.StaleIfError = drawAges(random)
	t := said{outcome: answered, version: r.Version, whole: l.plan.allowed(r.MaxAge, r.StaleWhileRevalidate, r.StaleIfError, 0)}
	t.ages = t.whole
	if version%2 == 0 {
		r.Status, r.Kind = protocol.StatusValid, kindOf(version)
		t.valid, t.kind = true, r.Kind
		if item.Version == r.Version && random.IntN(2) == 0 {
			r.Status, r.Kind = protocol.StatusUnchanged, ""
			r.Version = []string{"", r.Version}[random.IntN(2)]
		}
	}
	return r, t
}

// page answers for one SID by the single door, not always well.
func (l *liar) page(r *request, random *rand.Rand, version int) (*http.Response, error) {
	item, label := r.items[0], fmt.Sprint(version)
	fresh, revalidate, onError := drawAges(random)
	header := http.Header{"Cache-Control": {fmt.Sprintf("max-age=%d, stale-while-revalidate=%d, stale-if-error=%d", fresh, revalidate, onError)}}
	passed := max(0, random.Int64N(5)-2)
	if passed > 0 {
		header.Set("Age", fmt.Sprint(passed))
	}
	t := said{outcome: answered, ages: l.plan.allowed(fresh, revalidate, onError, passed), whole: l.plan.allowed(fresh, revalidate, onError, 0)}
	t.aged = time.Duration(passed) * time.Second
	switch {
	case random.IntN(40) == 0: // speaks of another SID
		return l.reply(r, failed, 200, `{"sid":"usb:unasked"}`, header)
	case random.IntN(40) == 0: // an answer to somebody else, as a faulty server sends it over a connection that is kept
		body, _ := json.Marshal(protocol.Problem{Type: protocol.ProblemUnknownSID, Status: 404, SIDs: []string{"usb:unasked"}[random.IntN(2):]})
		return l.reply(r, failed, 404, string(body), header)
	case random.IntN(40) == 0: // unchanged, but not what was asked about
		header.Set("ETag", `"never was"`)
		return l.reply(r, failed, 304, "", header)
	case version%2 != 0:
		return l.page404(r, t, header, protocol.Problem{Type: protocol.ProblemUnknownSID, Status: 404, SIDs: []string{item.SID}})
	}
	t.valid, t.version, t.kind = true, label, kindOf(version)
	header.Set("ETag", tagOf(version))
	if item.Version == label && random.IntN(2) == 0 {
		return l.notModified(r, t, header, random)
	}
	body, _ := json.Marshal(map[string]string{"sid": item.SID, "kind": t.kind})
	l.end(r, "page", refused, map[string]said{item.SID: t})
	return httpAnswer(200, header, body), nil
}

func (l *liar) page404(r *request, t said, header http.Header, p protocol.Problem) (*http.Response, error) {
	body, _ := json.Marshal(p)
	l.end(r, "404", refused, map[string]said{r.items[0].SID: t})
	return httpAnswer(404, header, body), nil
}

// notModified says that the version asked about holds, at times without a word of its ages, which then stay as they were.
func (l *liar) notModified(r *request, t said, header http.Header, random *rand.Rand) (*http.Response, error) {
	if random.IntN(3) == 0 && header.Get("Age") == "" {
		header.Del("Cache-Control")
		t.ages, t.vague = l.longest(r.items[0].SID, t.version), true
	}
	l.end(r, "304", refused, map[string]said{r.items[0].SID: t})
	return httpAnswer(304, header, nil), nil
}

// longest are the longest ages that were told with a version, whatever had passed of them.
func (l *liar) longest(sid, version string) (most ages) {
	l.story.mu.Lock()
	defer l.story.mu.Unlock()
	for _, r := range l.requests {
		if t := r.told[sid]; t.outcome == answered && t.version == version {
			most = ages{max(most.fresh, t.whole.fresh), max(most.revalidate, t.whole.revalidate), max(most.onError, t.whole.onError)}
		}
	}
	return most
}
