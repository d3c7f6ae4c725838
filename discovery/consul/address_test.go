package consul_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/discovery/consul"
)

func TestAnAddressThatNoQueryCanBeSentToIsRefusedAtStart(t *testing.T) {
	for _, address := range []string{"http://[::1", "[::1:8500", "http://", "10.0.0.1:85 00", "%zz:8500"} {
		_, err := consul.New(consul.Config{Service: "ms2", API: &api.Config{Address: address}})
		if err == nil || !strings.Contains(err.Error(), "CONSUL_HTTP_ADDR") {
			t.Errorf("%q: got %v, want an error that names CONSUL_HTTP_ADDR", address, err)
		}
	}
	for _, address := range []string{"", "127.0.0.1:8500", "[::1]:8500", "https://consul.test:8501", "unix:///run/consul.sock"} {
		if _, err := consul.New(consul.Config{Service: "ms2", API: &api.Config{Address: address}}); err != nil {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestAnAddressWithATokenInItIsRefusedAndNotShown(t *testing.T) {
	for _, address := range []string{"http://127.0.0.1:8500/?token=hunter2", "127.0.0.1:8500?token=hunter2", "http://127.0.0.1:8500#hunter2", "http://user:hunter2@127.0.0.1:8500"} {
		_, err := consul.New(consul.Config{Service: "ms2", API: &api.Config{Address: address}})
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("got %v, want an error that does not show the token", err)
		}
	}
}
