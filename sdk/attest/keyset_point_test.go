package attest

import (
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
)

// point is one of the curve in affine form.
type point struct{ x, y *big.Int }

// plus is the sum by the law that is complete on this curve (RFC 8032, 5.1.4).
func (p point) plus(q point) point {
	xx, yy := new(big.Int).Mul(p.x, q.x), new(big.Int).Mul(p.y, q.y)
	product := new(big.Int).Mul(xx, yy)
	product.Mul(product, curveD).Mod(product, fieldPrime)
	x := new(big.Int).Add(new(big.Int).Mul(p.x, q.y), new(big.Int).Mul(p.y, q.x))
	one := big.NewInt(1)
	return point{
		fraction(x, new(big.Int).Add(one, product)),
		fraction(new(big.Int).Add(xx, yy), new(big.Int).Sub(one, product)),
	}
}

func (p point) times(n *big.Int) point {
	sum := point{big.NewInt(0), big.NewInt(1)}
	for i := n.BitLen() - 1; i >= 0; i-- {
		if sum = sum.plus(sum); n.Bit(i) == 1 {
			sum = sum.plus(p)
		}
	}
	return sum
}

// pointAt is the point with a y, if there is one.
func pointAt(y int64) (p point, ok bool) {
	p.y = big.NewInt(y)
	square := new(big.Int).Mul(p.y, p.y)
	below := new(big.Int).Add(new(big.Int).Mul(square, curveD), big.NewInt(1))
	p.x = new(big.Int).ModSqrt(fraction(square.Sub(square, big.NewInt(1)), below), fieldPrime)
	return p, p.x != nil
}

// smallOrder finds the y of the eight points whose order divides 8: what is left of any point times the order of the base point.
func smallOrder(t *testing.T) (all []*big.Int) {
	order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	for y := int64(2); len(all) < 5 && y < 99; y++ {
		p, ok := pointAt(y)
		if !ok {
			continue
		}
		p = p.times(order)
		if !slices.ContainsFunc(all, func(y *big.Int) bool { return y.Cmp(p.y) == 0 }) {
			all = append(all, p.y)
		}
	}
	if len(all) != 5 {
		t.Fatalf("%d different y, want 5: of the order 1, 2, 4, and two of the order 8", len(all))
	}
	return all
}

func encodePoint(y *big.Int, sign byte) []byte {
	text := y.FillBytes(make([]byte, 32))
	slices.Reverse(text)
	text[31] |= sign << 7
	return text
}

func refused(t *testing.T, public []byte) string {
	t.Helper()
	key := fmt.Sprintf(`{"kty":"OKP","crv":"Ed25519","kid":"b","x":%q}`, encoded(public))
	keys, dropped, err := parseSet([]byte(setOf(keyA, key)), "ms2", true)
	if err != nil || len(keys) != 1 || len(dropped) != 1 {
		t.Errorf("%x: taken", public)
		return ""
	}
	return dropped[0]
}

func TestAKeyOfSmallOrderIsRefusedInAllItsEncodings(t *testing.T) {
	tried := 0
	for _, y := range smallOrder(t) {
		for ; y.BitLen() <= 255; y = new(big.Int).Add(y, fieldPrime) {
			for sign := range byte(2) {
				public := encodePoint(y, sign)
				refused(t, public)
				tried++
			}
		}
	}
	if tried != 14 {
		t.Errorf("%d encodings, want 14", tried)
	}
	forged := make([]byte, 64)
	forged[0] = 1 // the point at zero, and the scalar 0
	if !ed25519.Verify(encodePoint(big.NewInt(1), 0), []byte("anything"), forged) {
		t.Error("the standard library refuses them now: this test has no point")
	}
}

func TestAKeyOfAnotherFormOfItsPointIsRefused(t *testing.T) {
	for more := int64(0); more < 19; more++ {
		for sign := range byte(2) {
			public := encodePoint(new(big.Int).Add(fieldPrime, big.NewInt(more)), sign)
			if why := refused(t, public); more > 1 && !strings.Contains(why, "canonical") {
				t.Errorf("%x: %q", public, why)
			}
		}
	}
}

func TestAKeyOffTheCurveIsRefusedAndNoOther(t *testing.T) {
	const undecodable = "ed25519: bad public key"
	off := 0
	for range 200 {
		public := make([]byte, 32)
		_, _ = rand.Read(public)
		public[31] &^= 0x40 // below the prime
		err := ed25519.VerifyWithOptions(public, nil, make([]byte, 64), &ed25519.Options{})
		if bad := err != nil && err.Error() == undecodable; bad != (checkEd25519(public) != nil) {
			t.Fatalf("%x: the standard library says %v, we %v", public, err, checkEd25519(public))
		} else if bad {
			off++
		}
	}
	if off < 50 || off > 150 {
		t.Errorf("%d of 200 points are off the curve", off)
	}
	if why := refused(t, encodePoint(big.NewInt(2), 0)); !strings.Contains(why, "off the curve") {
		t.Errorf("y = 2: %q", why)
	}
}

func TestAPointOffP256IsRefused(t *testing.T) {
	for _, key := range []string{
		with(keyE, "x", `"`+encoded(make([]byte, 32))+`"`), with(keyE, "y", `"`+encoded(make([]byte, 32))+`"`),
		with(with(keyE, "x", `"`+encoded(make([]byte, 32))+`"`), "y", `"`+encoded(make([]byte, 32))+`"`),
		with(keyE, "x", `"`+strings.Repeat("_", 42)+`8"`), // beyond the prime
		with(keyE, "x", `"`+encoded(make([]byte, 31))+`"`), with(keyE, "y", `"`+encoded(make([]byte, 33))+`"`), without(keyE, "y"),
	} {
		if ids, dropped := idsOf(t, setOf(keyA, key)); len(ids) != 1 || len(dropped) != 1 {
			t.Errorf("%s: %q, and dropped %q", key, ids, dropped)
		}
	}
}
