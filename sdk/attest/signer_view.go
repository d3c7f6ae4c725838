package attest

import "time"

// view is what signing and publishing go by at one time. It never changes.
type view struct {
	current *held
	set     published
	coming  []string  // which keys sign later, and from when
	until   time.Time // when the next begins; zero: never
}

// view brings the keys up to date, and returns what holds now.
func (s *Signer) view(now time.Time) *view {
	if s.file != nil && s.file.due(now) {
		s.follow()
	}
	v := s.shown.Load()
	if v.until.IsZero() || now.Before(v.until) {
		return v
	}
	_ = s.update(func(time.Time) error { return nil })
	return s.shown.Load()
}

// replace makes keys the set in use.
func (s *Signer) replace(keys []SigningKey) error {
	if err := checkKeys(keys); err != nil {
		return err
	}
	return s.update(func(now time.Time) error { return s.rotation.replace(keys, now) })
}

// update changes the keys, settles them, and shows and logs what came of it.
func (s *Signer) update(change func(now time.Time) error) error {
	before, after, err := s.turn(change)
	if err == nil {
		s.tell(before, after) // without the lock: the logger's code may sign
	}
	return err
}

func (s *Signer) turn(change func(now time.Time) error) (before, after *view, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.rotation.settle(now) // what is over by now is nothing to carry on
	if err := change(now); err != nil {
		return nil, nil, err
	}
	s.rotation.settle(now)
	after = &view{
		current: s.rotation.current,
		set:     publish(s.issuer, s.rotation.published()),
		coming:  s.rotation.coming(now),
		until:   s.rotation.next(now),
	}
	return s.shown.Swap(after), after, nil
}

// tell logs what has changed. A first set is no change.
func (s *Signer) tell(before, after *view) {
	if before == nil {
		return
	}
	if before.set.etag != after.set.etag {
		s.log.Info("ms2: the published keys changed", "keys", after.set.ids, "signing", after.current.id, "coming", after.coming)
	}
	if before.current.id != after.current.id {
		s.log.Info("ms2: attestations are signed by another key", "key", after.current.id, "before", before.current.id)
	}
}
