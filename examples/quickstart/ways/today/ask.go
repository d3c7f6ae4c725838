package today

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// mostBody is the largest answer that is read, in bytes.
const mostBody = 64 << 10

// ask asks MS2 for one SID, and keeps the answer for as long as MS2 allows.
func (c *Checker) ask(ctx context.Context, sid string) (sdk.Verdict, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/v1/sids/"+url.PathEscape(sid), nil)
	if err != nil {
		return sdk.Verdict{}, err
	}
	held, ok := c.kept.get(sid)
	if ok && held.etag != "" {
		request.Header.Set("If-None-Match", held.etag)
	}
	c.requests.Add(1)
	sent := time.Now()
	response, err := c.client.Do(request)
	if err != nil {
		return sdk.Verdict{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, mostBody))
	if err != nil {
		return sdk.Verdict{}, err
	}
	found, err := read(response, body, sid, held)
	if err != nil {
		return sdk.Verdict{}, err
	}
	if age := lifetime(response.Header); age > 0 {
		found.expires = sent.Add(age)
		c.kept.put(sid, found)
	}
	return found.verdict(sid, sdk.Fresh), nil
}

// errNoVerdict is an answer that says neither that the SID is valid nor that it is not.
var errNoVerdict = errors.New("MS2's answer is no verdict")

// read says what an answer means. A 404 counts only if it is MS2 that does not know the SID, not a path that leads nowhere.
func read(response *http.Response, body []byte, sid string, held entry) (entry, error) {
	switch response.StatusCode {
	case http.StatusOK:
		var e struct{ SID, Kind, Version string }
		if json.Unmarshal(body, &e) == nil && e.SID == sid {
			return entry{valid: true, kind: e.Kind, version: e.Version, etag: response.Header.Get("ETag")}, nil
		}
	case http.StatusNotModified:
		if held.etag != "" {
			return held, nil
		}
	case http.StatusNotFound:
		p, err := protocol.DecodeProblem(body)
		if err == nil && p.Type == protocol.ProblemUnknownSID && slices.Contains(p.SIDs, sid) {
			return entry{}, nil
		}
	}
	return entry{}, fmt.Errorf("%w: status %d", errNoVerdict, response.StatusCode)
}
