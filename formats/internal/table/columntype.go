package table

import (
	"cmp"
	"strconv"
)

// family returns what kind of values c has, by the contract's word for its type
// or else the database's.
func (c *Column) family() family {
	if c.Logical.Text != "" {
		return c.Logical.parse().family
	}
	return c.Type.parse().family
}

// relate tells what became of the type of c, which is d in head. The database's
// word settles what the contract's leaves open, such as how many bits an integer has.
func (c *Column) relate(d *Column) Relation {
	physical := c.Type.Relate(d.Type)
	if len(c.Parts()) > 0 && len(d.Parts()) > 0 {
		physical = c.Type.shallow(d.Type)
	}
	logical := c.Logical.Relate(d.Logical)
	if physical == Same && logical > Same && c.corrects(d) {
		logical = Same
	}
	was, now := c.Domain, d.Domain
	if logical == Same && (was.Format.Text != now.Format.Text || was.Zoned != now.Zoned) {
		settled := c.Type.Text != "" && d.Type.Text != "" && physical != Unclear
		switch c.family() {
		case integer:
			logical = relateFormat(was.Format.Text, now.Format.Text, "i32", settled)
		case number:
			logical = relateFormat(was.Format.Text, now.Format.Text, "", settled)
		case timestamp, clock, moment:
			logical = relateZone(was.Zoned, now.Zoned, settled)
		}
	}
	return max(physical, logical)
}

// corrects reports whether the contract's word for a time now fits the database's
// word, which stays. Before v3.1 there was no other than date.
func (c *Column) corrects(d *Column) bool {
	stored, was, now := c.Type.parse().family, c.Logical.parse().family, d.Logical.parse().family
	return stored.isTime() && was.isTime() && (now == stored || now == moment)
}

// relateFormat compares the formats of numbers: i64, u8, f32. One that is not said
// is the usual one, or open if settled says so.
func relateFormat(base, head, usual string, settled bool) Relation {
	switch {
	case base == head, settled && (base == "" || head == ""):
		return Same
	case head == "":
		return unless(base == usual, Unclear)
	case base == "" && usual == "":
		return Narrowed
	}
	kind1, bits1 := numberFormat(cmp.Or(base, usual))
	kind2, bits2 := numberFormat(head)
	switch {
	case bits1 == 0 || bits2 == 0:
		return Unclear
	case kind1 != kind2:
		return Changed
	}
	return order(bits1, bits2, 0)
}

// numberFormat takes i64 apart.
func numberFormat(format string) (kind byte, bits int) {
	if len(format) < 2 {
		return 0, 0
	}
	bits, err := strconv.Atoi(format[1:])
	if err != nil {
		return 0, 0
	}
	return format[0], bits
}

// relateZone compares whether times say their zone. They do not unless it is said.
func relateZone(base, head *bool, settled bool) Relation {
	was, now := base != nil && *base, head != nil && *head
	switch {
	case was == now, settled && (base == nil || head == nil):
		return Same
	case was:
		return Changed // an instant becomes ambiguous
	}
	return Widened
}
