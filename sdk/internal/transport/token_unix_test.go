//go:build unix

package transport_test

import (
	"os"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk/internal/transport"
)

// A pipe in place of the file holds the first read up until the test writes, and a second one for ever.
func TestAllWhoseTokenWasNotTakenShareOneReadAndItsResult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := tokenFile(t, "one")
		token, _ := transport.NewToken("", path)
		os.Remove(path)
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Skip(err)
		}
		<-time.After(11 * time.Second)
		var callers, begun sync.WaitGroup
		for i := range 16 {
			begun.Add(1)
			callers.Go(func() {
				begun.Done()
				if i == 0 {
					token.Value() // reads by age, and shares
				}
				if !token.Renewed("one") {
					t.Error("a caller was not told of the new token")
				}
			})
		}
		begun.Wait()
		pipe, err := os.OpenFile(path, os.O_WRONLY, 0) // waits for the reader
		if err != nil {
			t.Fatal(err)
		}
		_, _ = pipe.WriteString("two")
		pipe.Close()
		callers.Wait()
	})
}
