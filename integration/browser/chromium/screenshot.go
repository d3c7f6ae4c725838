package chromium

import (
	"context"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// View is a screen and what its owner prefers.
type View struct {
	// Width and Height are of the page in CSS pixels. A page narrower than 600 is a phone's.
	Width, Height int

	// Dark is the dark theme, where the page has one.
	Dark bool
}

// phone is below which width a screen is a phone's.
const phone = 600

// Show shows the page in a view, without motion, until the next.
func (p *Page) Show(ctx context.Context, v View) error {
	return p.Do(ctx, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: int64(v.Width), Height: int64(v.Height), DeviceScaleFactor: 1, Mobile: v.Width < phone,
		})
		if err != nil {
			return err
		}
		_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: v.preferences()})
		return err
	}))
}

func (v View) preferences() []*emulation.MediaFeature {
	theme := "light"
	if v.Dark {
		theme = "dark"
	}
	return []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: theme},
		{Name: "prefers-reduced-motion", Value: "reduce"},
	}
}

// Screenshot is a PNG of what the page shows in a view. The page stays in it.
func (p *Page) Screenshot(ctx context.Context, v View) ([]byte, error) {
	if err := p.Show(ctx, v); err != nil {
		return nil, err
	}
	return run(ctx, p, func(ctx context.Context) ([]byte, error) { return chromedp.Run(ctx, chromedp.CaptureScreenshot()) })
}
