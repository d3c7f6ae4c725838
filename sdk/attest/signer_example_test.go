package attest_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"ms2.internal/lb/sdk/attest"
	"ms2.internal/lb/sdk/protocol"
)

// MS2 signs what it hands out, and serves the keys that its tokens are checked against.
func ExampleNewSigner() {
	key, err := attest.GenerateKey(attest.EdDSA)
	if err != nil {
		fmt.Println(err)
		return
	}
	signer, err := attest.NewSigner(attest.SignerOptions{Issuer: "ms2", Audience: "ms1", Keys: []attest.SigningKey{key}})
	if err != nil {
		fmt.Println(err)
		return
	}
	http.Handle(protocol.PathKeys, signer.Keys()) // or protocol.HandlerOptions.Attester

	token, err := signer.Sign("", attest.Item{SID: "usb:046d:c52b", Kind: "product", Version: "3"})
	fmt.Println(strings.Count(token, "."), err)
	// Output: 2 <nil>
}

// A file of keys for all replicas of MS2. The command ms2keys makes and rotates one without any code.
func ExampleGenerateKey() {
	dir, err := os.MkdirTemp("", "keys")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "keys.json")

	key, err := attest.GenerateKey(attest.EdDSA)
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := attest.MarshalSigningKeys(key) // with those that are in the file already
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := os.WriteFile(file, text, 0o600); err != nil { // it holds the private key
		fmt.Println(err)
		return
	}

	signer, err := attest.NewSigner(attest.SignerOptions{Issuer: "ms2", Audience: "ms1", KeysFile: file})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = signer.Sign("alice", attest.Item{SID: "usb:046d:c52b"})
	fmt.Println(len(key.ID), err)
	// Output: 16 <nil>
}
