package odcs

import (
	"math/big"
	"strings"

	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/table"
)

// options is what logicalTypeOptions says of the parts of a property.
type options struct {
	required map[string]bool // the properties that are never null
	unique   bool            // the items of an array
}

// lengthOptions are the two members that limit how long a value is, by its
// logical type.
func lengthOptions(logical string) (least, most string) {
	switch logical {
	case "array":
		return "minItems", "maxItems"
	case "object", "map":
		return "minProperties", "maxProperties"
	}
	return "minLength", "maxLength"
}

func isTime(logical string) bool {
	return logical == "date" || logical == "time" || logical == "timestamp"
}

// vectorOptions are the members that say what a vector is made of.
var vectorOptions = []string{"dimensions", "elementType"}

// knownOptions lists the members of logicalTypeOptions that are read for the
// property n.
func knownOptions(n *document.Node) []string {
	logical := strings.ToLower(n.Get("logicalType").String())
	least, most := lengthOptions(logical)
	known := []string{least, most, "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "pattern", "format"}
	switch {
	case isTime(logical):
		known = append(known, "timezone", "defaultTimezone")
	case logical == "vector":
		known = append(known, vectorOptions...)
	case logical == "object":
		known = append(known, "required")
	case logical == "array" && !n.Get("items").IsNull():
		known = append(known, "uniqueItems")
	}
	if valuesOf(n).key == "logicalTypeOptions" {
		known = append(known, "enum")
	}
	return known
}

// options reads logicalTypeOptions into the domain of c.
func (r *reader) options(n *document.Node, c *table.Column) (o options) {
	opts := r.mapOf(n, "logicalTypeOptions")
	if opts == nil {
		return o
	}
	d, logical := &c.Domain, c.Logical.Text
	least, most := lengthOptions(logical)
	d.MinLength, d.MaxLength = r.bound(opts, least, false), r.bound(opts, most, false)
	if d.MinLength.Value != nil && d.MinLength.Value.Sign() == 0 {
		d.MinLength = table.Bound{} // as if it were not said
	}
	d.Min = r.extent(opts, "minimum", "exclusiveMinimum", 1, logical == "integer")
	d.Max = r.extent(opts, "maximum", "exclusiveMaximum", -1, logical == "integer")
	d.Multiple = r.bound(opts, "multipleOf", false)
	d.Pattern = r.word(opts, "pattern")
	d.Format = r.word(opts, "format")
	switch {
	case isTime(logical):
		d.DefaultZone = r.word(opts, "defaultTimezone")
		if !opts.Get("timezone").IsNull() {
			zoned := r.flag(opts, "timezone")
			d.Zoned = &zoned
		}
	case logical == "object":
		o.required = make(map[string]bool)
		for _, name := range opts.Get("required").List() {
			o.required[name.String()] = true
		}
	case logical == "array":
		o.unique = r.flag(opts, "uniqueItems")
	}
	return o
}

func (r *reader) word(n *document.Node, key string) table.Word {
	return table.Word{Text: r.text(n, key), Span: member(n, key)}
}

// bound reads a member that is a number. Where words may be, it can also be a date,
// or a text that has no order.
func (r *reader) bound(n *document.Node, key string, words bool) table.Bound {
	v := n.Get(key)
	if v.IsNull() {
		return table.Bound{}
	}
	b := table.Bound{Name: key, Text: v.String(), Span: member(n, key)}
	if value, ok := number(v); ok {
		b.Value = value
		return b
	}
	switch q, unit, err := slo.ParseQuantity(b.Text); {
	case err == nil && unit == slo.Date && words:
		b.Value = q.Amount
	case isVariable(b.Text):
	case v.Kind != document.Scalar || v.Tag == document.Bool || !words:
		r.problems.Addf(v.Span, "want a number for %q", key)
	}
	return b
}

// number returns the value of a number, with quotes or without.
func number(n *document.Node) (*big.Rat, bool) {
	if n == nil {
		return nil, false
	}
	bare := *n
	if bare.Tag == document.String {
		bare.Tag = document.Float
	}
	return bare.Number()
}

// extent reads one end of the values, which may be given in two ways; the tighter one
// counts. Toward is 1 for the lower end: greater values are tighter there. Before
// v3.1, the exclusive form was true or false. Whole numbers have no open ends.
func (r *reader) extent(n *document.Node, inclusive, exclusive string, toward int, whole bool) table.Bound {
	closed := r.bound(n, inclusive, true)
	x := n.Get(exclusive)
	if x.IsNull() {
		return closed
	}
	open := closed
	if word := strings.ToLower(x.String()); word != "true" && word != "false" {
		open = r.bound(n, exclusive, true)
	} else if !r.flag(n, exclusive) || closed.Name == "" {
		return closed
	}
	open.Open = true
	if whole && open.Value != nil && open.Value.IsInt() {
		open.Open = false
		open.Value = new(big.Rat).Add(open.Value, big.NewRat(int64(toward), 1))
		open.Text = open.Value.RatString()
	}
	if closed.Value != nil && open.Value != nil && closed.Value.Cmp(open.Value)*toward > 0 {
		return closed
	}
	return open
}

// values is the list of valid values of a property, and which member gives it.
type values struct {
	table.Values
	key  string         // enum, logicalTypeOptions or quality
	rule *document.Node // the quality rule that holds the list
}

// valuesOf finds the list of values that a property may have. It is a member of
// its own since v3.2; before that, a quality rule says that no other values occur.
func valuesOf(n *document.Node) values {
	if list := n.Get("enum").List(); list != nil {
		return values{Values: valueList(list, member(n, "enum")), key: "enum"}
	}
	if o := n.Get("logicalTypeOptions"); o.Get("enum").List() != nil {
		return values{Values: valueList(o.Get("enum").Items, member(o, "enum")), key: "logicalTypeOptions"}
	}
	for _, q := range n.Get("quality").List() {
		if holder, ok := validValues(q); ok {
			return values{Values: valueList(holder.Get("validValues").Items, member(holder, "validValues")), key: "quality", rule: q}
		}
	}
	return values{}
}

// validValues returns what holds the list of a quality rule which says that all
// values are valid.
func validValues(q *document.Node) (holder *document.Node, ok bool) {
	holder = q
	if args := q.Get("arguments"); args.Get("validValues") != nil {
		holder = args
	}
	if holder.Get("validValues").List() == nil {
		return nil, false
	}
	operators := 0
	for _, key := range q.Keys {
		if strings.HasPrefix(key.Text, "must") {
			operators++
		}
	}
	zero := func() bool {
		n, ok := number(q.Get("mustBe"))
		return ok && n.Sign() == 0 && operators == 1
	}
	metric := q.Get("metric").String()
	if metric == "" {
		metric = q.Get("rule").String()
	}
	switch metric {
	case "invalidValues":
		return holder, zero()
	case "validValues":
		return holder, operators == 0 || zero()
	}
	return nil, false
}

// valueList reads a list of values, each a scalar or a map with a value.
func valueList(items []*document.Node, at source.Span) table.Values {
	v := table.Values{Closed: true, Span: at}
	seen := make(map[string]bool)
	for _, item := range items {
		if item.Kind == document.Map {
			item = item.Get("value")
		}
		if item == nil || item.Kind != document.Scalar {
			continue
		}
		if !seen[item.Text] {
			seen[item.Text] = true
			v.List = append(v.List, table.Value{Text: item.Text, Span: item.Span})
		}
	}
	return v
}
