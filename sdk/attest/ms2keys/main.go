// Command ms2keys makes and rotates the file of keys that MS2 signs attestations by: SignerOptions.KeysFile of package attest.
//
//	go run ms2.internal/lb/sdk/attest/ms2keys new keys.json
//
// The file has private keys, so it is written for its owner alone: run the command as the user that MS2 runs as. It is replaced whole,
// and a Signer reads it again within 10 s of use. Where a platform mounts it, as Kubernetes does a secret, run the command on a copy and
// hand that to the platform.
//
// Of the keys in the file the one whose time came last signs, and all of them are published. A rotation adds a key whose time comes
// later, so that every replica publishes it, and every verifier has fetched it, before the first token is signed by it. The old key is
// removed when its last token has expired. Run ms2keys -h for the steps.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

const usage = `ms2keys makes and rotates the file of keys that MS2 signs attestations by.

  ms2keys new FILE [-alg EdDSA|ES256]        a file with one key, that signs at once; never in place of another file
  ms2keys rotate FILE [-alg EdDSA|ES256] [-from TIME | -in DURATION]
                                             add a key that signs from then on, by default in 15 minutes
  ms2keys remove FILE KID                    take a key out that signs no more
  ms2keys withdraw FILE KID                  take a key out at once, because others may know it
  ms2keys public FILE [-issuer NAME]         print the public keys, for MS2_KEYS_FILE at MS1
  ms2keys list FILE                          print what is in the file, without anything secret

A rotation, with the defaults of SignerOptions:

  ms2keys rotate keys.json                   give it to all replicas, within 4 minutes
  ms2keys public keys.json -issuer ms2 > public.json
                                             only where MS1 has an MS2_KEYS_FILE: it must be there before the new key signs
  ms2keys list keys.json                     says when that is
  ms2keys remove keys.json OLD_KID           10 minutes (SignerOptions.Life) after that, or any time later

A key that others may know: rotate, then withdraw the old one. The new one signs at once then.
A change to ES256: MS1 must have it in VerifierOptions.Algorithms first.
`

func main() {
	switch err := run(os.Args[1:], os.Stdout); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Print(usage)
	case err != nil:
		fmt.Fprintln(os.Stderr, "ms2keys:", strings.TrimPrefix(err.Error(), "attest: "))
		os.Exit(1)
	}
}

// run does what the arguments say. The error is [flag.ErrHelp] when they ask how.
func run(args []string, out io.Writer) error {
	if len(args) > 0 && slices.Contains([]string{"-h", "-help", "--help", "help"}, args[0]) {
		return flag.ErrHelp
	}
	if len(args) == 0 || commands[args[0]].run == nil {
		return errors.New("say what to do: new, rotate, remove, withdraw, public or list; -h tells more")
	}
	c := commands[args[0]]
	o, err := c.parse(args[0], args[1:])
	if err != nil {
		return err
	}
	return c.run(o, out)
}
