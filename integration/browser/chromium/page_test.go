package chromium_test

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/integration/browser/chromium"
)

func TestAllThatGoesWrongOnAPageIsHeard(t *testing.T) {
	t.Parallel()
	var body string
	var scripts, want []string
	for _, c := range []struct{ body, script, want string }{
		{"", `console.error("broken", 7)`, `console: "broken" 7`},
		{"", `console.warn({})`, `console: Object`},
		{"", `throw new Error("thrown")`, "exception: Uncaught Error: thrown"},
		{"", `Promise.reject(new Error("lost"))`, "exception: Uncaught (in promise) Error: lost"},
		{"", `fetch("/none").catch(() => {})`, "network: Failed to load resource: the server responded with a status of 404"},
		{"", `fetch("http://127.0.0.1:1/").catch(() => {})`, "network: Failed to load resource: net::ERR_UNSAFE_PORT"},
		{"", `fetch("http://127.0.0.2:9/").catch(() => {})`, "security: Connecting to 'http://127.0.0.2:9/' violates"},
		{"<script>1</script>", "", "security: Executing inline script violates"},
		{`<p style="color: red">x`, "", "security: Applying inline style violates"},
		{`<img alt="" src="/x.png">`, "", "security: Loading the image"},
	} {
		body, scripts, want = body+c.body, append(scripts, c.script), append(want, c.want)
	}
	page := open(t, newProfile(t), serve(t, body, scripts...))
	for ctx := guarded(t); len(want) > 0; {
		messages, err := page.Console(ctx)
		if err != nil {
			t.Fatalf("%v; not heard: %q among %q", err, want, messages)
		}
		want = slices.DeleteFunc(want, func(want string) bool {
			return slices.ContainsFunc(messages, func(m chromium.Message) bool { return strings.HasPrefix(m.String(), want) })
		})
	}
}

func TestOfAPageWhereAllIsWellNothingIsHeard(t *testing.T) {
	t.Parallel()
	page := open(t, newProfile(t), serve(t, "<main><h1>well</h1></main>", `console.log("well"); fetch("/").then(r => document.title = r.status)`))
	if err := page.Await(guarded(t), `document.title === "200"`); err != nil {
		t.Fatal(err)
	}
	if messages, err := page.Console(guarded(t)); err != nil || len(messages) > 0 {
		t.Errorf("heard %q, %v", messages, err)
	}
	if violations, err := page.Axe(guarded(t)); err != nil || len(violations) > 0 {
		t.Errorf("axe-core found %+v, %v", violations, err)
	}
	if messages, err := page.Console(guarded(t)); err != nil || len(messages) > 0 {
		t.Errorf("axe-core made the page say %q, %v", messages, err)
	}
}

func TestAxeFindsWhatKeepsPeopleFromUsingAPage(t *testing.T) {
	t.Parallel()
	page := open(t, newProfile(t), serve(t, `<main><h1>x</h1><input></main>`))
	violations, err := page.Axe(guarded(t))
	if err != nil || len(violations) != 1 {
		t.Fatalf("found %+v, %v", violations, err)
	}
	v := violations[0]
	if v.Rule != "label" || !v.Grave() || v.Help == "" || len(v.Nodes) != 1 || v.Nodes[0].HTML != "<input>" || v.Nodes[0].Summary == "" {
		t.Errorf("found %+v", v)
	}
}

func TestTabsOfAProfileShareTheirStorageAndOthersDoNot(t *testing.T) {
	t.Parallel()
	url, mine := serve(t, ""), newProfile(t)
	first := open(t, mine, url)
	evaluate[int](t, first, `localStorage.setItem("kept", "1"), 0`)
	if got := evaluate[string](t, open(t, mine, url), `String(localStorage.getItem("kept"))`); got != "1" {
		t.Errorf("the second tab has %q", got)
	}
	if got := evaluate[string](t, open(t, newProfile(t), url), `String(localStorage.getItem("kept"))`); got != "null" {
		t.Errorf("another profile has %q", got)
	}
}

func TestAPageIsShownAsOnAnotherScreen(t *testing.T) {
	t.Parallel()
	page := open(t, newProfile(t), serve(t, "<h1>x</h1>"))
	for _, v := range []chromium.View{{Width: 390, Height: 844, Dark: true}, {Width: 1440, Height: 900}} {
		picture, err := page.Screenshot(guarded(t), v)
		if err != nil {
			t.Fatal(err)
		}
		size, err := png.DecodeConfig(bytes.NewReader(picture))
		if err != nil || size.Width != v.Width || size.Height != v.Height {
			t.Errorf("%+v: a picture of %d by %d, %v", v, size.Width, size.Height, err)
		}
		if got := evaluate[int](t, page, "innerWidth"); got != v.Width {
			t.Errorf("%+v: the page is %d wide", v, got)
		}
		if got := evaluate[bool](t, page, `matchMedia("(prefers-color-scheme: dark)").matches`); got != v.Dark {
			t.Errorf("%+v: dark is %v", v, got)
		}
	}
}

func TestWhatNeverComesIsAwaitedUntilTheDeadline(t *testing.T) {
	t.Parallel()
	page := open(t, newProfile(t), serve(t, ""))
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	err := page.Await(ctx, "document.nothing.ever")
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "document.nothing.ever") {
		t.Errorf("got %v", err)
	}
}
