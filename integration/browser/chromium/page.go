package chromium

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Page is a tab. One goroutine at a time may use it.
type Page struct {
	ctx   context.Context
	close context.CancelFunc

	mu       sync.Mutex
	messages []Message // guarded by mu
}

// Open opens a page in a new tab and returns when it is loaded. Pages of one profile share their storage, as tabs do.
func (p *Profile) Open(ctx context.Context, url string) (*Page, error) {
	page, err := p.newPage(ctx)
	if err != nil {
		return nil, fmt.Errorf("opening a tab for %s: %w", url, err)
	}
	if err := page.Do(ctx, focus, chromedp.Navigate(url)); err != nil {
		page.Close()
		return nil, fmt.Errorf("opening %s: %w", url, err)
	}
	return page, nil
}

// A new tab is there in less than a second. Once in hundreds of times Chromium takes it away before chromedp knows it, and then no answer
// ever comes: so a tab that is not there by then is given up for another.
const (
	tabPatience = 15 * time.Second
	tabTries    = 3
)

// newPage opens an empty tab.
func (p *Profile) newPage(ctx context.Context) (_ *Page, err error) {
	for range tabTries {
		page := &Page{}
		page.ctx, page.close = chromedp.NewContext(p.browser.ctx,
			chromedp.WithExistingBrowserContext(p.id.BrowserContextID), chromedp.WithListener(page.listen))
		tried, cancel := context.WithTimeout(ctx, tabPatience)
		stop := context.AfterFunc(tried, page.close) // the first action binds the tab's life to its context
		if err = chromedp.Do(page.ctx); stop() && err == nil {
			cancel()
			return page, nil
		}
		err = errors.Join(err, context.Cause(tried))
		cancel()
		if page.Close(); ctx.Err() != nil {
			break
		}
	}
	return nil, err
}

// focus has each of several tabs believe that it has the keyboard.
func focus(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
	_, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	return chromedp.Void{}, err
}

// Close closes the tab. A second Close does nothing.
func (p *Page) Close() { p.close() }

// Do runs actions one after the other, until one fails or the context ends.
func (p *Page) Do(ctx context.Context, actions ...chromedp.Action[chromedp.Void]) error {
	_, err := run(ctx, p, func(ctx context.Context) (chromedp.Void, error) { return chromedp.Void{}, chromedp.Do(ctx, actions...) })
	return err
}

// Evaluate returns the value of an expression in the page's JavaScript, of a promise the value that it comes to.
func Evaluate[T any](ctx context.Context, p *Page, expression string) (T, error) {
	return run(ctx, p, func(ctx context.Context) (T, error) {
		return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	})
}

// run runs what both the page's life and the caller's context bound.
func run[T any](ctx context.Context, p *Page, what func(context.Context) (T, error)) (T, error) {
	both, cancel := within(p.ctx, ctx)
	defer cancel()
	value, err := what(both)
	if err != nil && both.Err() != nil {
		err = errors.Join(err, context.Cause(both))
	}
	return value, err
}

// pollEvery is how often a condition is looked at.
const pollEvery = 10 * time.Millisecond

// Await returns once the condition, an expression in the page's JavaScript, is true. It goes on when the page is loaded again
// meanwhile, and when the expression throws: not everything may be there yet.
func (p *Page) Await(ctx context.Context, condition string) error {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		met, err := Evaluate[bool](ctx, p, "Boolean("+condition+")")
		if met {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", condition, errors.Join(context.Cause(ctx), err))
		case <-ticker.C:
		}
	}
}
