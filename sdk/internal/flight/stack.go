package flight

import "runtime"

// stackRoom is what carrying a batch needs of a stack, through net/http.
const stackRoom = 6 << 10

// growStack makes the stack of a fresh goroutine as large as it will need to be, while there is next to nothing on it. Growing
// on the way down, by doubling, copies deep frames several times: a tenth of the CPU time of a lone check.
//
//go:noinline
func growStack() {
	var room [stackRoom]byte
	runtime.KeepAlive(&room)
}
