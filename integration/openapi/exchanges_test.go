package openapi

import (
	"fmt"
	"strings"
)

// exchange is one request and the status of its answer.
type exchange struct {
	name     string
	at       replica
	method   string
	path     string // as documented
	target   string // as sent, "" for path
	body     string
	fields   []string // names and values of header fields in turn
	status   int
	unfit    bool // the document refuses the request too
	untested bool // the document can't tell whether the request is fit
}

const (
	batch  = "/v1/sids:validate"
	single = "/v1/sids/{sid}"
	keys   = "/.well-known/jwks.json"
	health = "/healthz"
)

// exchanges are at least one for each status of each operation.
func exchanges() []exchange {
	all := append(batches(), exchange{name: "healthy", at: well, method: "GET", path: health, status: 200})
	all = append(all,
		exchange{name: "healthy", at: guarded, method: "HEAD", path: health, status: 200},
		exchange{name: "draining", at: draining, method: "GET", path: health, status: 503},
		exchange{name: "unhealthy", at: unavailable, method: "HEAD", path: health, status: 503},
		exchange{name: "a check that panics", at: broken, method: "GET", path: health, status: 500},
		exchange{name: "a check that panics", at: broken, method: "HEAD", path: health, status: 500},
	)
	for _, method := range []string{"GET", "HEAD"} {
		all = append(append(append(all, singles(method)...), attestedSingles(method)...), keySets(method)...)
	}
	return all
}

func keySets(method string) []exchange {
	ask := func(name string, at replica, status int, fields ...string) exchange {
		return exchange{name: name, at: at, method: method, path: keys, status: status, fields: fields}
	}
	return []exchange{
		ask("the keys", attesting, 200),
		ask("the same keys", attesting, 304, "If-None-Match", `"7"`),
		ask("no keys", well, 404),
		ask("a fault", sealed, 500),
	}
}

func batches() []exchange {
	const one = `{"items":[{"sid":"usb:046d"}]}`
	post := func(name string, at replica, body string, status int, fields ...string) exchange {
		return exchange{name: name, at: at, method: "POST", path: batch, body: body, status: status, fields: append(fields, "Content-Type", "application/json")}
	}
	unfit := func(e exchange) exchange {
		e.unfit = true
		return e
	}
	text := post("text", well, one, 415)
	text.fields, text.unfit = []string{"Content-Type", "text/plain"}, true
	huge := post("too many bytes", well, one+strings.Repeat(" ", 1<<20), 413)
	huge.untested = true // a size in bytes is said in words
	return []exchange{
		post("every status", well, `{"items":[{"sid":"usb:046d","version":"7"},{"sid":"a/b","version":"6"},{"sid":"usb:dead"},{"sid":"forged"}]}`, 200),
		post("nothing to keep", keepNothing, `{"items":[{"sid":"usb:046d"},{"sid":"forged"}]}`, 200),
		post("with the token", guarded, one, 200, "Authorization", "Bearer s3cret"),
		post("while draining", draining, one, 200, "MS2-Timeout-Ms", "1000"),
		post("attested", attesting, `{"items":[{"sid":"usb:046d","version":"7"},{"sid":"a/b"},{"sid":"forged"}],"attest":true}`, 200),
		post("attested for a user", attesting, `{"items":[{"sid":"usb:046d"}],"attest":true,"subject":"eve"}`, 200),
		post("a wish of nulls", attesting, `{"items":[{"sid":"usb:046d"}],"attest":null,"subject":null}`, 200),
		unfit(post("a wish in words", attesting, `{"items":[{"sid":"usb:046d"}],"attest":"yes"}`, 400)),
		unfit(post("a subject too long", attesting, `{"items":[{"sid":"usb:046d"}],"subject":"`+strings.Repeat("x", 257)+`"}`, 400)),
		unfit(post("an empty subject", attesting, `{"items":[{"sid":"usb:046d"}],"subject":""}`, 400)),
		unfit(post("broken JSON", well, `{"items":[`, 400)),
		unfit(post("another shape", well, `{"sids":["usb:046d"]}`, 400)),
		unfit(post("no time", well, one, 400, "MS2-Timeout-Ms", "0")),
		unfit(post("time in words", well, one, 400, "MS2-Timeout-Ms", "soon")),
		post("another token", guarded, one, 401, "Authorization", "Bearer guess"),
		post("the door closed", singleOnly, one, 404),
		unfit(post("too many items", well, `{"items":[`+strings.Repeat(`{"sid":"x"},`, 1000)+`{"sid":"x"}]}`, 413)),
		huge,
		text,
		unfit(post("no items", well, `{"items":[]}`, 422)),
		unfit(post("a malformed SID", well, `{"items":[{"sid":"usb:046d"},{"sid":"a b"}]}`, 422)),
		unfit(post("a SID of dots", well, `{"items":[{"sid":".."}]}`, 422)),
		unfit(post("a SID too long", well, fmt.Sprintf(`{"items":[{"sid":"%s"}]}`, strings.Repeat("x", 257)), 422)),
		unfit(post("a version too long", well, fmt.Sprintf(`{"items":[{"sid":"x","version":"%s"}]}`, strings.Repeat("x", 129)), 422)),
		post("busy", busy, one, 429),
		post("a fault", broken, one, 500),
		post("unavailable", unavailable, one, 503),
		post("too slow", tooSlow, one, 504, "MS2-Timeout-Ms", "1"),
	}
}

