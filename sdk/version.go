package sdk

import (
	"runtime/debug"
	"sync"
)

// module is the path that this module is required by.
const module = "ms2.internal/lb"

// version is that of this module in the program; "(devel)" when it is built in a work tree.
var version = sync.OnceValue(func() string {
	if build, ok := debug.ReadBuildInfo(); ok {
		for _, m := range build.Deps {
			if m.Path == module && m.Replace == nil {
				return m.Version
			}
		}
	}
	return "(devel)"
})
