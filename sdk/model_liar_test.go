package sdk_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing/iotest"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

// liar is an MS2 in the place of the network. It changes its mind at random, fails and refuses, and tells the story what
// it made of each request.
type liar struct {
	*story
	noBatch bool // it has the single door alone

	mu    sync.Mutex
	mood  mood           // guarded by mu
	truth map[string]int // by SID its version, odd for invalid; guarded by mu
	turn  map[string]int // how often a SID came first in a request; guarded by mu
}

// mood is how many of a hundred requests fail, and are refused.
type mood struct{ fail, refuse int }

var moods = []mood{{3, 3}, {3, 3}, {3, 3}, {3, 3}, {90, 0}, {45, 45}, {5, 80}}

func newLiar(s *story, random *rand.Rand) *liar {
	l := &liar{story: s, mood: moods[0], truth: map[string]int{}, turn: map[string]int{}}
	l.noBatch = s.plan.config.Protocol == "auto" && random.IntN(2) == 0
	for _, sid := range modelSIDs {
		l.truth[sid] = random.IntN(2)
	}
	return l
}

// change changes the truth about a SID, or the mood.
func (l *liar) change(random *rand.Rand) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if random.IntN(2) == 0 {
		l.mood = moods[random.IntN(len(moods))]
	} else {
		l.truth[modelSIDs[random.IntN(len(modelSIDs))]] += 1 + random.IntN(2)
	}
}

// version is one that a caller may hold of a SID: what is true, or what was or never was.
func (l *liar) version(sid string, random *rand.Rand) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return fmt.Sprint(l.truth[sid] - random.IntN(3))
}

// tagOf is a version as an entity tag, some weak and some without quotes.
func tagOf(version int) string {
	return fmt.Sprintf([]string{`"%d"`, `W/"%d"`, "%d"}[version%3], version)
}

// versionOf is the version whose tag it is; any other tag comes back as it is.
func versionOf(tag string) string {
	version := strings.Trim(tag, `W/"`)
	if n, err := strconv.Atoi(version); err == nil && tagOf(n) == tag {
		return version
	}
	return tag
}

func kindOf(version int) string { return fmt.Sprint("kind ", version) }

// at is the truth about the SIDs of a request as of now.
func (l *liar) at(items []protocol.Item) map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	truth := map[string]int{}
	for _, item := range items {
		truth[item.SID] = l.truth[item.SID]
	}
	return truth
}

// chance is the chance for a request: the seed's, whatever the order of the requests of one instant.
func (l *liar) chance(sid string) (*rand.Rand, mood) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn[sid]++
	hash := fnv.New64a()
	fmt.Fprint(hash, sid, l.turn[sid])
	return rand.New(rand.NewPCG(l.plan.seed, hash.Sum64())), l.mood
}

// RoundTrip takes a request in, and answers some time later, or never.
func (l *liar) RoundTrip(req *http.Request) (*http.Response, error) {
	r := &request{ctx: req.Context()}
	if sid, single := strings.CutPrefix(req.URL.Path, "/v1/sids/"); single {
		r.single, r.items = true, []protocol.Item{{SID: sid, Version: versionOf(req.Header.Get("If-None-Match"))}}
	} else if asked, err := protocol.DecodeRequest(req.Body); err != nil {
		return nil, err
	} else {
		r.items = asked.Items
	}
	l.sent(r)
	random, mood := l.chance(r.items[0].SID)
	truth := l.at(r.items)
	if !waits(r.ctx, random) {
		return nil, l.left(r)
	}
	if random.IntN(2) == 0 {
		truth = l.at(r.items)
	}
	if !r.single && l.noBatch {
		return l.reply(r, turned, 404, "no batch door", nil)
	}
	switch pick := random.IntN(100); {
	case pick < mood.fail:
		return l.fail(r, random)
	case pick < mood.fail+mood.refuse:
		return l.refuse(r, random)
	case r.single:
		return l.page(r, random, truth[r.items[0].SID])
	}
	return l.results(r, random, truth)
}

// waits lets some time pass, unless the asker leaves.
func waits(ctx context.Context, random *rand.Rand) bool {
	most := []time.Duration{1, 10 * time.Millisecond, 50 * time.Millisecond, 300 * time.Millisecond, 600 * time.Millisecond}[random.IntN(5)]
	select {
	case <-time.After(time.Duration(random.Int64N(int64(most)))):
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// left ends a request whose asker would not wait any longer: the callers, or the attempt timeout.
func (l *liar) left(r *request) error {
	<-r.ctx.Done()
	if errors.Is(r.ctx.Err(), context.DeadlineExceeded) {
		l.end(r, "timeout", failed, nil)
	} else {
		l.end(r, "cancelled", gaveUp, nil)
	}
	return r.ctx.Err()
}

// reply ends a request that comes to the same for all its SIDs, with an HTTP answer.
func (l *liar) reply(r *request, o outcome, status int, body string, header http.Header) (*http.Response, error) {
	l.end(r, fmt.Sprint(status, " ", body), o, nil)
	return httpAnswer(status, header, []byte(body)), nil
}

func httpAnswer(status int, header http.Header, body []byte) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(bytes.NewReader(body))}
}

// fail fails in one of the ways for which another replica is asked.
func (l *liar) fail(r *request, random *rand.Rand) (*http.Response, error) {
	switch pick := random.IntN(8); {
	case pick == 0:
		return nil, l.left(r)
	case pick == 1:
		l.end(r, "reset", failed, nil)
		return nil, errors.New("connection reset")
	case pick == 2:
		l.end(r, "cut off", failed, nil)
		answer := httpAnswer(200, nil, nil)
		answer.Body = io.NopCloser(iotest.ErrReader(io.ErrUnexpectedEOF))
		return answer, nil
	case pick == 3:
		return l.reply(r, failed, 200, "<html>", nil)
	case pick == 4 && l.plan.rough:
		return l.reply(r, failed, 503, "", http.Header{"Retry-After": {fmt.Sprint(random.IntN(3))}})
	}
	return l.reply(r, failed, []int{500, 502, 503}[random.IntN(3)], "", nil)
}

// refuse refuses in one of the ways that no other replica would mend.
func (l *liar) refuse(r *request, random *rand.Rand) (*http.Response, error) {
	switch code := []int{401, 403, 403, 404, 400, 418, 0}[random.IntN(7)]; {
	case code == 0:
		l.end(r, "panic", refused, nil)
		panic("boom")
	case code == 404 && r.single && l.plan.config.NotFound == "invalid":
		return l.page(r, random, 1) // it is an answer
	case code == 404 && !r.single && l.plan.config.Protocol == "auto", code == 400 && len(r.items) > 1:
		return l.reply(r, turned, code, "", nil)
	default:
		return l.reply(r, refused, code, "", nil)
	}
}
