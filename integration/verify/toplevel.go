package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
)

// rooms are what the top level may hold beside dotfiles. A newcomer sees the whole design there, and nothing else.
var rooms = []string{"sdk", "balancer", "discovery", "examples", "integration", "go.mod", "go.sum", "README.md"}

func (r *repository) checkTopLevel(_ context.Context, out io.Writer) error {
	strangers := strangersAtTop(r.files)
	for _, name := range strangers {
		fmt.Fprintln(out, name)
	}
	if len(strangers) > 0 {
		return fmt.Errorf("the top level holds more than %s", strings.Join(rooms, ", "))
	}
	return nil
}

// strangersAtTop lists what does not belong at the top level, each once.
func strangersAtTop(files []string) []string {
	var strangers []string
	for _, file := range files {
		name, _, _ := strings.Cut(file, "/")
		if !strings.HasPrefix(name, ".") && !slices.Contains(rooms, name) && !slices.Contains(strangers, name) {
			strangers = append(strangers, name)
		}
	}
	return strangers
}
