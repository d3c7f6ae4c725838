package memnet_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk/internal/memnet"
)

func TestHTTPWorksOverTheNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var network memnet.Network
		listener := network.Listen("a:1")
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host) })}
		go server.Serve(listener) //nolint:errcheck // it ends with Close
		defer server.Close()
		transport := &http.Transport{DialContext: network.DialContext}
		defer transport.CloseIdleConnections()
		client := &http.Client{Transport: transport}
		for range 3 {
			resp, err := client.Get("http://a:1/")
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			if string(body) != "a:1" {
				t.Errorf("%q", body)
			}
		}
		if n := listener.Dials(); n != 1 {
			t.Errorf("%d dials", n)
		}
	})
}

func TestADialIsRefusedWhereNobodyListens(t *testing.T) {
	var network memnet.Network
	closed, down := network.Listen("closed:1"), network.Listen("down:1")
	closed.Close()
	closed.Close()
	down.SetDown(true)
	for _, addr := range []string{"nobody:1", "closed:1", "down:1"} {
		if _, err := network.DialContext(t.Context(), "tcp", addr); !errors.Is(err, memnet.ErrRefused) {
			t.Errorf("%s: %v", addr, err)
		}
	}
	if _, err := closed.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

func TestADialWaitsToBeAcceptedNoLongerThanItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var network memnet.Network
		network.Listen("a:1")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if _, err := network.DialContext(ctx, "tcp", "a:1"); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

func TestAListenerThatGoesDownCutsItsConnectionsAndMayComeUpAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var network memnet.Network
		listener := network.Listen("a:1")
		connect := func() (client, server net.Conn) {
			accepted := make(chan net.Conn)
			go func() {
				c, _ := listener.Accept()
				accepted <- c
			}()
			client, err := network.DialContext(t.Context(), "tcp", listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			return client, <-accepted
		}
		client, server := connect()
		listener.SetDown(true)
		for _, end := range []net.Conn{client, server} {
			if _, err := end.Read(make([]byte, 1)); err == nil {
				t.Error("a connection lives on")
			}
		}
		listener.SetDown(false)
		client, server = connect()
		client.Close()
		if _, err := server.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("%v, want the end", err)
		}
		if listener.Dials() != 2 || listener.Addr().Network() != "mem" {
			t.Errorf("%d dials by %s", listener.Dials(), listener.Addr().Network())
		}
	})
}
