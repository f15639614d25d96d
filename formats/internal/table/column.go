package table

import (
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// compare reports what changed about a column that both sides have, its name apart.
func (d *differ) compare(p pairOf[*Column]) {
	d.keys.paired(p)
	relation := p.base.relate(p.head)
	d.typ(p, relation)
	d.flags(p)
	d.class(p)
	if relation == Changed {
		return // another kind of values has other bounds, and other parts
	}
	d.values(p)
	d.domain(p)
	d.parts(p)
}

var typeRules = map[Relation]*change.Rule{
	Narrowed: columnTypeNarrowed, Unclear: columnTypeUnclear, Widened: columnTypeWidened, Changed: columnTypeChanged,
}

func (d *differ) typ(p pairOf[*Column], relation Relation) {
	if relation == Same {
		return
	}
	from, to := p.base.spelled(), p.head.spelled()
	at := ItsType
	if p.base.Logical.Text != p.head.Logical.Text {
		at = ItsLogicalType
	}
	c := d.column(typeRules[relation], p, p.base.at(at), p.head.at(at), "%s", became(from == "", to == "", from, to))
	c.From, c.To = from, to
}

// spelled returns the type of c with the format that is part of it.
func (c *Column) spelled() string {
	t := *c
	if f := c.Domain.Format.Text; f != "" && t.Logical.Text != "" {
		switch c.family() {
		case integer, number:
			t.Logical.Text += " " + f
		}
	}
	if c.Domain.Zoned != nil && *c.Domain.Zoned {
		t.Logical.Text += " with zone"
	}
	return t.typeText()
}

// flags compares what is either so or not.
func (d *differ) flags(p pairOf[*Column]) {
	was, now := p.base, p.head
	d.flag(p, ItsRequired, was.Required, now.Required, columnNullable, columnRequired, "may be null now", "is never null now")
	if !d.keys.soles[was] && !d.keys.soles[now] { // which are unique without a word
		d.flag(p, ItsUnique, was.Unique, now.Unique, columnNotUnique, columnUnique, "may hold a value twice now", "holds no value twice now")
	}
	d.flag(p, ItsDeprecated, was.Deprecated, now.Deprecated, columnUndeprecated, columnDeprecated, "is no longer deprecated", "is deprecated")
}

func (d *differ) flag(p pairOf[*Column], a Attribute, was, now bool, dropped, set *change.Rule, droppedText, setText string) {
	switch {
	case was && !now:
		c := d.report(dropped, p.path, p.base.at(a), p.head.at(a), "%s %s", p.path, droppedText)
		c.From, c.To = "true", "false"
	case now && !was:
		c := d.report(set, p.path, p.base.at(a), p.head.at(a), "%s %s", p.path, setText)
		c.From, c.To = "false", "true"
	}
}

func (d *differ) class(p pairOf[*Column]) {
	from, to := p.base.Class, p.head.Class
	was, known1 := schema.Sensitivity(from)
	now, known2 := schema.Sensitivity(to)
	rule := classChanged
	switch {
	case from == to, known1 && known2 && was == now, strings.EqualFold(from, to):
		return
	case known1 && known2 && now > was:
		rule = classRaised
	case known1 && known2, to == "":
		rule = classLowered
	case from == "" && known2 && now > unlabelled():
		rule = classRaised
	case from == "" && known2:
		rule = classStated
	}
	c := d.column(rule, p, p.base.at(ItsClass), p.head.at(ItsClass), "classification %s", became(from == "", to == "", from, to))
	c.From, c.To = from, to
}

// unlabelled is the rank of what has no label: it is taken for internal.
func unlabelled() int {
	rank, _ := schema.Sensitivity("internal")
	return rank
}

// cleared returns the rank of the most sensitive column of a port.
func cleared(s *Schema) int {
	most, labelled := 0, false
	for _, t := range s.Tables {
		if rank, _, ok := mostSensitive(t.Columns); ok {
			most, labelled = max(most, rank), true
		}
	}
	if !labelled {
		return unlabelled()
	}
	return most
}

// mostSensitive returns the most sensitive label among columns and what they
// consist of. It is not ok if there is none that has a rank.
func mostSensitive(columns []*Column) (rank int, label string, ok bool) {
	for _, c := range columns {
		if r, ranked := schema.Sensitivity(c.Class); ranked && (!ok || r > rank) {
			rank, label, ok = r, c.Class, true
		}
		for _, part := range c.Parts() {
			if r, l, ranked := mostSensitive([]*Column{part.Column}); ranked && (!ok || r > rank) {
				rank, label, ok = r, l, true
			}
		}
	}
	return rank, label, ok
}

func (d *differ) values(p pairOf[*Column]) {
	was, now := p.base.Values, p.head.Values
	switch {
	case was.Closed && !now.Closed:
		d.column(valuesOpened, p, was.Span, now.Span, "any value may come now, it was one of %s", listed(was.List)).From = listed(was.List)
		return
	case now.Closed && !was.Closed:
		d.column(valuesClosed, p, was.Span, now.Span, "is one of %s now", listed(now.List)).To = listed(now.List)
		return
	}
	has := func(values Values) map[string]bool {
		m := make(map[string]bool, len(values.List))
		for _, v := range values.List {
			m[v.Text] = true
		}
		return m
	}
	base, head := has(was), has(now)
	for _, v := range was.List {
		if !head[v.Text] {
			c := d.column(valueRemoved, p, v.Span, now.Span, "the value %s is gone", quoted(v.Text))
			c.Key, c.From = v.Text, v.Text
		}
	}
	for _, v := range now.List {
		if !base[v.Text] {
			c := d.column(valueAdded, p, was.Span, v.Span, "the value %s is new", quoted(v.Text))
			c.Key, c.To = v.Text, v.Text
		}
	}
}

// listed names the values of a list, the first few if there are many.
func listed(values []Value) string {
	const most = 20
	var texts []string
	for i, v := range values {
		if i == most {
			texts = append(texts, "…")
			break
		}
		texts = append(texts, v.Text)
	}
	return strings.Join(texts, ", ")
}

// parts compares what the column consists of.
func (d *differ) parts(p pairOf[*Column]) {
	d.columns(p.path, p.headPath, p.base.Span, p.head.Span, p.base.Fields, p.head.Fields)
	d.part(p, change.Items, p.base.Items, p.head.Items)
	d.part(p, change.Values, p.base.MapValue, p.head.MapValue)
	d.mapKey(p, p.base.MapKey, p.head.MapKey)
}

// mapKey compares the keys of a map, which have a type and nothing else.
func (d *differ) mapKey(p pairOf[*Column], was, now *Column) {
	if was == nil {
		was = &Column{Named: Named{Span: p.base.Span}}
	}
	if now == nil {
		now = &Column{Named: Named{Span: p.head.Span}}
	}
	if r := was.relate(now); r != Same {
		from, to := was.spelled(), now.spelled()
		c := d.column(typeRules[r], p, was.at(ItsType), now.at(ItsType), "the type of its keys %s", became(from == "", to == "", from, to))
		c.Key, c.From, c.To = "keys", from, to
	}
}

// part compares the items of an array or the values of a map. Where one side does
// not describe them, what they consist of is new or gone.
func (d *differ) part(p pairOf[*Column], step change.Step, was, now *Column) {
	at := pairOf[*Column]{was, now, p.path.Join(step), p.headPath.Join(step)}
	switch {
	case was == nil && now == nil:
	case was == nil:
		at.base = &Column{Named: Named{Span: p.base.Span}}
		d.described(at, now, columnTypeNarrowed, "is described now")
	case now == nil:
		at.head = &Column{Named: Named{Span: p.head.Span}}
		d.described(at, was, columnTypeUnclear, "is no longer described")
	default:
		d.each(Pair{at.path, was.Node, now.Node, was.Span, now.Span, false})
		d.compare(at)
	}
}

// described reports a part that one side describes and the other does not.
func (d *differ) described(p pairOf[*Column], there *Column, rule *change.Rule, text string) {
	if len(there.Parts()) > 0 {
		d.parts(p)
		return
	}
	c := d.report(rule, p.path, p.base.Span, p.head.Span, "%s %s", p.path, text)
	c.From, c.To = p.base.spelled(), p.head.spelled()
}
