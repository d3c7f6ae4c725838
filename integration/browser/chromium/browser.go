package chromium

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// Browser is a running Chromium, without a window. Its methods may be called concurrently.
type Browser struct {
	ctx   context.Context    // chromedp's, of the tab that keeps the browser open
	end   context.CancelFunc // of the process, its children and its directory
	close context.CancelFunc // of ctx
}

// startLimit is how long Chromium may take to start; about a second is usual.
const startLimit = time.Minute

// patience is how long it may take to end by itself.
const patience = 30 * time.Second

// Start starts Chromium in a directory of its own and returns when it answers. When it must be installed first, progress tells.
// The context bounds the start, not the browser's life: call [Browser.Close] when done.
func Start(ctx context.Context, progress io.Writer) (*Browser, error) {
	path, err := Ready(ctx, progress)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	b := &Browser{}
	b.ctx, b.end = chromedp.NewExecAllocator(context.WithoutCancel(ctx), flags(path)...)
	b.ctx, b.close = chromedp.NewContext(b.ctx)
	stop := context.AfterFunc(ctx, b.close)
	if err := chromedp.Do(b.ctx); err != nil || !stop() {
		_ = b.Close() // the error of the start says more
		return nil, fmt.Errorf("starting %s: %w", path, errors.Join(err, context.Cause(ctx)))
	}
	return b, nil
}

// flags are those of a browser that is driven, and asks nobody on the internet for anything. Root gets --no-sandbox by itself.
func flags(path string) []chromedp.ExecAllocatorOption {
	set := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.DisableGPU)
	for _, flag := range []string{"disable-quic", "disable-component-update"} {
		set = append(set, chromedp.Flag(flag, true))
	}
	// A window's address bar would have two pages of its own, which nobody sees: a third of what a tab costs.
	return append(set, chromedp.Flag("disable-features", "Translate,WebUIOmniboxPopup,WebUIOmniboxAimPopup"))
}

// Close ends Chromium with all its children, and removes what it kept. A second Close does nothing.
func (b *Browser) Close() error {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	var err error
	if b.ctx.Err() == nil {
		err = chromedp.Cancel(ctx)
	}
	b.close()
	b.end()
	if err != nil {
		return fmt.Errorf("closing Chromium: %w", err)
	}
	return nil
}

// Profile is what a browser keeps for one person: storage, cookies, cache. Its methods may be called concurrently.
type Profile struct {
	browser *Browser
	id      target.CreateBrowserContextResult
}

// NewProfile makes an empty profile.
func (b *Browser) NewProfile(ctx context.Context) (*Profile, error) {
	both, cancel := within(b.ctx, ctx)
	defer cancel()
	id, err := chromedp.CallBrowser(both, target.CreateBrowserContext, target.CreateBrowserContextParams{})
	if err != nil {
		return nil, fmt.Errorf("making a profile: %w", errors.Join(err, context.Cause(both)))
	}
	return &Profile{browser: b, id: id}, nil
}

// Close closes all pages of the profile and forgets it.
func (p *Profile) Close() error {
	ctx, cancel := context.WithTimeout(p.browser.ctx, patience)
	defer cancel()
	_, err := chromedp.CallBrowser(ctx, target.DisposeBrowserContext, target.DisposeBrowserContextParams(p.id))
	return err
}

// within is the first context, ended by the second too.
func within(life, ctx context.Context) (context.Context, context.CancelFunc) {
	both, cancel := context.WithCancelCause(life)
	stop := context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })
	return both, func() {
		stop()
		cancel(nil)
	}
}
