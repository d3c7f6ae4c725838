package consulagent

import (
	"fmt"
	"io"
	"time"
)

// signOfLife is how often a long wait shows that it still goes on.
const signOfLife = 15 * time.Second

// announce says on w what takes long, and every now and then how long it took so far, until done is called.
func announce(w io.Writer, what string) (done func()) {
	begin := time.Now()
	fmt.Fprintf(w, "%s…\n", what)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		ticker := time.NewTicker(signOfLife)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				fmt.Fprintf(w, "%s… %s\n", what, time.Since(begin).Round(time.Second))
			case <-stop:
				return
			}
		}
	}()
	return func() {
		close(stop)
		<-stopped // w is the caller's alone again
	}
}
