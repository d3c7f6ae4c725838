package attest

import (
	"crypto/ed25519"
	"errors"
	"math/big"
	"slices"
)

// The field of Ed25519 and the constant of its curve -x² + y² = 1 + d·x²·y² (RFC 8032, 5.1).
var (
	fieldPrime = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))
	curveD     = fraction(big.NewInt(-121665), big.NewInt(121666))
)

// checkEd25519 refuses a public key that is not the one encoding of a point on the curve (RFC 8032, 5.1.3). go-jose has refused the
// points of small order, in all their encodings: signatures by those can be made up by anybody.
func checkEd25519(public ed25519.PublicKey) error {
	text := slices.Clone(public)
	slices.Reverse(text)
	text[0] &= 0x7f // the sign of x
	y := new(big.Int).SetBytes(text)
	switch {
	case y.Cmp(fieldPrime) >= 0:
		return errors.New("its point is not in canonical form")
	case !onCurve(y):
		return errors.New("its point is off the curve")
	}
	return nil
}

// onCurve reports whether there is an x beside y: x² = (y² - 1) / (d·y² + 1) must be a square.
func onCurve(y *big.Int) bool {
	square := new(big.Int).Mul(y, y)
	above := new(big.Int).Sub(square, big.NewInt(1))
	below := new(big.Int).Mul(square, curveD)
	below.Add(below, big.NewInt(1))
	return big.Jacobi(fraction(above, below), fieldPrime) >= 0
}

// fraction is a quotient in the field. The denominators of the curve are never 0, since -1/d is no square.
func fraction(above, below *big.Int) *big.Int {
	inverse := new(big.Int).ModInverse(new(big.Int).Mod(below, fieldPrime), fieldPrime)
	inverse.Mul(inverse, above)
	return inverse.Mod(inverse, fieldPrime)
}
