package service

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"ms2.internal/lb/sdk/protocol"
)

// errUpload is wrapped by the error of a request whose body did not arrive: that is no fault of the service behind.
var errUpload = errors.New("the request's body did not arrive whole")

// upload is a body as it comes from a browser. Its errors wrap [errUpload].
type upload struct{ io.ReadCloser }

func (u upload) Read(p []byte) (int, error) {
	n, err := u.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("%w: %w", errUpload, err)
	}
	return n, err
}

// notWhole is the answer to a request whose body did not arrive: too slowly, or not at all.
func notWhole(err error) protocol.Problem {
	status := http.StatusBadRequest
	if errors.Is(err, os.ErrDeadlineExceeded) {
		status = http.StatusRequestTimeout
	}
	return protocol.Problem{Status: status, Detail: errUpload.Error()}
}
