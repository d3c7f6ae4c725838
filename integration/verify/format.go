package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/format"
	"io"
	"os"
	"path"
)

// checkFormat names the files that gofmt would change. It formats by itself: not every Go installation has the gofmt
// command on its path.
func (r *repository) checkFormat(_ context.Context, out io.Writer) error {
	wrong := 0
	for _, file := range r.files {
		if path.Ext(file) != ".go" || isTestdata(file) {
			continue
		}
		source, err := os.ReadFile(r.path(file))
		if err != nil {
			return err
		}
		if formatted, err := format.Source(source); err != nil || !bytes.Equal(source, formatted) {
			fmt.Fprintln(out, file)
			wrong++
		}
	}
	if wrong > 0 {
		return errors.New("these files are not as gofmt writes them")
	}
	return nil
}
