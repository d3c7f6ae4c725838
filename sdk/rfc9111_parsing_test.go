package sdk_test

import (
	"testing"
	"time"
)

func TestCacheControlIsReadAsTheRulesSay(t *testing.T) {
	const s = time.Second
	rules(t, []rule{
		{"4.2.1 of two max-age the first counts, when longer", "Cache-Control: max-age=1800, max-age=1", 3 * s, cached},
		{"4.2.1 in two lines, when longer", "Cache-Control: max-age=1800 | Cache-Control: max-age=1", 3 * s, cached},
		{"4.2.1 of two max-age the first counts, when shorter", "Cache-Control: max-age=1, max-age=1800", 3 * s, fetched},
		{"4.2.1 in two lines, when shorter", "Cache-Control: max-age=1 | Cache-Control: max-age=1800", 3 * s, fetched},
		{"4.2.1 and when it is unreadable", "Cache-Control: max-age=x, max-age=1800", 0, fetched},
		{"4.2.1 a word is no max-age", "Cache-Control: max-age=a3600", 0, fetched},
		{"4.2.1 nor a number with a unit", "Cache-Control: max-age=3600a", 0, fetched},
		{"4.2.1 nor a fraction of zero", "Cache-Control: max-age=3600.0", 0, fetched},
		{"4.2.1 nor a fraction", "Cache-Control: max-age=3600.5", 0, fetched},
		{"4.2.1 nor nothing", "Cache-Control: max-age", 0, fetched},
		{"1.2.2 leading zeros", "Cache-Control: max-age=003600", 3 * s, cached},
		{"5.2 quotes around a number", `Cache-Control: max-age="3600"`, 3 * s, cached},
		{"5.2 one quote is none", `Cache-Control: max-age="3600`, 0, fetched},
		{"5.2 single quotes are none", "Cache-Control: max-age='3600'", 0, fetched},
		{"5.2 a space before the sign", "Cache-Control: max-age =3600", 3 * s, cached},
		{"5.2 a space behind the sign", "Cache-Control: max-age= 3600", 3 * s, cached},
		{"5.2 empty members", "Cache-Control: ,,,,max-age =  456      ,", 3 * s, cached},
		{"5.2 any case", "Cache-Control: MaX-aGe=3600", 3 * s, cached},
		{"5.2.2.1 max-age inside an extension's quotes, before it", `Cache-Control: extension="max-age=3600", max-age=1`, 3 * s, fetched},
		{"5.2.2.1 max-age inside an extension's quotes, behind it", `Cache-Control: max-age=1, extension="max-age=3600"`, 3 * s, fetched},
		{"5.2.2.1 and behind a comma in them", `Cache-Control: extension="x, max-age=3600, y", max-age=1`, 3 * s, fetched},
		{"5.2.2.1 and behind an escaped quote", `Cache-Control: extension="\", max-age=3600, y", max-age=1`, 3 * s, fetched},
		{"5.2 a quote that does not end hides no other line", `Cache-Control: max-age=3600, x=" | Cache-Control: no-store`, 0, fetched},
		{"RFC 9110 5.6.4 no-store inside an extension's quotes is none", `Cache-Control: max-age=3600, ext="x, no-store"`, 3 * s, cached},
		{"RFC 9110 5.6.4 unless they do not end", `Cache-Control: max-age=3600, ext="x, no-store`, 0, fetched},
		{"5.2.3 an unknown directive", "Cache-Control: foobar, max-age=3600", 3 * s, cached},
		{"5.2.3 an unknown directive with a value", "Cache-Control: max-age=3600, foo=bar", 3 * s, cached},
	})
}

func TestDirectivesForbidAndAllowWhatTheRulesSay(t *testing.T) {
	const s = time.Second
	rules(t, []rule{
		{"5.2.2.5 no-store", "Cache-Control: no-store", 0, fetched},
		{"5.2.2.5 no-store in any case", "Cache-Control: No-StOrE", 0, fetched},
		{"5.2.2.5 no-store beats max-age", "Cache-Control: max-age=10000, no-store | Expires: Fri, 01 Jan 2100 00:00:00 GMT", 0, fetched},
		{"5.2.2.5 no-store keeps no version", `Cache-Control: no-store | ETag: "7"`, 0, fetched},
		{"5.2.2.5 nor beside no-cache", `Cache-Control: pre-check=0, no-store, no-cache, max-age=100 | ETag: "7"`, 0, fetched},
		{"5.2.2.3 must-understand lifts no-store for a status that is understood", "Cache-Control: max-age=3600, no-store, must-understand", 3 * s, cached},
		{"5.2.2.3 must-understand alone", "Cache-Control: max-age=3600, must-understand", 3 * s, cached},

		{"5.2.2.4 no-cache beats max-age", "Cache-Control: max-age=10000, no-cache | Expires: Fri, 01 Jan 2100 00:00:00 GMT", 0, fetched},
		{"5.2.2.4 no-cache in any case", "Cache-Control: max-age=10000, No-CaChE", 0, fetched},
		{"5.2.2.4 no-cache is stored and revalidated", `Cache-Control: no-cache | ETag: "7"`, 0, revalidated},
		{"5.2.2.4 even with max-age", `Cache-Control: max-age=10000, no-cache | Expires: Fri, 01 Jan 2100 00:00:00 GMT | ETag: "7"`, 3 * s, revalidated},
		{"5.2.2.4 no-cache for a field is taken for all", `Cache-Control: no-cache="a" | Cache-Control: max-age=3600 | ETag: "7"`, 3 * s, revalidated},
		{"5.2.2.4 no-cache for several fields likewise", `Cache-Control: no-cache="a, b" | Cache-Control: max-age=3600`, 3 * s, fetched},

		{"5.2.2.2 must-revalidate while fresh", `Cache-Control: max-age=10000, must-revalidate | ETag: "7"`, 3 * s, cached},
		{"5.2.2.2 must-revalidate when stale", `Cache-Control: max-age=2, must-revalidate | ETag: "7"`, 3 * s, revalidated},
		{"5.2.2.8 proxy-revalidate is for others", "Cache-Control: max-age=2, proxy-revalidate, stale-while-revalidate=60", 3 * s, staleUsed},
		{"5.2.2.7 private is for us", "Cache-Control: private, max-age=3600", 3 * s, cached},
		{"5.2.2.7 private for a field", `Cache-Control: private="set-cookie", max-age=3600`, 3 * s, cached},
		{"5.2.2.9 public", "Cache-Control: public, max-age=3600", 3 * s, cached},
		{"5.2.2.9 private and public", "Cache-Control: private, public, max-age=3600", 3 * s, cached},
		{"5.2.2.9 public alone is no lifetime", "Cache-Control: public", 0, fetched},
		{"5.2.2.6 no-transform", "Cache-Control: no-transform, max-age=3600", 3 * s, cached},
		{"RFC 8246 2 immutable while fresh", `Cache-Control: max-age=10000, immutable | ETag: "7"`, 3 * s, cached},
		{"RFC 8246 2 immutable when stale", `Cache-Control: max-age=2, immutable | ETag: "7"`, 3 * s, revalidated},
		{"RFC 8246 2 immutable alone is no lifetime", "Cache-Control: immutable", 0, fetched},

		{"7.3 a cookie in the answer", "Cache-Control: max-age=3600 | Set-Cookie: a=b", 3 * s, cached},
		{"3 a disposition", "Cache-Control: max-age=3600 | Content-Disposition: attachment; filename=x", 3 * s, cached},
	})
}
