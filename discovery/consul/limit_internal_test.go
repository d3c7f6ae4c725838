package consul

import (
	"errors"
	"io"
	"net/http"
	"testing"
)

// endless is a transport whose body never ends.
type endless struct{ status int }

func (e endless) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: e.status, Body: io.NopCloser(e)}, nil
}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestBodiesEnd(t *testing.T) {
	for status, want := range map[int]struct {
		size int64
		err  error
	}{
		http.StatusOK:                  {maxBody, errTooLarge},
		http.StatusInternalServerError: {maxErrorBody, nil},
	} {
		resp, err := limited{endless{status}}.RoundTrip(new(http.Request))
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, resp.Body)
		if n != want.size || !errors.Is(err, want.err) {
			t.Errorf("status %d: read %d bytes and %v, want %d and %v", status, n, err, want.size, want.err)
		}
	}
}
