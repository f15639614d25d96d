package valueset

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A Value is a JSON value. Values are never changed once they are made.
type Value struct {
	typ   Types // one of them
	truth bool
	num   *big.Rat
	text  string
	keys  []string // of an object, sorted
	items []*Value // of an array, or the value of each of keys
	canon string
}

// Types is a set of the types that a JSON value can have. Whole numbers and those
// with a fraction are apart, because type: integer is.
type Types uint8

const (
	Null Types = 1 << iota
	Boolean
	Integer
	Fraction
	String
	Array
	Object

	Number = Integer | Fraction
	Any    = Null | Boolean | Number | String | Array | Object
)

var typeNames = [...]string{"null", "boolean", "integer", "fraction", "string", "array", "object"}

// Names lists the types in t as a schema calls them.
func (t Types) Names() []string {
	var names []string
	if t&Number == Number {
		names = append(names, "number")
		t &^= Number
	}
	for i, name := range typeNames {
		if t&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

func typeNamed(name string) (Types, bool) {
	switch i := slices.Index(typeNames[:], name); {
	case name == "number":
		return Number, true
	case i < 0 || name == "fraction":
		return 0, false
	default:
		return 1 << i, true
	}
}

// Equal reports whether two values are the same by JSON Schema: 1 is 1.0.
func (v *Value) Equal(w *Value) bool { return v.String() == w.String() }

// String writes v as JSON, in one way only.
func (v *Value) String() string {
	if v.canon == "" {
		var b strings.Builder
		v.write(&b)
		v.canon = b.String()
	}
	return v.canon
}

func (v *Value) write(b *strings.Builder) {
	switch v.typ {
	case Null:
		b.WriteString("null")
	case Boolean:
		if v.truth {
			b.WriteString("true")
		} else {
			b.WriteString("false")
		}
	case Integer, Fraction:
		b.WriteString(decimal(v.num))
	case String:
		b.WriteString(quote(v.text))
	case Array:
		b.WriteByte('[')
		for i, item := range v.items {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(item.String())
		}
		b.WriteByte(']')
	case Object:
		b.WriteByte('{')
		for i, key := range v.keys {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(quote(key))
			b.WriteByte(':')
			b.WriteString(v.items[i].String())
		}
		b.WriteByte('}')
	}
}

func quote(text string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text) // a string can always be encoded
	return strings.TrimSuffix(b.String(), "\n")
}

// decimal writes a number without an exponent. Every number of a schema has a
// finite decimal expansion, and so has every number made from them.
func decimal(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	digits, _ := r.FloatPrec()
	return r.FloatString(digits)
}

func numberValue(r *big.Rat) *Value {
	if r.IsInt() {
		return &Value{typ: Integer, num: r}
	}
	return &Value{typ: Fraction, num: r}
}

func textValue(text string) *Value { return &Value{typ: String, text: text} }

func boolValue(truth bool) *Value { return &Value{typ: Boolean, truth: truth} }

func arrayValue(items []*Value) *Value { return &Value{typ: Array, items: items} }

func objectValue(members map[string]*Value) *Value {
	v := &Value{typ: Object}
	for key := range members {
		v.keys = append(v.keys, key)
	}
	slices.Sort(v.keys)
	for _, key := range v.keys {
		v.items = append(v.items, members[key])
	}
	return v
}

// get returns the member called name, nil if there is none.
func (v *Value) get(name string) *Value {
	if i, ok := slices.BinarySearch(v.keys, name); ok {
		return v.items[i]
	}
	return nil
}

// ValueOf reads the value that n stands for. It is not ok if a number is too long to
// be compared exactly.
func ValueOf(n *document.Node) (v *Value, ok bool) {
	v, ok = valueOf(n)
	if ok {
		_ = v.String() // it is written now, so that many may read it at once
	}
	return v, ok
}

func valueOf(n *document.Node) (v *Value, ok bool) {
	switch {
	case n == nil:
		return &Value{typ: Null}, true
	case n.Kind == document.List:
		v = &Value{typ: Array}
		for _, item := range n.Items {
			w, ok := valueOf(item)
			if !ok {
				return nil, false
			}
			v.items = append(v.items, w)
		}
		return v, true
	case n.Kind == document.Map:
		members := make(map[string]*Value, len(n.Keys))
		for i, key := range n.Keys {
			w, ok := valueOf(n.Items[i])
			if !ok {
				return nil, false
			}
			members[key.Text] = w
		}
		return objectValue(members), true
	}
	switch n.Tag {
	case document.Null:
		return &Value{typ: Null}, true
	case document.Bool:
		return boolValue(strings.EqualFold(n.Text, "true")), true
	case document.Int, document.Float:
		r, ok := n.Number()
		if !ok {
			return nil, false
		}
		return numberValue(r), true
	}
	return textValue(n.Text), true
}

// Identity writes a tree so that two of them have the same text only if they say the
// same, whatever their scalars are: numbers that are too long for [ValueOf], too.
func Identity(n *document.Node) string {
	var b strings.Builder
	writeIdentity(&b, n)
	return b.String()
}

func writeIdentity(b *strings.Builder, n *document.Node) {
	switch {
	case n == nil:
		b.WriteString("-")
	case n.Kind == document.List:
		b.WriteByte('[')
		for _, item := range n.Items {
			writeIdentity(b, item)
			b.WriteByte(',')
		}
		b.WriteByte(']')
	case n.Kind == document.Map:
		order := make([]int, len(n.Keys))
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(i, j int) int { return strings.Compare(n.Keys[i].Text, n.Keys[j].Text) })
		b.WriteByte('{')
		for _, i := range order {
			b.WriteString(quote(n.Keys[i].Text))
			b.WriteByte(':')
			writeIdentity(b, n.Items[i])
			b.WriteByte(',')
		}
		b.WriteByte('}')
	default:
		if v, ok := ValueOf(n); ok {
			b.WriteString(v.String())
		} else {
			b.WriteString(n.Tag + n.Text)
		}
	}
}
