package sdk_test

import (
	"context"
	"encoding/json"
	"math"
	"net/http"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk"
)

// spoken is what somebody else says, MS2 or a source of replicas, and may be anything.
type spoken struct {
	code                      int
	load, age, control, retry string
	body                      string
	told                      int64 // when the set was confirmed, in Unix seconds
	weight                    int
	detail                    string
}

// ServeHTTP answers so, by both doors.
func (s spoken) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	for name, value := range map[string]string{
		"Endpoint-Load-Metrics": s.load, "Age": s.age, "Cache-Control": s.control, "Retry-After": s.retry, "Content-Type": "application/json",
	} {
		w.Header().Set(name, value)
	}
	w.WriteHeader([]int{200, 404, 429, 500, 503, 504}[uint(s.code)%6])
	w.Write([]byte(s.body)) //nolint:errcheck // there may be no body
}

// wantMarshalled fails the test unless all numbers of the statistics are finite, those that say how long or how full not
// below 0, and the whole makes JSON.
func wantMarshalled(t *testing.T, s sdk.Stats) {
	t.Helper()
	if _, err := json.Marshal(s); err != nil {
		t.Errorf("%v in %+v", err, s)
	}
	eachNumber(reflect.ValueOf(s), "Stats", func(name string, n float64) {
		if math.IsNaN(n) || math.IsInf(n, 0) || n < 0 {
			t.Errorf("%s is %v", name, n)
		}
	})
}

// eachNumber tells of each fraction in v, by its name.
func eachNumber(v reflect.Value, name string, tell func(string, float64)) {
	switch v.Kind() {
	case reflect.Float64:
		tell(name, v.Float())
	case reflect.Pointer:
		if !v.IsNil() {
			eachNumber(v.Elem(), name, tell)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachNumber(v.Index(i), name, tell)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				eachNumber(v.Field(i), name+"."+v.Type().Field(i).Name, tell)
			}
		}
	}
}

const oneResult = `{"results":[{"sid":"x","status":"valid","max_age":9223372036854775807,"stale_if_error":99999999999999999999}]}`

func FuzzStatsMarshalWhateverOthersSay(f *testing.F) {
	f.Add(0, "TEXT cpu_utilization=1e39", "", "", "", oneResult, int64(0), 1, "")
	f.Add(0, `JSON {"application_utilization":1e308}`, "99999999999999999999", "max-age=1e400", "", oneResult, int64(math.MaxInt64), math.MaxInt, "\xff")
	f.Add(0, "TEXT application_utilization=NaN,cpu_utilization=+Inf", "-1", "max-age=18446744073709551616", "", `{"sid":"x"}`, int64(math.MinInt64), math.MinInt, "\u2028")
	f.Add(2, "TEXT cpu_utilization=5e-324", "NaN", "", "99999999999999999999", "", int64(1<<40), 655_350, "NaN")
	f.Add(4, "", "", "", "Fri, 31 Dec 9999 23:59:59 GMT", "", int64(-62135596801), 0, "")
	f.Add(1, "", "", "", "", `{"type":"urn:ms2:unknown-sid","status":404,"sids":["x"]}`, int64(1), -1, "")
	f.Fuzz(func(t *testing.T, code int, load, age, control, retry, body string, at int64, weight int, detail string) {
		s := spoken{code, load, age, control, retry, body, at, weight, detail}
		synctest.Test(t, func(t *testing.T) { s.wantStats(t) })
	})
}

// wantStats makes checks of who says that, and looks at the statistics after each.
func (s spoken) wantStats(t *testing.T) {
	f, source := newFleet(t, "a", "b"), newTeller()
	f.all(s.ServeHTTP)
	c := f.clientWith(sdk.Config{}, sdk.WithSource(source))
	set := instances("a", "b")
	set[0].Weight, set[1].Weight = s.weight, 1
	source.tell(discovery.Snapshot{Instances: set, Source: s.detail, At: time.Unix(s.told, 0), Detail: map[string]string{s.detail: s.detail}})
	for range 5 {
		c.Validate(context.Background(), "x") //nolint:errcheck // whatever it brings
		wantMarshalled(t, c.Stats())
		<-time.After(time.Second)
	}
}
