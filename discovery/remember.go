package discovery

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
)

const (
	defaultMaxAge = 24 * time.Hour

	// rememberGrace is how long a remembered set stays in use although the source says that there is no instance.
	rememberGrace = 10 * time.Second
)

// Remember is a [Source] that keeps the last good set of another one on disk, and starts with it: a program that starts
// while its registry is down has replicas to use, and one that starts beside a slow registry need not wait.
//
// From the start until the source tells of a set, the remembered one is in use: Snapshot.Source says "remembered" and
// the path, At when it was confirmed, and Err why it is not confirmed yet. It is ignored, and Err and Detail say why, when it
// is corrupt, larger than 16 MiB, of another service or format, or was confirmed longer ago than the greatest age. The
// source's own set then takes over. Where that is empty, as a registry that has just started says in good faith, the
// remembered one stays in use for 10 s more.
//
// The set is written after each change, at most once a second, and again when its time of confirmation has grown old by a
// 24th of the greatest age, so that a set that never changes does not expire. An empty set is not remembered and removes
// nothing: the last one with an instance stays on disk. The file is replaced in one step and readable for its owner only
// (mode 0600). A disk that cannot be written is named in Detail, tried again at most once a minute, and harms nothing else. A file of
// another service or format is left as it is.
//
// A Remember is immutable, but one that is watched twice at once writes the same file twice.
type Remember struct {
	path, service string
	maxAge        time.Duration
	source        Source
}

// NewRemember keeps what source tells of service at path, whose directory must exist. What was remembered for another
// service is never used for this one, so each service needs a path of its own. maxAge is the greatest age of a set that
// is used: 1 min to 8760 h, 0 means 24 h. The error names everything that is wrong at once.
func NewRemember(path, service string, maxAge time.Duration, source Source) (*Remember, error) {
	maxAge = cmp.Or(maxAge, defaultMaxAge)
	err := checkDuration("the greatest age", maxAge, time.Minute, 8760*time.Hour)
	if path == "" {
		err = errors.Join(err, errors.New("the path is empty, want where to keep the set"))
	}
	err = errors.Join(err, checkRemembered(service))
	if source == nil {
		err = errors.Join(err, errors.New("the source is nil, want the one to remember for"))
	}
	if err != nil {
		return nil, fmt.Errorf("remembering source: %w", err)
	}
	return &Remember{path: path, service: service, maxAge: maxAge, source: source}, nil
}

func checkRemembered(service string) error {
	if service == "" || len(service) > 255 || !utf8.ValidString(service) {
		return fmt.Errorf("the service is %.300q, want its name, for example ms2: at most 255 bytes of UTF-8", service)
	}
	return nil
}

// Watch implements [Source]. It calls update from the caller's goroutine, and returns once the source has returned and
// the last set is on disk; before ctx ends only when the source does. Detail holds "remembered" besides the source's own:
// how old the set in use is and who told of it, or what is wrong with the file.
func (r *Remember) Watch(ctx context.Context, update func(Snapshot)) error {
	ctx, cancel := context.WithCancel(ctx)
	words := make(chan word)
	keeper := newKeeper(ctx, r)
	source := run(ctx, r.source, words, nil)
	defer keeper.end()
	defer source.end()
	defer cancel()
	w := newRememberWatch(r, keeper, update)
	for {
		select {
		case found := <-keeper.recalled:
			w.recall(found)
		case said := <-words:
			if said.ended != nil {
				return fmt.Errorf("the source to remember: %w", said.ended)
			}
			w.hear(said.snapshot)
		case err := <-keeper.results:
			w.saved(err)
		case <-w.grace:
			w.giveUp()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
