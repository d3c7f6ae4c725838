// Package chromium drives a real browser in tests: it finds Chromium, or installs Debian's, opens pages, and hears of all that
// goes wrong on them.
//
//	browser, err := chromium.Start(ctx, os.Stderr)
//	...
//	defer browser.Close()
//	profile, err := browser.NewProfile(ctx) // storage and cookies of its own, none at first
//	...
//	page, err := profile.Open(ctx, "http://127.0.0.1:8080/")
//	...
//	err = page.Do(ctx, chromedp.Click(chromedp.CSS("#send")))
//	err = page.Await(ctx, `document.querySelector("#result")?.dataset.state === "stored"`)
//	messages, err := page.Console(ctx)  // errors, exceptions, failed requests, violations of the page's policy
//	violations, err := page.Axe(ctx)    // what keeps people from using the page, found by axe-core
//	picture, err := page.Screenshot(ctx, chromium.View{Width: 390, Height: 844, Dark: true})
//
// One browser serves a whole test binary: it starts in about a second, a profile in some milliseconds. Tests that run side by side
// have a profile each. No browser outlives the process that started it on Linux.
//
// The actions are those of package chromedp, whose polling needs what a strict content security policy forbids: use [Page.Await].
//
// Chromium comes from the system, axe-core from npm in the version that axe.go pins. The command install, beside this package, has
// both ready before tests run, whose time should not pay for it:
//
//	go -C integration/browser run ./install
package chromium
