package faults

import (
	"errors"
	"io"
	"net"
	"testing"
)

// echo is an agent that says again what it hears.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = io.Copy(c, c)
			}()
		}
	}()
	return l.Addr().String()
}

// free is an address that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// talk opens a connection and has it answer.
func talk(t *testing.T, addr string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	said := make([]byte, 2)
	if _, err := io.WriteString(c, "hi"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, said); err != nil || string(said) != "hi" {
		t.Fatalf("heard %q, %v", said, err)
	}
	return c
}

func TestAnAgentThatIsAwayRefusesAndCutsWhatWasOpenUntilItIsBack(t *testing.T) {
	t.Parallel()
	w, err := NewWay(free(t), echo(t))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for range 3 {
		open := talk(t, w.Addr())
		if err := w.Switch(true); err != nil || !w.Away() {
			t.Fatalf("away is %v, %v", w.Away(), err)
		}
		if n, err := open.Read(make([]byte, 1)); err == nil {
			t.Errorf("an open connection still brings %d bytes", n)
		}
		if _, err := net.Dial("tcp", w.Addr()); err == nil {
			t.Error("a new connection is taken")
		}
		if err := w.Switch(false); err != nil || w.Away() {
			t.Fatalf("away is %v, %v", w.Away(), err)
		}
	}
}

func TestAWayWithoutAnAgentBehindItClosesConnections(t *testing.T) {
	t.Parallel()
	w, err := NewWay(free(t), free(t))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	c, err := net.Dial("tcp", w.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Read(make([]byte, 1)); err == nil || errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func TestAClosedWayLeavesNothingOpenAndDoesNotComeBack(t *testing.T) {
	t.Parallel()
	w, err := NewWay(free(t), echo(t))
	if err != nil {
		t.Fatal(err)
	}
	open := talk(t, w.Addr())
	w.Close()
	w.Close()
	if _, err := open.Read(make([]byte, 1)); err == nil {
		t.Error("a connection is open")
	}
	if err := w.Switch(false); err == nil {
		t.Error("it is back")
	}
}
