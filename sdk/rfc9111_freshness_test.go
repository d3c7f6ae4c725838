package sdk_test

import (
	"testing"
	"time"
)

func TestAnAnswerIsFreshForAsLongAsTheRulesSay(t *testing.T) {
	const s = time.Second
	rules(t, []rule{
		{"3 an answer that says nothing is not reused", "", 0, fetched},
		{"4.2 max-age until its last moment", "Cache-Control: max-age=5", 5*s - 1, cached},
		{"4.2 max-age and no longer", "Cache-Control: max-age=5", 5 * s, fetched},
		{"5.2.2.1 max-age=0", "Cache-Control: max-age=0", 0, fetched},
		{"5.2.2.1 max-age below 0", "Cache-Control: max-age=-3600", 0, fetched},
		{"1.2.2 max-age=2^31-1", "Cache-Control: max-age=2147483647", 3 * s, cached},
		{"1.2.2 max-age=2^31", "Cache-Control: max-age=2147483648", 3 * s, cached},
		{"1.2.2 max-age=2^31+1", "Cache-Control: max-age=2147483649", 3 * s, cached},
		{"1.2.2 max-age of thousands of years", "Cache-Control: max-age=99999999999", 3 * s, cached},
		{"1.2.2 max-age beyond 64 bits", "Cache-Control: max-age=99999999999999999999", 3 * s, cached},

		{"5.2.2.10 s-maxage gives a private cache no lifetime", "Cache-Control: s-maxage=3600", 0, fetched},
		{"5.2.2.10 a longer s-maxage does not lengthen max-age", "Cache-Control: s-maxage=3600, max-age=1", 3 * s, fetched},
		{"5.2.2.10 nor in a line of its own", "Cache-Control: s-maxage=3600 | Cache-Control: max-age=1", 3 * s, fetched},
		{"5.2.2.10 a shorter s-maxage does not shorten max-age", "Cache-Control: max-age=3600, s-maxage=1", 3 * s, cached},
		{"5.2.2.10 nor before it", "Cache-Control: s-maxage=1, max-age=3600", 3 * s, cached},
		{"5.2.2.10 nor in a line of its own, the other way", "Cache-Control: max-age=3600 | Cache-Control: s-maxage=1", 3 * s, cached},
		{"RFC 9213 3.1 CDN-Cache-Control is for others", "CDN-Cache-Control: max-age=3600", 0, fetched},
		{"RFC 9213 3.1 and takes nothing from max-age", "CDN-Cache-Control: no-store | Cache-Control: max-age=3600", 3 * s, cached},

		{"5.3 Expires, which needs clocks that agree, is no lifetime", "Expires: Fri, 01 Jan 2100 00:00:00 GMT", 0, fetched},
		{"5.3 max-age overrides an Expires in the past", "Cache-Control: max-age=3600 | Expires: Sat, 01 Jan 2000 00:00:00 GMT", 3 * s, cached},
		{"5.3 and one that is none", "Cache-Control: max-age=3600 | Expires: 0", 3 * s, cached},
		{"5.3 max-age=0 overrides an Expires to come", "Cache-Control: max-age=0 | Expires: Fri, 01 Jan 2100 00:00:00 GMT", 0, fetched},
		{"4.2.2 no heuristic freshness", "Last-Modified: Sat, 01 Jan 2000 00:00:00 GMT", 0, fetched},
		{"4.2.2 nor for what is public", "Cache-Control: public | Last-Modified: Sat, 01 Jan 2000 00:00:00 GMT", 0, fetched},
		{"4.2.3 an old Date does not age", "Cache-Control: max-age=3600 | Date: Fri, 31 Dec 1999 22:00:00 GMT", 3 * s, cached},
		{"5.4 Pragma in an answer means nothing", "Cache-Control: max-age=3600 | Pragma: no-cache", 3 * s, cached},
		{"5.4 nor does an unknown one", "Cache-Control: max-age=3600 | Pragma: other", 3 * s, cached},
	})
}

func TestAnAnswerIsAsOldAsItsAgeSays(t *testing.T) {
	const s = time.Second
	rules(t, []rule{
		{"4.2.3 Age counts from max-age, until the last moment", "Cache-Control: max-age=5 | Age: 3", 2*s - 1, cached},
		{"4.2.3 Age counts from max-age, and no longer", "Cache-Control: max-age=5 | Age: 3", 2 * s, fetched},
		{"4.2.3 Age beyond max-age", "Cache-Control: max-age=3600 | Age: 7200", 0, fetched},
		{"5.1 Age: 0", "Cache-Control: max-age=3600 | Age: 0", 3 * s, cached},
		{"1.2.2 Age of 2^31-1", "Cache-Control: max-age=3600 | Age: 2147483647", 0, fetched},
		{"1.2.2 Age of 2^31", "Cache-Control: max-age=3600 | Age: 2147483648", 0, fetched},
		{"1.2.2 Age of 2^31+1", "Cache-Control: max-age=3600 | Age: 2147483649", 0, fetched},
		{"1.2.2 Age beyond 64 bits", "Cache-Control: max-age=3600 | Age: 99999999999999999999", 0, fetched},
		{"5.1 a word is no Age", "Cache-Control: max-age=3600 | Age: abc", 3 * s, cached},
		{"5.1 nor is what is below 0", "Cache-Control: max-age=3600 | Age: -7200", 3 * s, cached},
		{"5.1 nor a fraction", "Cache-Control: max-age=3600 | Age: 7200.0", 3 * s, cached},
		{"5.1 nor one with a parameter", "Cache-Control: max-age=3600 | Age: 7200;foo=bar", 3 * s, cached},
		{"5.1 nor one with a number for a parameter", "Cache-Control: max-age=3600 | Age: 7200;foo=111", 3 * s, cached},
		{"5.1 of a list the first counts, when old", "Cache-Control: max-age=3600 | Age: 7200, 0", 0, fetched},
		{"5.1 of a list the first counts, when young", "Cache-Control: max-age=3600 | Age: 0, 7200", 3 * s, cached},
		{"5.1 of lines the first counts, when old", "Cache-Control: max-age=3600 | Age: 7200 | Age: 0", 0, fetched},
		{"5.1 of lines the first counts, when young", "Cache-Control: max-age=3600 | Age: 0 | Age: 7200", 3 * s, cached},
		{"5.1 a list of the same", "Cache-Control: max-age=3600 | Age: 0, 0", 3 * s, cached},
		{"5.1 lines of the same", "Cache-Control: max-age=3600 | Age: 0 | Age: 0", 3 * s, cached},
		{"5.1 lines of the same are not summed", "Cache-Control: max-age=10000 | Age: 6000 | Age: 6000", 3 * s, cached},
	})
}
