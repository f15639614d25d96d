package avro

import (
	"strconv"
	"unicode/utf8"

	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// checkDefaults holds each default against the type of its field. It may be a value of
// any branch of a union: the specification has it so since 1.12, and says the first
// before.
func (r *reader) checkDefaults() {
	for _, f := range r.defaults {
		if f.use.typ == nil {
			continue // its type is not known, which is said
		}
		if at, ok := fits(f.fallback, f.use.typ, true); !ok {
			r.problems.Addf(at, "the default of %s is no value of its type %s", clip(f.name), f.use.describe(2))
		}
	}
}

// fits reports whether n is a value of t in the JSON of defaults (specification, table
// "field default values"), and where it is not. Of a union it is a value of any branch,
// or only of the first. It goes no deeper than n does.
func fits(n *document.Node, t *typ, anyBranch bool) (at source.Span, ok bool) {
	at = n.Span
	switch t.kind {
	case unionKind:
		for i, b := range t.branches {
			if i == 0 || anyBranch {
				if _, ok := fits(n, b.typ, anyBranch); ok {
					return at, true
				}
			}
		}
		return at, false
	case arrayKind, mapKind:
		if n.Kind != map[kind]document.Kind{arrayKind: document.List, mapKind: document.Map}[t.kind] {
			return at, false
		}
		for _, item := range n.Items {
			if at, ok := fits(item, t.items.typ, anyBranch); !ok {
				return at, false
			}
		}
		return at, true
	case recordKind:
		return recordFits(n, t, anyBranch)
	}
	return at, n.Kind == document.Scalar && scalarFits(n, t)
}

func recordFits(n *document.Node, t *typ, anyBranch bool) (at source.Span, ok bool) {
	if n.Kind != document.Map {
		return n.Span, false
	}
	for _, f := range t.fields {
		v := n.Get(f.name)
		if v == nil {
			if f.fallback == nil {
				return n.Span, false
			}
			continue
		}
		if at, ok := fits(v, f.use.typ, anyBranch); !ok {
			return at, false
		}
	}
	return n.Span, true
}

func scalarFits(n *document.Node, t *typ) bool {
	isText, isNumber := n.Tag == document.String, n.Tag == document.Int || n.Tag == document.Float
	switch t.kind {
	case nullKind:
		return n.Tag == document.Null
	case booleanKind:
		return n.Tag == document.Bool
	case intKind, longKind:
		bits := map[kind]int{intKind: 32, longKind: 64}[t.kind]
		_, err := strconv.ParseInt(n.Text, 10, bits)
		return n.Tag == document.Int && err == nil
	case floatKind, doubleKind:
		return isNumber || isText && (n.Text == "NaN" || n.Text == "Infinity" || n.Text == "-Infinity")
	case stringKind:
		return isText
	case bytesKind:
		return isText && isBytes(n.Text)
	case fixedKind:
		return isText && isBytes(n.Text) && utf8.RuneCountInString(n.Text) == t.size
	case enumKind:
		return isText && t.hasSymbol(n.Text)
	}
	return false
}

// isBytes reports whether each character of text stands for a byte.
func isBytes(text string) bool {
	for _, c := range text {
		if c > 0xFF {
			return false
		}
	}
	return true
}
