package middleware_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk/middleware"
)

func TestSIDsOfPathQueryAndHeaderAreChecked(t *testing.T) {
	client := genuine()
	s := serve(t, "GET /vendors/{vendor}/{rest...}", client, middleware.Options{SIDs: []middleware.Field{
		middleware.Path("vendor", "vendor"),
		middleware.Path("rest", "product").Optional(),
		middleware.Query("sid", "product"),
		middleware.Header("X-Product", ""),
	}})
	w := s.do("GET", "/vendors/v%31/?sid=p1&other=1&sid=%702", "", "x-product", "p1", "X-Product", "v1")
	if w.Code != http.StatusOK || client.calls() != 1 {
		t.Fatalf("%d %s, %d calls", w.Code, w.Body, client.calls())
	}
	want := []middleware.Place{{Path: "vendor"}, {Query: "sid"}, {Query: "sid"}, {Header: "X-Product"}, {Header: "X-Product"}}
	for i, v := range s.verdicts {
		if len(s.verdicts) != len(want) || v.Place != want[i] || !v.Valid || v.SID == "" {
			t.Errorf("verdict %d: %+v, want %+v", i, v, want)
		}
	}
	if s.verdicts == nil {
		t.Error("no verdicts")
	}
}

func TestEachValueIsCheckedAndNamed(t *testing.T) {
	for _, c := range []struct {
		target, header string
		want           middleware.Fault
	}{
		{"/p1?q=p1", "", middleware.Fault{Place: middleware.Place{Header: "X-Sid"}, Detail: "is missing"}},
		{"/p1", "p1", middleware.Fault{Place: middleware.Place{Query: "q"}, Detail: "is missing"}},
		{"/evil?q=p1", "p1", middleware.Fault{Place: middleware.Place{Path: "sid"}, SID: "evil", Detail: "is not known to MS2"}},
		{"/p1?q=p1&q=evil", "p1", middleware.Fault{Place: middleware.Place{Query: "q"}, SID: "evil", Detail: "is not known to MS2"}},
		{"/p1?q=p1&q=", "p1", middleware.Fault{Place: middleware.Place{Query: "q"}, Detail: "is not known to MS2"}},
		{"/p1?q=p1", "p1,p2", middleware.Fault{Place: middleware.Place{Header: "X-Sid"}, SID: "p1,p2", Detail: "is not known to MS2"}},
	} {
		s := serve(t, "GET /{sid}", genuine(), middleware.Options{SIDs: []middleware.Field{
			middleware.Path("sid", ""), middleware.Query("q", ""), middleware.Header("x-sid", ""),
		}})
		var header []string
		if c.header != "" {
			header = []string{"X-Sid", "p1", "X-Sid", c.header}
		}
		p := s.refused(t, s.do("GET", c.target, "", header...), http.StatusUnprocessableEntity)
		if len(p.Errors) != 1 || p.Errors[0] != c.want {
			t.Errorf("%s: %+v, want %+v", c.target, p.Errors, c.want)
		}
	}
}

func TestAQueryThatParsersReadDifferentlyIsRefused(t *testing.T) {
	for _, query := range []string{"sid=p1;sid=evil", "sid=p1&x=%zz", "sid=p1&SID=evil", "Sid=p1", "sid=p1&%C5%BFid=evil"} {
		s := serve(t, "GET /", genuine(), middleware.Options{SIDs: []middleware.Field{middleware.Query("sid", "")}})
		s.refused(t, s.do("GET", "/?"+query, ""), http.StatusBadRequest)
	}
}

func TestAFormCanNotStandForTheQuery(t *testing.T) {
	for _, media := range []string{"application/x-www-form-urlencoded", "Application/X-WWW-Form-URLEncoded; x", "multipart/form-data; boundary=b", "multipart/mixed; boundary=b"} {
		s := serve(t, "POST /", genuine(), middleware.Options{SIDs: []middleware.Field{middleware.Query("sid", "")}})
		r, _ := http.NewRequest("POST", "/?sid=p1", strings.NewReader("sid=evil"))
		r.Header.Set("Content-Type", media)
		w := s.answer(r)
		s.refused(t, w, http.StatusUnsupportedMediaType)
	}
}

func TestAWildcardThatTheRouteLacksIsAFaultThatIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := serve(t, "GET /{id}", genuine(), middleware.Options{
			SIDs:   []middleware.Field{middleware.Path("sid", "").Optional()},
			Logger: slog.New(slog.NewTextHandler(&log, nil)),
		})
		for range 3 {
			s.refused(t, s.do("GET", "/p1", ""), http.StatusInternalServerError)
		}
		if strings.Count(log.String(), "has no wildcard {sid}") != 1 {
			t.Errorf("logged %q", log.String())
		}
		time.Sleep(time.Second)
		s.refused(t, s.do("GET", "/p1", ""), http.StatusInternalServerError)
		if strings.Count(log.String(), "\n") != 2 {
			t.Errorf("logged %q", log.String())
		}
	})
}

func TestABodyThatIsNotLookedAtIsLeftAlone(t *testing.T) {
	s := serve(t, "POST /{sid}", genuine(), middleware.Options{SIDs: []middleware.Field{middleware.Path("sid", "")}})
	if w := s.do("POST", "/p1", "{not JSON", "Content-Encoding", "x"); w.Code != http.StatusOK || s.body != "{not JSON" {
		t.Errorf("%d %s: %q", w.Code, w.Body, s.body)
	}
}
