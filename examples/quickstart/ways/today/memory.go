package today

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"ms2.internal/lb/sdk"
)

// entry is what MS2 said of a SID.
type entry struct {
	valid         bool
	kind, version string
	etag          string    // to ask whether it still holds; "" where MS2 gave none
	expires       time.Time // it needs no request before
}

func (e entry) verdict(sid string, origin sdk.Origin) sdk.Verdict {
	return sdk.Verdict{SID: sid, Valid: e.valid, Kind: e.kind, Version: e.version, Origin: origin, Expires: e.expires}
}

// capacity is how many SIDs are kept; the catalogue of the demonstration holds fewer.
const capacity = 50_000

// memory keeps entries, the expired ones too, for their ETags.
type memory struct {
	capacity int

	mu      sync.Mutex
	entries map[string]entry // guarded by mu
}

func newMemory(capacity int) *memory { return &memory{capacity: capacity, entries: map[string]entry{}} }

func (m *memory) get(sid string) (entry, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.entries[sid]
	return e, ok
}

// put keeps an entry, in the place of any other when the memory is full.
func (m *memory) put(sid string, e entry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.entries[sid]; !ok && len(m.entries) >= m.capacity {
		for other := range m.entries {
			delete(m.entries, other)
			break
		}
	}
	m.entries[sid] = e
}

// lifetime is for how long an answer may be kept: its max-age without its Age, and nothing where it must not be (RFC 9111, 5.2.2).
// Of several ages the first counts.
func lifetime(h http.Header) time.Duration {
	age := -1
	for directive := range strings.SplitSeq(strings.Join(h.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		switch strings.ToLower(name) {
		case "no-store", "no-cache":
			return 0
		case "max-age":
			if n, err := strconv.Atoi(strings.Trim(value, `"`)); err == nil && age < 0 {
				age = n
			}
		}
	}
	passed, _ := strconv.Atoi(h.Get("Age")) // 0 when there is none
	return time.Duration(max(0, min(age, maxAge)-max(0, passed))) * time.Second
}

// maxAge is the longest that counts, in seconds: a day.
const maxAge = 24 * 60 * 60
