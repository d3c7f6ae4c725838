package serve

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/rs/cors"
)

// Origins are those whose pages may call a service, such as http://127.0.0.1:8081. It is a [flag.Value].
type Origins []string

// String returns them as Set takes them.
func (o *Origins) String() string { return strings.Join(*o, ",") }

// Set takes origins separated by commas; "" for none.
func (o *Origins) Set(list string) error {
	*o = nil
	if list == "" {
		return nil
	}
	for origin := range strings.SplitSeq(list, ",") {
		origin = strings.TrimSpace(origin)
		u, err := url.Parse(origin)
		if err != nil || u.Host == "" || origin != u.Scheme+"://"+u.Host || strings.Contains(origin, "*") {
			return fmt.Errorf("%q is no origin: write scheme://host:port, without a path", origin)
		}
		if port := u.Port(); port == "80" && u.Scheme == "http" || port == "443" && u.Scheme == "https" {
			origin = strings.TrimSuffix(origin, ":"+port) // as browsers write it
		}
		*o = append(*o, origin)
	}
	return nil
}

// CORS says what pages of other origins may do, beside what every page may.
type CORS struct {
	Methods []string // that they may send
	Headers []string // of requests, that they may set
	Exposed []string // of answers, that they may read
}

// preflightAge is how long a browser may keep what it was told, in seconds.
const preflightAge = 600

// Allow lets pages of the origins call next; without origins it is next.
func (o Origins) Allow(c CORS, next http.Handler) http.Handler {
	if len(o) == 0 {
		return next // cors takes no origins for all of them
	}
	return cors.New(cors.Options{
		AllowedOrigins: o, AllowedMethods: c.Methods, AllowedHeaders: c.Headers, ExposedHeaders: c.Exposed, MaxAge: preflightAge,
	}).Handler(next)
}
