package valueset

import (
	"math/big"
	"slices"
)

// An interval holds the numbers between two bounds, either of which may be absent.
type interval struct {
	min, max             *big.Rat
	minStrict, maxStrict bool
}

func (i *interval) atLeast(r *big.Rat, strict bool) {
	if i.min == nil || r.Cmp(i.min) > 0 || r.Cmp(i.min) == 0 && strict {
		i.min, i.minStrict = r, strict
	}
}

func (i *interval) atMost(r *big.Rat, strict bool) {
	if i.max == nil || r.Cmp(i.max) < 0 || r.Cmp(i.max) == 0 && strict {
		i.max, i.maxStrict = r, strict
	}
}

func (i *interval) isEmpty() bool {
	if i.min == nil || i.max == nil {
		return false
	}
	c := i.min.Cmp(i.max)
	return c > 0 || c == 0 && (i.minStrict || i.maxStrict)
}

var one = big.NewRat(1, 1)

// number looks for a whole number, or one with a fraction.
func (b *branch) number() *outcome {
	var within interval
	var step *big.Rat // a divisor of the number
	var not []*big.Rat
	if b.typ == Integer {
		step = one
	} else {
		not = append(not, one)
	}
	for _, set := range b.holds {
		f := b.of(set)
		switch {
		case f.op == opMin && !set.denied():
			within.atLeast(f.bound, f.strict)
		case f.op == opMin:
			within.atMost(f.bound, !f.strict)
		case f.op == opMax && !set.denied():
			within.atMost(f.bound, f.strict)
		case f.op == opMax:
			within.atLeast(f.bound, !f.strict)
		case f.op == opMultiple && !set.denied():
			step = lcm(step, f.bound)
		case f.op == opMultiple:
			not = append(not, f.bound)
		}
	}
	if within.isEmpty() {
		return nothing
	}
	if step == nil {
		return b.fraction(within)
	}
	return b.multiple(within, step, not)
}

// lcm returns the least number of which both are divisors.
func lcm(a, b *big.Rat) *big.Rat {
	if a == nil {
		return b
	}
	// For p/q and r/s in lowest terms it is lcm(p, r) / gcd(q, s).
	gcd := new(big.Int).GCD(nil, nil, a.Num(), b.Num())
	num := new(big.Int).Div(new(big.Int).Mul(a.Num(), b.Num()), gcd)
	den := new(big.Int).GCD(nil, nil, a.Denom(), b.Denom())
	return new(big.Rat).SetFrac(num, den)
}

// suits reports whether all of b.holds that is about numbers holds for r. What
// nobody understands is left to [branch.unclear].
func (b *branch) suits(r *big.Rat) bool {
	v := numberValue(r)
	if v.typ != b.typ {
		return false
	}
	return b.suitsValue(v)
}

func (b *branch) suitsValue(v *Value) bool {
	for _, set := range b.holds {
		if b.eval(set, v) == No {
			return false
		}
	}
	return true
}

// multiple looks among the multiples of step, whole numbers of steps away from 0.
func (b *branch) multiple(within interval, step *big.Rat, not []*big.Rat) *outcome {
	period := big.NewInt(1) // the multiples of all of not repeat after so many steps
	for _, r := range not {
		q := new(big.Rat).Quo(step, r).Denom()
		if q.IsInt64() && q.Int64() == 1 {
			return nothing // each multiple of step is one of r
		}
		gcd := new(big.Int).GCD(nil, nil, period, q)
		period = new(big.Int).Div(new(big.Int).Mul(period, q), gcd)
	}
	var low, high *big.Int
	if within.min != nil {
		low = ceil(new(big.Rat).Quo(within.min, step), within.minStrict)
	}
	if within.max != nil {
		high = ceil(new(big.Rat).Neg(new(big.Rat).Quo(within.max, step)), within.maxStrict)
		high.Neg(high)
	}
	if low != nil && high != nil && low.Cmp(high) > 0 {
		return nothing
	}
	k, direction := big.NewInt(0), int64(1)
	switch {
	case low != nil && low.Sign() > 0:
		k = low
	case high != nil && high.Sign() < 0:
		k, direction = high, -1
	case high != nil && low == nil:
		direction = -1
	}
	if k.Sign() == 0 && low != nil && high != nil { // begin at one end
		k = low
	}
	const tries = 5_000
	k = new(big.Int).Set(k)
	for range tries {
		if low != nil && k.Cmp(low) < 0 || high != nil && k.Cmp(high) > 0 {
			return nothing // all were tried, from one end to the other
		}
		if r := new(big.Rat).Mul(step, new(big.Rat).SetInt(k)); b.suits(r) {
			return found(numberValue(r))
		}
		if !b.spend(1) {
			return tooLong
		}
		k.Add(k, big.NewInt(direction))
	}
	return b.jump(step, period, k, direction)
}

// jump tries the multiples next to whole periods, which are multiples of none of what
// the number must not be divided by.
func (b *branch) jump(step *big.Rat, period, k *big.Int, direction int64) *outcome {
	k = new(big.Int).Div(k, period)
	for range 100 {
		k.Add(k, big.NewInt(direction))
		at := new(big.Int).Add(new(big.Int).Mul(k, period), big.NewInt(1))
		if r := new(big.Rat).Mul(step, new(big.Rat).SetInt(at)); b.suits(r) {
			return found(numberValue(r))
		}
	}
	return tooLong
}

// ceil returns the least whole number that is at least r, or above it.
func ceil(r *big.Rat, above bool) *big.Int {
	n := new(big.Int).Div(r.Num(), r.Denom())
	if above || !r.IsInt() {
		n.Add(n, big.NewInt(1))
	}
	return n
}

// fraction looks for a number with a fraction where every one is a candidate. There
// are endlessly many between two bounds, and only some lie on a grid or in a list, so
// one of ever finer decimals suits.
func (b *branch) fraction(within interval) *outcome {
	if within.min != nil && within.max != nil && within.min.Cmp(within.max) == 0 {
		if b.suits(within.min) {
			return found(numberValue(within.min))
		}
		return nothing
	}
	start := new(big.Rat)
	switch {
	case within.min != nil && within.min.Sign() >= 0:
		start = within.min
	case within.max != nil && within.max.Sign() <= 0:
		start = within.max
	}
	unit := big.NewRat(1, 2)
	candidates := []*big.Rat{start}
	for range 24 {
		for _, n := range []int64{1, -1, 3, -3, 7, -7} {
			candidates = append(candidates, new(big.Rat).Add(start, new(big.Rat).Mul(unit, big.NewRat(n, 1))))
		}
		unit = new(big.Rat).Quo(unit, big.NewRat(10, 1))
	}
	for _, r := range candidates {
		if !b.spend(1) {
			return tooLong
		}
		if b.suits(r) {
			return found(numberValue(r))
		}
	}
	if slices.ContainsFunc(b.holds, func(set Set) bool { f := b.of(set); return f.op == opOpaque || f.op == opFormat }) {
		return b.opaques()
	}
	return tooLong
}
