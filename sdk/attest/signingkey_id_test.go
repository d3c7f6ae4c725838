package attest

import (
	"strings"
	"testing"
)

func TestAGeneratedIDBeginsWithALetterOrADigit(t *testing.T) {
	for thumbprint, want := range map[string]string{
		"-MEUGONU8G1U-f4Yabcdefghijklmnopqrstuvwxyz0": "MEUGONU8G1U-f4Ya",
		"_-_-NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRG": "NzbLsXh8uDCcd-6M",
		"NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs": "NzbLsXh8uDCcd-6M",
		strings.Repeat("-", 30) + "abcdefghijklk":     "abcdefghijklk",
	} {
		bytes, err := base64url.DecodeString(thumbprint)
		if err != nil {
			t.Fatal(err)
		}
		if got := idOf(bytes); got != want {
			t.Errorf("%s: %s, want %s", thumbprint, got, want)
		}
	}
}
