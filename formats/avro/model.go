package avro

import (
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A kind is what a schema is (specification, "Primitive Types", "Complex Types").
type kind uint8

const (
	nullKind kind = iota
	booleanKind
	intKind
	longKind
	floatKind
	doubleKind
	bytesKind
	stringKind
	arrayKind
	mapKind
	unionKind
	recordKind // an error is a record
	enumKind
	fixedKind
)

var kinds = [...]string{"null", "boolean", "int", "long", "float", "double", "bytes", "string", "array", "map", "union", "record", "enum", "fixed"}

func (k kind) String() string { return kinds[k] }

func (k kind) isPrimitive() bool { return k <= stringKind }
func (k kind) isNamed() bool     { return k >= recordKind }
func (k kind) isNumber() bool    { return k >= intKind && k <= doubleKind }

// A use is a place that names a schema: the type of a field, a branch, the root.
type use struct {
	*typ
	at source.Span
}

// A typ is one schema. Named ones are shared by all their uses.
type typ struct {
	kind kind
	span source.Span // of the declaration
	decl change.Path // of a named type, or where a root without a name stands

	name     string   // of a named type, in full
	aliases  []string // in full
	doc      string
	props    *document.Node // the object that declares it; nil: only its name was written
	fields   []*field
	symbols  []symbol
	fallback string // the default of an enum
	size     int    // of a fixed
	items    *use   // of an array, or the values of a map
	branches []*use
	logical  logical

	byName map[string]*field // the fields of a large record
}

type symbol struct {
	name string
	span source.Span
}

// A field is a member of a record.
type field struct {
	name     string
	aliases  []string
	doc      string
	use      *use
	fallback *document.Node // its default; nil: none
	props    *document.Node
	span     source.Span
	index    int // of the record's fields
}

// A logical is a logical type that is valid where it stands; readers ignore all others.
type logical struct {
	name             string // empty: none
	precision, scale int    // of a decimal
}

// short returns a full name without its namespace.
func short(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// namespaceOf returns what stands before the short name.
func namespaceOf(name string) string {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		return name[:i]
	}
	return ""
}

// pathOf returns the address of a full name.
func pathOf(name string) change.Path {
	var p change.Path
	for part := range strings.SplitSeq(name, ".") {
		p = p.Join(change.Name(part))
	}
	return p
}

// Records with more fields than this are looked up in a map.
const manyFields = 12

// field returns the one that is called name; nil if there is none.
func (t *typ) field(name string) *field {
	if t.byName != nil {
		return t.byName[name]
	}
	for _, f := range t.fields {
		if f.name == name {
			return f
		}
	}
	return nil
}

// writer returns the field of the writer's record w from which a reader fills f: the one
// of its name, else of one of its aliases; nil if there is none.
func (f *field) writer(w *typ) *field {
	if g := w.field(f.name); g != nil {
		return g
	}
	for _, alias := range f.aliases {
		if g := w.field(alias); g != nil {
			return g
		}
	}
	return nil
}

func (t *typ) hasSymbol(name string) bool {
	for _, s := range t.symbols {
		if s.name == name {
			return true
		}
	}
	return false
}

// String says what t is in a few words: "array<string>", "null | acme.Money",
// "bytes (decimal(10, 2))".
func (t *typ) String() string { return t.describe(3) }

func (t *typ) describe(depth int) string {
	if t.kind.isNamed() {
		return short(t.name) + t.logical.suffix()
	}
	if depth == 0 {
		return t.kind.String()
	}
	switch t.kind {
	case arrayKind, mapKind:
		return t.kind.String() + "<" + t.items.describe(depth-1) + ">"
	case unionKind:
		var all []string
		for i, b := range t.branches {
			if i == maxNamed {
				all = append(all, "…")
				break
			}
			all = append(all, b.describe(depth-1))
		}
		return strings.Join(all, " | ")
	}
	return t.kind.String() + t.logical.suffix()
}

// maxNamed is how many branches a description of a union lists.
const maxNamed = 8

// A port is what its files hold.
type port struct {
	roots []root
	types map[string]*typ // by full name, those that were looked up elsewhere, too
	names []string        // of types, in the order of declaration
	extra []message       // what is compared as text only
	span  source.Span
}

// A root is a schema that data is written with.
type root struct {
	use  *use
	file string
}

// A message of a protocol.
type message struct {
	at   change.Path
	node *document.Node
	span source.Span
}
