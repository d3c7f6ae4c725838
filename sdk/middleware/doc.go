// Package middleware checks the SIDs of a request before an [net/http.Handler] sees it: data of MS2 that comes back through a browser
// is stored only if MS2 holds it for genuine.
//
//	check, err := middleware.New(client, middleware.Options{
//		SIDs: []middleware.Field{
//			middleware.Path("vendor", "vendor"),
//			middleware.JSON("/lines/*/product", "product").Version("/version"),
//		},
//		Attestations: []string{"/attestations"},
//		Subject:      func(r *http.Request) string { return session(r).UserID },
//	})
//	...
//	mux.Handle("POST /vendors/{vendor}/orders", check(orders))
//
// All SIDs of a request are checked in one go, by attestations, by the client's cache or by MS2. The handler gets the request
// when each of them is valid, and their [Verdicts] with it.
//
// Put it inside http.ServeMux, since it reads what the route's pattern matched, and inside authentication and CORS.
//
// # Answers
//
// All are problem details (RFC 9457), with a member errors that names each SID at fault by its place: see [Refusal].
//
//	400  query or body that two parsers may read differently
//	413  larger than MaxBody
//	415  not JSON in UTF-8, or encoded; or a form where the query is checked
//	422  SIDs that are missing, malformed, unknown to MS2, of another kind, or forged: urn:ms2:bad-sids; or too many
//	429  the user has cost too many bad answers: see Limit
//	431  more attestations in the header than the protocol allows
//	500  a fault of the program, which the log tells
//	503  SIDs that could not be checked: urn:ms2:unchecked-sids
//
// # What was checked is what the handler gets
//
// Who sends the body may have written it so that this package finds a good SID and the handler's decoder another. So the body is read
// whole and checked before, and the handler gets the very same bytes. It is refused unless it is one JSON value in UTF-8 without a
// byte order mark, comments or anything behind it. Also refused are: a name twice in one object; two names that differ only by case,
// since encoding/json takes either for the same field (Unicode's folds too: ſ is s, the Kelvin sign is k); a name that differs from
// a pointer's only by case; a name with a backslash; half of a surrogate pair; more than 64 levels. In an object that a pointer passes
// by *, or that holds attestations, names are the sender's own: only equal ones are refused.
//
// What remains is up to the handler:
//
//   - A decoder that knows a field by several names takes what no pointer leads to: protojson reads product_sid for productSid, others
//     ignore - and _, normalise Unicode, or hold ß for ss. Give a pointer to each name, or decode by encoding/json.
//   - Only what a pointer leads to is checked. Keys of objects are not, nor JSON within a string.
//   - Numbers are left as they are. Decoders differ in large ones.
//   - r.FormValue mixes the query with the body; r.Cookie, r.Trailer and r.URL.Path are not read here.
package middleware
