package table

import (
	"cmp"
	"strconv"
	"strings"
)

// A Relation says what became of a type, for those who read the column. The
// order matters: of several parts the worst counts.
type Relation uint8

const (
	Same     Relation = iota
	Narrowed          // every value is one that base's type has
	Unclear           // nobody can tell from the words
	Widened           // values may come that base's type does not have
	Changed           // values are of another kind
)

// Relate tells what it means that a column of type t has type u now. A type that
// is not said may be any, so saying it promises more.
func (t Type) Relate(u Type) Relation {
	t.Dialect, u.Dialect = cmp.Or(t.Dialect, u.Dialect), cmp.Or(u.Dialect, t.Dialect)
	switch {
	case t == u, t.meansAsWritten(u) && fold(t.Text) == fold(u.Text):
		return Same
	case t.Text == "":
		return Narrowed
	case u.Text == "":
		return Unclear
	}
	return t.parse().relate(u.parse())
}

// meansAsWritten reports whether one word means the same in t and u. A portable type
// that is written for a database now is the one that it was.
func (t Type) meansAsWritten(u Type) bool {
	return t.Dialect == u.Dialect || t.Dialect == Portable || u.Dialect == Portable
}

// shallow is Relate for a type whose parts are compared as columns.
func (t Type) shallow(u Type) Relation {
	a, b := t.parse(), u.parse()
	if t.Text != "" && u.Text != "" && a.family == b.family && a.family.nested() {
		return Same
	}
	return t.Relate(u)
}

// relate tells what became of c, the type of the column in base.
func (c *concrete) relate(d *concrete) Relation {
	switch {
	case d.nullable && !c.nullable:
		return Changed
	case c.nullable:
		return max(unless(d.nullable, Narrowed), c.bare().relate(d.bare()))
	case c.family == number && d.family == integer:
		return Unclear // the values fit, the column's type in clients does not
	case c.family == other || d.family == other:
		return unless(c.family == d.family && c.name == d.name, Unclear)
	case c.family == moment && d.family == calendar, c.family == calendar && d.family == moment:
		return Same
	case (c.family == moment || d.family == moment) && c.family.isTime() && d.family.isTime():
		return unless(c.family == d.family, Unclear)
	case c.family != d.family:
		return Changed
	}
	switch c.family {
	case integer, float, number:
		return c.relateNumber(d)
	case decimal:
		return c.relateDecimal(d)
	case text, binary:
		return c.relateText(d)
	case clock, timestamp:
		return c.relateTime(d)
	case array, mapping:
		return c.relateArguments(d)
	case structure:
		return c.relateFields(d)
	}
	return unless(c.name == d.name, Unclear)
}

// unless returns Same if ok, else r.
func unless(ok bool, r Relation) Relation {
	if ok {
		return Same
	}
	return r
}

// order is the relation of two sizes, of which unsaid is one that nobody knows.
func order(base, head, unsaid int) Relation {
	switch {
	case base == head:
		return Same
	case base == unsaid || head == unsaid:
		return Unclear
	case head > base:
		return Widened
	}
	return Narrowed
}

func (c *concrete) relateNumber(d *concrete) Relation {
	if c.unsigned != d.unsigned {
		return Changed
	}
	if c.bits == 0 && d.bits == 0 {
		return unless(c.name == d.name, Unclear)
	}
	return order(c.bits, d.bits, 0)
}

func (c *concrete) relateDecimal(d *concrete) Relation {
	switch {
	case c.name != d.name:
		return Unclear
	case c.precision == unsaid || d.precision == unsaid:
		return unless(c.precision == d.precision, Unclear)
	case c.scale != d.scale:
		return Changed // values are rounded in another place
	}
	return order(c.precision, d.precision, unsaid)
}

func (c *concrete) relateText(d *concrete) Relation {
	length := order(cmp.Or(c.length, unlimited), cmp.Or(d.length, unlimited), unsaid)
	switch {
	case c.national && !d.national:
		return max(Narrowed, length)
	case d.national && !c.national:
		return max(Widened, length)
	case c.fixed != d.fixed: // padded, or no longer padded
		return max(Unclear, length)
	}
	return length
}

func (c *concrete) relateTime(d *concrete) Relation {
	switch {
	case c.zone == d.zone:
	case c.zone == unknownZone && d.zone == noZone, c.zone == noZone && d.zone == unknownZone:
		return Unclear // so the standard has it, and not all databases do
	default:
		return Changed // the same digits are another instant
	}
	if c.local != d.local {
		return Unclear
	}
	return order(c.precision, d.precision, unsaid)
}

func (c *concrete) relateArguments(d *concrete) Relation {
	switch {
	case len(c.args) == 0 && len(d.args) == 0:
		return unless(c.name == d.name, Unclear)
	case len(c.args) == 0:
		return Narrowed
	case len(c.args) != len(d.args):
		return Unclear
	}
	worst := Same
	for i := range c.args {
		worst = max(worst, c.args[i].relate(d.args[i]))
	}
	return worst
}

// relateFields compares structs by the names of their fields, or by their places
// if they have none.
func (c *concrete) relateFields(d *concrete) Relation {
	switch {
	case len(c.fields) == 0 && len(d.fields) == 0:
		return Same
	case len(c.fields) == 0:
		return Narrowed
	case len(d.fields) == 0:
		return Unclear
	}
	place := make(map[string]int, len(d.fields))
	for i, key := range fieldNames(d.fields) {
		place[key] = i
	}
	worst, last := Same, -1
	names := fieldNames(c.fields)
	for i, f := range c.fields {
		j, ok := place[names[i]]
		if !ok {
			return Changed
		}
		if j < last { // by place, readers get another field
			worst = max(worst, Unclear)
		}
		last = j
		worst = max(worst, f.typ.relate(d.fields[j].typ))
	}
	if len(d.fields) > len(c.fields) {
		worst = max(worst, Widened)
	}
	return worst
}

// fieldNames returns what tells each of fields from the others: its name, or its place.
// Of those that share a name, which no system takes, each is told by its number.
func fieldNames(fields []field) []string {
	all, seen := make([]string, len(fields)), make(map[string]int)
	for i, f := range fields {
		if all[i] = strings.ToLower(f.name); f.name == "" {
			all[i] = "#" + strconv.Itoa(i)
		}
		if seen[all[i]]++; seen[all[i]] > 1 {
			all[i] += "#" + strconv.Itoa(seen[all[i]])
		}
	}
	return all
}
