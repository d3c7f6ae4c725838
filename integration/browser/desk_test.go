package browser_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"ms2.internal/lb/integration/browser/chromium"
)

// desk is the page, in a tab, in the hands of a person.
type desk struct {
	t       *testing.T
	page    *chromium.Page
	noise   []string // what its console may say by now, each once
	orders  int64    // in MS1's database, before the last was sent
	checks  int64    // requests to check SIDs that MS2 counted, before the last was sent
	profile *chromium.Profile
}

// again loads the page once more.
func (d *desk) again() {
	d.t.Helper()
	d.do(chromedp.Reload())
	d.awaitScript()
}

// awaitScript waits until the page's script has filled it.
func (d *desk) awaitScript() {
	d.t.Helper()
	d.await(fmt.Sprintf("document.querySelector('%s').options.length > 0", hook("tamper")))
}

// guard is how long anything may take; it hangs then.
const guard = time.Minute

// guarded is a context against hanging, which outlives the test until its end.
func guarded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), guard)
	t.Cleanup(cancel)
	return ctx
}

// hook selects an element by its name for tests, and by its SID if that is given.
func hook(name string, sid ...string) string {
	if len(sid) == 0 {
		return fmt.Sprintf(`[data-test="%s"]`, name)
	}
	return fmt.Sprintf(`[data-test="%s"][data-sid="%s"]`, name, sid[0])
}

func (d *desk) do(actions ...chromedp.Action[chromedp.Void]) {
	d.t.Helper()
	if err := d.page.Do(guarded(d.t), actions...); err != nil {
		d.fail(err)
	}
}

func (d *desk) await(condition string) {
	d.t.Helper()
	if err := d.page.Await(guarded(d.t), condition); err != nil {
		d.fail(err)
	}
}

// fail ends the test and says what the page shows.
func (d *desk) fail(err error) {
	d.t.Helper()
	shown, unknown := chromium.Evaluate[string](guarded(d.t), d.page, `location.href + "\n" + document.body.innerText`)
	said, _ := d.page.Console(guarded(d.t))
	d.t.Fatalf("%v\nthe page shows, %v:\n%s\nits console says: %q", err, unknown, shown, said)
}

// evaluate is the value of an expression.
func evaluate[T any](d *desk, expression string) T {
	d.t.Helper()
	value, err := chromium.Evaluate[T](guarded(d.t), d.page, expression)
	if err != nil {
		d.fail(fmt.Errorf("%s: %w", expression, err))
	}
	return value
}

// click clicks on an element once it is there.
func (d *desk) click(selector string) {
	d.t.Helper()
	d.await(fmt.Sprintf("document.querySelector('%s')", selector))
	d.do(chromedp.Click(chromedp.CSS(selector)))
}

// fill has a text in a field instead of what is there.
func (d *desk) fill(selector, text string) {
	d.t.Helper()
	d.do(chromedp.Focus(chromedp.CSS(selector)))
	evaluate[bool](d, fmt.Sprintf("document.querySelector('%s').select(), true", selector))
	d.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: text})
		return err
	}))
}

// choose chooses an option.
func (d *desk) choose(selector, value string) {
	d.t.Helper()
	if !evaluate[bool](d, fmt.Sprintf(`(() => {
		const select = document.querySelector('%s'), option = [...select.options].find((o) => o.value === '%s');
		if (!option || option.disabled) return false;
		select.value = option.value;
		return select.dispatchEvent(new Event("change", {bubbles: true}));
	})()`, selector, value)) {
		d.fail(fmt.Errorf("no option %s to choose in %s", value, selector))
	}
}

// sign has the page ask for MS2's signature, or not.
func (d *desk) sign(wanted bool) {
	d.t.Helper()
	if evaluate[bool](d, fmt.Sprintf("document.querySelector('%s').checked", hook("signed"))) != wanted {
		d.click(hook("signed"))
	}
}

// expectSilence fails the test when the page's console said anything but what it may.
func (d *desk) expectSilence() {
	messages, err := d.page.Console(guarded(d.t))
	if err != nil {
		d.t.Error(err)
	}
	var said []string
	for _, m := range messages {
		said = append(said, m.String())
	}
	if slices.Sort(said); !slices.Equal(said, slices.Sorted(slices.Values(d.noise))) {
		d.t.Errorf("the page's console says %q, want %q", said, d.noise)
	}
}
