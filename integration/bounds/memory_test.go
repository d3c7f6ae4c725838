package bounds_test

import (
	"runtime"
	"runtime/metrics"
	"sync"
	"time"
)

const mebibyte = 1 << 20

// sampling is how often a watch looks.
const sampling = 2 * time.Millisecond

// memory is what the heap holds, in bytes.
type memory struct {
	live    int64 // that the last collection found in use
	objects int64 // all, what is garbage since then included
}

func memoryNow() memory {
	samples := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(samples)
	return memory{live: int64(samples[0].Value.Uint64()), objects: int64(samples[1].Value.Uint64())}
}

// liveNow collects what is garbage and returns what is left. What sits in a pool takes two collections to go.
func liveNow() int64 {
	runtime.GC()
	runtime.GC()
	return memoryNow().live
}

// watch calls look again and again until stop is called, which waits for the end.
func watch(look func()) (stop func()) {
	done := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		ticker := time.NewTicker(sampling)
		defer ticker.Stop()
		for {
			look()
			select {
			case <-ticker.C:
			case <-done:
				return
			}
		}
	})
	return func() {
		close(done)
		watching.Wait()
	}
}

func inMebibytes(bytes int64) float64 { return float64(bytes) / mebibyte }
