// Command install has a browser ready for the tests of this module, and axe-core, which looks for what keeps people from using a page.
//
//	go -C integration/browser run ./install
//
// It prints where the browser is. Where there is none it installs Debian's package, which needs root. On a machine that has both
// already it does nothing.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"ms2.internal/lb/integration/browser/chromium"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	path, err := chromium.Ready(ctx, os.Stderr)
	if err == nil {
		err = chromium.AxeReady(ctx, os.Stderr)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "install:", err)
		os.Exit(1)
	}
	fmt.Println(path)
}
