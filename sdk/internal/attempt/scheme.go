package attempt

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// plainToTLS is what servers that speak https say to http, beside their 400: those of Go, Tomcat, nginx and Apache. Each is the whole of
// the answer or its beginning: what MS2 repeats of a request, whose SIDs anybody may choose, stands elsewhere, and opens no breakers.
var plainToTLS = regexp.MustCompile(`^\s*(?:Client sent an HTTP request to an HTTPS server\.\s*$` +
	`|Bad Request\s+This combination of host and port requires TLS\.\s*$` +
	`|<html>\s*<head>\s*<title>400 The plain HTTP request was sent to HTTPS port</title>` +
	`|<!DOCTYPE HTML[^>]*>\s*<html>\s*<head>\s*<title>400 Bad Request</title>\s*</head>\s*<body>\s*<h1>Bad Request</h1>\s*` +
	`<p>Your browser sent a request that this server could not understand\.<br />\s*Reason: You're speaking plain HTTP to an SSL-enabled server port\.)`)

// wantsTLS reports whether a server that speaks https answered our http. MS2 itself answers by JSON.
func (a *answer) wantsTLS() bool {
	return a.status == http.StatusBadRequest && !a.secure && !strings.Contains(a.header.Get("Content-Type"), "json") && plainToTLS.Match(a.body)
}

// wrongScheme is the reply for a replica that speaks https: it does not answer, whatever others do.
func wrongScheme(a *answer) Reply {
	r := failed(a.status, CauseScheme, fmt.Errorf("speaks https, and we http: set MS2_SCHEME=https (HTTP %d)", a.status))
	r.words = wordsTheyHTTPS
	return r
}
