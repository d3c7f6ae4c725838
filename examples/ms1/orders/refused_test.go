package orders_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"ms2.internal/lb/examples/login"
	"ms2.internal/lb/examples/ms1/orders"
	"ms2.internal/lb/sdk/protocol"
)

func TestAProductOfAnotherVendorIsRefusedThoughBothAreGenuine(t *testing.T) {
	t.Parallel()
	m := newMS1(t)
	for sid, kind := range map[string]string{"usb:045e": "vendor", "usb:046d:c52b:0001": "product", "usb:046dc52b": "product", "usb:046d:c5": "product", "usb:046d:C52B": "product"} {
		m.ms2.SetEntity(sid, protocol.Entity{Kind: kind})
	}
	for name, c := range map[string]struct{ product, vendor string }{
		"another vendor":     {product, "usb:045e"},
		"more than one part": {"usb:046d:c52b:0001", vendor},
		"no colon":           {"usb:046dc52b", vendor},
		"fewer digits":       {"usb:046d:c5", vendor},
		"other digits":       {"usb:046d:C52B", vendor},
	} {
		w := m.do("POST", "/orders", order(orders.Kept, c.product, c.vendor))
		var problem struct {
			Type   string
			Errors []struct{ Pointer, SID, Detail string }
		}
		decode(t, w, &problem)
		if w.Code != http.StatusUnprocessableEntity || problem.Type != orders.TypeForeignVendor || len(problem.Errors) != 1 ||
			problem.Errors[0].Pointer != "/lines/1/product/sid" || problem.Errors[0].SID != c.product || !strings.Contains(problem.Errors[0].Detail, c.vendor) {
			t.Errorf("%s: got %d %s", name, w.Code, w.Body)
		}
	}
	m.expectStored(0)
}

func TestWhatIsNoOrderIsRefusedInWords(t *testing.T) {
	t.Parallel()
	m := newMS1(t)
	good := order(orders.Kept, product, vendor)
	for name, c := range map[string]struct {
		body   string
		status int
		want   string
	}{
		"not JSON":         {"order!", 400, "not one JSON value"},
		"nothing":          {"", 400, "the body is empty"},
		"more":             {good + "{}", 400, "not one JSON value"},
		"unknown member":   {strings.Replace(good, "customer", "customr", 1), 400, `no member \"customr\"`},
		"an ID of its own": {strings.Replace(good, "{", `{"id":"1",`, 1), 400, `no member \"id\"`},
		"no customer":      {strings.Replace(good, "Ada", "", 1), 400, "customer is empty"},
		"a blank one":      {strings.Replace(good, "Ada", " \u00a0\u2003", 1), 400, "customer is empty"},
		"a control":        {strings.Replace(good, "Ada", `A\u0000da`, 1), 400, "customer has control characters"},
		"a line end":       {strings.Replace(good, "Ada", `A\nda`, 1), 400, "customer has control characters"},
		"turned around":    {strings.Replace(good, "Ada", `A\u202eda`, 1), 400, "customer has control characters"},
		"a control, noted": {strings.Replace(good, "soon", `so\u001bon`, 1), 400, "note has control characters"},
		"no lines":         {`{"customer":"Ada","source":"kept","lines":[]}`, 400, "lines has not 1 to"},
		"no source":        {strings.Replace(good, "kept", "stolen", 1), 400, "source is neither"},
		"no quantity":      {strings.Replace(good, `"quantity":2`, `"quantity":0`, 1), 400, "lines/0/quantity is not 1 to"},
		"a wrong type":     {strings.Replace(good, `"quantity":2`, `"quantity":"2"`, 1), 400, "lines/quantity is not a whole number"},
		"half of one":      {strings.Replace(good, `"quantity":2`, `"quantity":2.5`, 1), 400, "lines/quantity is not a whole number"},
		"no text":          {strings.Replace(good, `"Ada"`, `{}`, 1), 400, "customer is not a string"},
		"an array":         {"[" + good + "]", 422, "an array, not an object"},
		"no elements":      {"[]", 422, "an array, not an object"},
		"a number":         {"12", 422, "a number or a boolean, not an object"},
		"null":             {"null", 422, "/lines/*/product/sid"},
		"too large":        {strings.Replace(good, "soon", strings.Repeat("x", 1<<19), 1), 413, "262144 bytes"},
	} {
		w := m.do("POST", "/orders", c.body)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) || w.Header().Get("Content-Type") != protocol.ContentTypeProblem {
			t.Errorf("%s: got %d %s, want %d and %q", name, w.Code, w.Body, c.status, c.want)
		}
	}
	m.expectStored(0)
}

func TestTheLogSaysByAWordWhyAnOrderWasRefused(t *testing.T) {
	t.Parallel()
	m := newMS1(t)
	m.ms2.SetEntity("usb:045e", protocol.Entity{Kind: "vendor"})
	mine, vendors := m.tokens("ben")
	for reason, body := range map[string]string{
		"bad_sid":        order(orders.Kept, retired, vendor),
		"forged":         signed(mine, vendors),
		"foreign_vendor": order(orders.Kept, product, "usb:045e"),
		"no_order":       "{",
	} {
		var log bytes.Buffer
		guard, err := orders.Guard(m.ms2.Client(), discard)
		if err != nil {
			t.Fatal(err)
		}
		m.handler = orders.Handler(guard, nil, m.store, slog.New(slog.NewTextHandler(&log, nil)))
		m.do("POST", "/orders", body, login.Header, "ada")
		if want := "count=1 reasons." + reason + "=1\n"; !strings.HasSuffix(log.String(), want) || strings.Count(log.String(), "\n") != 1 {
			t.Errorf("got %s, want %s", log.String(), want)
		}
	}
}

func TestWhoIsNoUserOrdersNothing(t *testing.T) {
	t.Parallel()
	m := newMS1(t)
	w := m.do("POST", "/orders", order(orders.Kept, product, vendor), login.Header, "ada lovelace")
	if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), login.Header) {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	m.expectStored(0)
}

func TestEveryAnswerThatIsNoSuccessIsProblemDetails(t *testing.T) {
	t.Parallel()
	m := newMS1(t)
	for request, want := range map[[2]string]struct {
		status int
		allow  string
	}{
		{"GET", "/orders/none"}:  {404, ""},
		{"GET", "/elsewhere"}:    {404, ""},
		{"POST", "/"}:            {404, ""},
		{"GET", "/orders"}:       {405, "POST"},
		{"PUT", "/orders/none"}:  {405, "GET, HEAD"},
		{"POST", "/orders/none"}: {405, "GET, HEAD"},
	} {
		w := m.do(request[0], request[1], "")
		if w.Code != want.status || w.Header().Get("Allow") != want.allow || w.Header().Get("Content-Type") != protocol.ContentTypeProblem {
			t.Errorf("%v: got %d %v %s", request, w.Code, w.Header(), w.Body)
		}
	}
}
