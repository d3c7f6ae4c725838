// Package protocol is the wire between MS1 and MS2: its types, its limits, its JSON, and the handler that an MS2 team mounts.
package protocol
