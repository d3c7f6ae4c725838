package sdk_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"ms2.internal/lb/sdk"
)

func TestASecretIsNeverShown(t *testing.T) {
	const secret = sdk.Secret("hunter2")
	cfg := sdk.Config{Token: secret}
	var shown bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%10.3v", "% x", "%c"} {
		for _, value := range []any{secret, &secret2, cfg, &cfg, []sdk.Secret{secret}, map[string]any{"k": secret}, struct{ S sdk.Secret }{secret}} {
			fmt.Fprintf(&shown, verb, value)
		}
	}
	fmt.Fprintln(&shown, secret, cfg, fmt.Errorf("%v, %w", secret, errors.New(secret.String())))
	for _, handler := range []slog.Handler{slog.NewTextHandler(&shown, nil), slog.NewJSONHandler(&shown, nil)} {
		slog.New(handler).Info("x", "secret", secret, "config", cfg, "pointer", &cfg)
	}
	if err := json.NewEncoder(&shown).Encode([]any{secret, cfg}); err != nil {
		t.Fatal(err)
	}
	for _, leak := range []string{"hunter2", fmt.Sprintf("%x", "hunter2"), fmt.Sprintf("%X", "hunter2"), fmt.Sprintf("% x", "hunter2"), "hun"} {
		if strings.Contains(shown.String(), leak) {
			i := strings.Index(shown.String(), leak)
			t.Errorf("%q shows behind %q", leak, shown.String()[max(0, i-100):i])
		}
	}
	if !strings.Contains(shown.String(), "[redacted]") || fmt.Sprint(sdk.Secret("")) != "" {
		t.Error("a secret that is set can't be told from one that is not")
	}
}

var secret2 = sdk.Secret("hunter2")