func attestedSingles(method string) []exchange {
	ask := func(name string, at replica, target string, status int, fields ...string) exchange {
		return exchange{name: name, at: at, method: method, path: single, target: target, status: status, fields: fields}
	}
	unfit := func(e exchange) exchange {
		e.unfit = true
		return e
	}
	return []exchange{
		ask("attested", attesting, "/v1/sids/usb:046d", 200, "MS2-Attest", "1"),
		ask("attested for a user", sealed, "/v1/sids/usb:046d", 200, "MS2-Attest", "1", "MS2-Attest-Subject", "eve", "Authorization", "Bearer s3cret"),
		ask("attested and unchanged", attesting, "/v1/sids/usb:046d", 304, "MS2-Attest", "1", "If-None-Match", `"7"`),
		ask("not attested", attesting, "/v1/sids/usb:046d", 200),
		ask("nothing to attest", sealed, "/v1/sids/forged", 404, "MS2-Attest", "1", "Authorization", "Bearer s3cret"),
		ask("nobody to attest", well, "/v1/sids/usb:046d", 200, "MS2-Attest", "1"),
		unfit(ask("another wish", attesting, "/v1/sids/usb:046d", 400, "MS2-Attest", "yes")),
		unfit(ask("a subject too long", attesting, "/v1/sids/usb:046d", 400, "MS2-Attest-Subject", strings.Repeat("x", 257))),
	}
}

func singles(method string) []exchange {
	ask := func(name string, at replica, target string, status int, fields ...string) exchange {
		return exchange{name: name, at: at, method: method, path: single, target: target, status: status, fields: fields}
	}
	malformed := ask("a malformed SID", well, "/v1/sids/a%20b", 400)
	malformed.unfit = true
	untimely := ask("no time", well, "/v1/sids/usb:046d", 400, "MS2-Timeout-Ms", "0")
	untimely.unfit = true
	return []exchange{
		ask("valid", well, "/v1/sids/usb:046d", 200),
		ask("valid, an odd SID", keepNothing, "/v1/sids/a%2Fb", 200),
		ask("with the token", guarded, "/v1/sids/usb:046d", 200, "Authorization", "Bearer s3cret"),
		ask("while draining", draining, "/v1/sids/usb:046d", 200),
		ask("unchanged", guarded, "/v1/sids/usb:046d", 304, "If-None-Match", `"7"`, "Authorization", "Bearer s3cret"),
		malformed,
		untimely,
		ask("no token", guarded, "/v1/sids/usb:046d", 401),
		ask("unknown", well, "/v1/sids/forged", 404),
		ask("retired", guarded, "/v1/sids/usb:dead", 404, "Authorization", "Bearer s3cret"),
		ask("unknown, nothing to keep", keepNothing, "/v1/sids/forged", 404),
		ask("busy", busy, "/v1/sids/usb:046d", 429),
		ask("a fault", broken, "/v1/sids/usb:046d", 500),
		ask("unavailable", unavailable, "/v1/sids/usb:046d", 503),
		ask("too slow", tooSlow, "/v1/sids/usb:046d", 504, "MS2-Timeout-Ms", "1"),
	}
}
