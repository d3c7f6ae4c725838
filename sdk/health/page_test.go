package health

import (
	"encoding/json"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"ms2.internal/lb/sdk"
)

func TestThePageIsCompleteWithoutItsScript(t *testing.T) {
	body := html.UnescapeString(ask(t, handlerOf(t, func() sdk.Stats { return incident(130) }), http.MethodGet, "/").Body.String())
	for _, want := range []string{
		incident(130).Summary, "5 failures in a row (last: no answer within 500ms)", "failures_in_row · timeout", "10.0.2.4:8082", "takes 21 ms", "counts 40 %",
		"consul · 5 instances", "its address has no port", "ready → broken", "MS2_ATTEMPT_TIMEOUT", "payments-ms1",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if strings.Count(body, `role="status"`) != 1 || strings.Contains(body, "aria-live") {
		t.Error("something else than the sentence is live")
	}
}

func TestThePolicyAllowsWhatThePageHasAndNothingElse(t *testing.T) {
	w := ask(t, handlerOf(t, idleStats), http.MethodGet, "/")
	body, policy := w.Body.String(), w.Header().Get("Content-Security-Policy")
	for _, c := range []struct{ directive, element string }{{"style-src", "style"}, {"script-src", "script"}} {
		parts := regexp.MustCompile(`(?s)<`+c.element+`>(.*?)</`+c.element+`>`).FindAllStringSubmatch(body, -1)
		if len(parts) != 1 || !strings.Contains(policy, c.directive+" "+hashOf(parts[0][1])+";") {
			t.Errorf("%d of %s, policy %s", len(parts), c.element, policy)
		}
	}
	for _, want := range []string{"default-src 'none'", "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("no %s in %s", want, policy)
		}
	}
	if inline := regexp.MustCompile(`\s(on\w+|style)=`).FindString(body); inline != "" {
		t.Errorf("the policy forbids %q", inline)
	}
}

// Anybody who can register a replica can name it.
func TestWordsOfStrangersAreTextAndFitThePage(t *testing.T) {
	body := ask(t, handlerOf(t, hostileStats), http.MethodGet, "/").Body.String()
	if n := strings.Count(body, "<script>"); n != 1 {
		t.Errorf("%d scripts", n)
	}
	if strings.Contains(body, strings.Repeat("W", maxText+1)) || strings.ContainsAny(body, "\x00\u202e") {
		t.Error("text is neither clipped nor cleaned")
	}
}

// hostileStats have a stranger's words wherever there are words.
func hostileStats() sdk.Stats {
	s := incident(130)
	for i := range s.Replicas {
		r := &s.Replicas[i]
		r.ID, r.Addr, r.Zone, r.State, r.Why, r.Reason, r.Cause, r.LastError = hostile, hostile, hostile, hostile, hostile, sdk.Reason(hostile), "x", ptr(hostile)
	}
	for i := range s.Events {
		e := &s.Events[i]
		e.Kind, e.Severity, e.Replica, e.From, e.To, e.Reason, e.Text = sdk.EventKind(hostile), sdk.Severity(hostile), hostile, hostile, hostile, sdk.Reason(hostile), hostile
	}
	for i := range s.Problems {
		s.Problems[i].Text, s.Problems[i].Severity, s.Problems[i].Reason = hostile, sdk.Severity(hostile), sdk.Reason(hostile)
	}
	s.Service, s.Client.Name, s.Client.Version, s.Summary = hostile, hostile, hostile, hostile
	s.Client.Config = map[string]string{hostile: hostile}
	s.Discovery.Source, s.Discovery.Error, s.Discovery.Detail = hostile, ptr(hostile), map[string]string{hostile: hostile}
	s.Discovery.Dropped[0].ID, s.Discovery.Dropped[0].Why = hostile, hostile
	return s
}

// bindings are what the page's elements say that the script shall put there.
var bindings = regexp.MustCompile(`data-(t|icon|list|a)="([^"]*)"`)

func TestEveryPlaceOfThePageHasItsMemberOfTheView(t *testing.T) {
	members := map[string]bool{}
	body, err := json.Marshal(viewOf("ms1", incident(130), after(130, incident)))
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	collect(members, "", v)
	for _, m := range bindings.FindAllStringSubmatch(pageText, -1) {
		for _, part := range strings.Fields(m[2]) {
			path := part
			if m[1] == "a" {
				_, path, _ = strings.Cut(part, ":")
			}
			if path = strings.ReplaceAll(path, "{{$i}}", "0"); !members[path] {
				t.Errorf("nothing of the view is %q", path)
			}
		}
	}
}

// collect gathers the paths of all members, from the root and from each row of a list.
func collect(into map[string]bool, path string, v any) {
	into[path] = true
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			collect(into, strings.TrimPrefix(path+"."+name, "."), member)
		}
	case []any:
		for _, row := range v {
			collect(into, path+".0", row)
			collect(into, "", row)
		}
	}
}
