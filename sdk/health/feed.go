package health

import "sync"

// maxViewers is how many streams a client has: a browser that is left open everywhere must not cost the service much.
const maxViewers = 16

// form is what a viewer wants to be told.
type form int

const (
	statsForm form = iota // sdk.Stats
	pageForm              // what the page shows of it
)

// feed hands each message to all viewers. A viewer that is slow misses messages and holds up nobody.
type feed struct {
	joined chan struct{} // tells that there is a viewer to be told

	mu      sync.Mutex
	viewers map[*viewer]bool // guarded by mu
}

// viewer is one stream.
type viewer struct {
	form form
	slot chan []byte // holds the newest message that was not taken yet
}

func newFeed() *feed {
	return &feed{joined: make(chan struct{}, 1), viewers: map[*viewer]bool{}}
}

// join adds a viewer, who is told at once; nil when there are too many.
func (f *feed) join(as form) *viewer {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.viewers) >= maxViewers {
		return nil
	}
	v := &viewer{form: as, slot: make(chan []byte, 1)}
	f.viewers[v] = true
	select {
	case f.joined <- struct{}{}:
	default: // it will be told anyway
	}
	return v
}

func (f *feed) leave(v *viewer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.viewers, v)
}

// watched reports whether there is a viewer.
func (f *feed) watched() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.viewers) > 0
}

// publish gives every viewer the message in its form, which is encoded once for all of them. One publish follows the other.
func (f *feed) publish(encode func(form) []byte) {
	var messages [2][]byte
	for _, v := range f.all() {
		if messages[v.form] == nil {
			messages[v.form] = encode(v.form)
		}
		v.put(messages[v.form])
	}
}

func (f *feed) all() []*viewer {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := make([]*viewer, 0, len(f.viewers))
	for v := range f.viewers {
		all = append(all, v)
	}
	return all
}

// put replaces the message that was not taken yet. Nobody else puts at the same time.
func (v *viewer) put(message []byte) {
	select {
	case <-v.slot:
	default:
	}
	v.slot <- message
}
