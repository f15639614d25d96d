package slo

// An Order says how one promise stands to another.
type Order uint8

const (
	Incomparable Order = iota // there is no order, or it is not known
	Same
	Stronger
	Weaker
)

func (o Order) String() string {
	return [...]string{"incomparable with", "the same as", "stronger than", "weaker than"}[o]
}

// Compare says how l stands to m: [Stronger] if whoever keeps l keeps m too, and
// not the other way round. It is a partial order. A part that one side leaves
// open, a window or a percentile, makes the two incomparable: nobody knows what
// the side that leaves it open means.
func (l Limit) Compare(m Limit) Order {
	switch {
	case l.Text != "" || m.Text != "":
		return sameIf(l.Text == m.Text && l.Comparator == m.Comparator)
	case !comparableUnits(l.Unit, m.Unit):
		return Incomparable
	case l.Comparator == Exactly || m.Comparator == Exactly:
		return both(sameIf(l.Comparator == m.Comparator), both(sameIf(byQuantity(l.Quantity, m.Quantity) == Same), l.parts(m)))
	}
	return both(l.ends(m), l.parts(m))
}

// ends compares the two as intervals: the narrower one is the stronger promise.
func (l Limit) ends(m Limit) Order {
	low, hasLow := l.low()
	otherLow, otherHasLow := m.low()
	high, hasHigh := l.high()
	otherHigh, otherHasHigh := m.high()
	return both(
		byEnd(low, hasLow, otherLow, otherHasLow),
		flipped(byEnd(high, hasHigh, otherHigh, otherHasHigh), hasHigh && otherHasHigh),
	)
}

func (l Limit) low() (Quantity, bool) { return l.Quantity, l.Comparator != AtMost }

func (l Limit) high() (Quantity, bool) {
	if l.Comparator == Between {
		return l.Upper, true
	}
	return l.Quantity, l.Comparator == AtMost
}

// byEnd compares two ends of intervals, the larger of which is the stronger. One that
// is not there is the weakest.
func byEnd(q Quantity, has bool, r Quantity, otherHas bool) Order {
	switch {
	case has && otherHas:
		return byQuantity(q, r)
	case has == otherHas:
		return Same
	case has:
		return Stronger
	}
	return Weaker
}

// parts compares what stands beside the quantity.
func (l Limit) parts(m Limit) Order {
	days := sameIf(l.Days == m.Days)
	if l.Days != 0 && m.Days != 0 && l.Days != m.Days {
		days = Stronger
		if l.Days < m.Days {
			days = Weaker
		}
	}
	percentile := byQuantity(l.Percentile, m.Percentile)
	if l.Percentile.IsZero() != m.Percentile.IsZero() {
		percentile = sameIf(percentile == Same)
	}
	return both(days, both(percentile, sameIf(byQuantity(l.Window, m.Window) == Same)))
}

// byQuantity takes more for stronger.
func byQuantity(q, r Quantity) Order {
	switch sign, sure := q.Cmp(r); {
	case !sure:
		return Incomparable
	case sign > 0:
		return Stronger
	case sign < 0:
		return Weaker
	}
	return Same
}

func sameIf(same bool) Order {
	if same {
		return Same
	}
	return Incomparable
}

// flipped takes less for stronger, if flip.
func flipped(o Order, flip bool) Order {
	switch {
	case flip && o == Stronger:
		return Weaker
	case flip && o == Weaker:
		return Stronger
	}
	return o
}

// both is the order of what has two parts: one may decide if the other is the same,
// and no order is left if they disagree.
func both(a, b Order) Order {
	switch {
	case a == Same:
		return b
	case b == Same || a == b:
		return a
	}
	return Incomparable
}

// Meets reports whether whoever keeps l serves those who need m. What a need
// leaves open, such as the percentile, is not held against l. It is not sure where
// the two cannot be compared, and then nobody may take m for met.
func (l Limit) Meets(m Limit) (yes, sure bool) {
	if m.Window.IsZero() {
		l.Window = Quantity{}
	}
	if m.Percentile.IsZero() {
		l.Percentile = Quantity{}
	}
	if m.Days == 0 {
		l.Days = 0
	}
	switch l.Compare(m) {
	case Same, Stronger:
		return true, true
	case Weaker:
		return false, true
	}
	return false, l.overlaps(m)
}

// overlaps reports whether l, a band, surely reaches beyond m at one end, and at
// the other may not.
func (l Limit) overlaps(m Limit) bool {
	if l.Comparator != Between || m.Comparator == Exactly || m.Text != "" || !comparableUnits(l.Unit, m.Unit) || l.parts(m) == Incomparable {
		return false
	}
	low, hasLow := m.low()
	high, hasHigh := m.high()
	return hasLow && byQuantity(l.Quantity, low) == Weaker || hasHigh && byQuantity(l.Upper, high) == Stronger
}

// Concerns reports whether l says anything of what those who need m rely on. What 95 of
// 100 cases keep within tells nothing of the 99th.
func (l Limit) Concerns(m Limit) bool {
	met, _ := l.Meets(m)
	return met || l.Percentile.IsZero() || m.Percentile.IsZero() || byQuantity(l.Percentile, m.Percentile) == Same
}
