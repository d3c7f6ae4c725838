package attest_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"math/big"
	"strings"
	"testing"
)

var signatureAttacks = []attack{
	{"12 r=s=0, r=s=n", refuse("signature", func(f *forge) (tokens []string) {
		zero, one, n := new(big.Int), big.NewInt(1), f.ec.Params().N
		for _, pair := range [][2]*big.Int{{zero, zero}, {n, n}, {zero, one}, {one, zero}, {n, one}, {one, n},
			{f.ec.Params().P, n}} {
			tokens = append(tokens, signature(f.ecToken(ecHeader, claims()), fixed(pair[0])+fixed(pair[1])))
		}
		return append(tokens, signature(f.genuine(), strings.Repeat("\x00", 64)),
			signature(f.genuine(), "\x01"+strings.Repeat("\x00", 63)))
	})},
	{"13 † DER for ES256, 65 bytes for Ed25519", refuse("signature", func(f *forge) (tokens []string) {
		ec := f.ecToken(ecHeader, claims())
		text, _, _ := cutLast(ec)
		digest := sha256.Sum256([]byte(text))
		der, err := ecdsa.SignASN1(rand.Reader, f.ec, digest[:])
		if err != nil {
			panic(err)
		}
		r, s := f.ecSign(text)
		tokens = append(tokens, signature(ec, string(der)), signature(ec, string(r.Bytes())+"\x00"+fixed(s)),
			signature(ec, "\x00"+fixed(r)+fixed(s)), signature(ec, "\x00"+fixed(r)+"\x00"+fixed(s)))
		ed := f.genuine()
		text, _, _ = cutLast(ed)
		raw := string(ed25519.Sign(f.ed, []byte(text)))
		return append(tokens, signature(ed, raw+"\x00"), signature(ed, "\x00"+raw), signature(ed, raw[:63]),
			signature(ed, raw+raw))
	})},
	{"14 Ed25519 S+L", refuse("signature", func(f *forge) (tokens []string) {
		ed := f.genuine()
		text, _, _ := cutLast(ed)
		raw := ed25519.Sign(f.ed, []byte(text))
		order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
		for s := littleEndian(raw[32:]); ; {
			if s.Add(s, order); s.BitLen() > 256 {
				return tokens
			}
			tokens = append(tokens, signature(ed, string(raw[:32])+string(reversed(s.FillBytes(make([]byte, 32))))))
		}
	})},
	{"15 † (r, n−s) is accepted", func(t *testing.T, f *forge) {
		v, first := f.verifier(t), f.ecToken(ecHeader, claims())
		text, _, _ := cutLast(first)
		r, s := f.ecSign(text)
		twin := signature(first, fixed(r)+fixed(new(big.Int).Sub(f.ec.Params().N, s)))
		taken(t, v, "", first, signature(first, fixed(r)+fixed(s)), twin)
	}},
}

func littleEndian(b []byte) *big.Int { return new(big.Int).SetBytes(reversed(b)) }

func reversed(b []byte) []byte {
	back := make([]byte, 0, len(b))
	for i := len(b) - 1; i >= 0; i-- {
		back = append(back, b[i])
	}
	return back
}
