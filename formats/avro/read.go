package avro

import (
	"strconv"

	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// Limits of one port besides those of each file ([document.MaxDepth] and others).
const (
	maxTypes    = 20_000  // named types
	maxBranches = 1_000   // of a union
	maxSize     = 1 << 30 // bytes of a fixed
)

// A reader makes types out of documents. All files of a revision share one registry, and
// no two revisions do.
type reader struct {
	problems *document.Problems
	types    map[string]*typ
	names    []string
	pending  []pending
	unions   []*typ
	defaults []*field            // to be held against their types once these are known
	full     bool                // the limit of types was reached, and said
	fields   []field             // not handed out yet: there are many
	uses     []use               // likewise
	typs     []typ               // likewise
	plain    [stringKind + 1]typ // the primitives that are written as a name, which all are the same
}

// A pending use names a type that may be declared later, or elsewhere.
type pending struct {
	use  *use
	name string // in full
	bare string // the same without a namespace, which is looked up, too; empty: it has one
}

func (r *reader) newUse(at source.Span) *use {
	if len(r.uses) == 0 {
		r.uses = make([]use, 64)
	}
	u := &r.uses[0]
	r.uses = r.uses[1:]
	u.at = at
	return u
}

func (r *reader) newType(k kind, n *document.Node) *typ {
	if len(r.typs) == 0 {
		r.typs = make([]typ, 32)
	}
	t := &r.typs[0]
	r.typs = r.typs[1:]
	t.kind, t.span = k, n.Span
	return t
}

// unknown stands for what could not be read; the errors say so, and nothing is compared.
func (r *reader) unknown(n *document.Node) *typ { return r.newType(nullKind, n) }

// schema reads the schema n, in whose surroundings names belong to namespace.
func (r *reader) schema(n *document.Node, namespace string) *use {
	u := r.newUse(n.At())
	switch {
	case n.IsNull():
		r.problems.Addf(n.At(), "want a schema, got nothing")
		u.typ = r.unknown(&document.Node{Span: n.At()})
	case n.Kind == document.List:
		u.typ = r.union(n, namespace)
	case n.Kind == document.Map:
		u = r.object(u, n, namespace)
	case n.Tag != document.String:
		r.problems.Addf(n.Span, "want a schema, got %s", n.Text)
		u.typ = r.unknown(n)
	default:
		r.named(u, n, namespace)
	}
	return u
}

// named reads a schema that is only a name.
func (r *reader) named(u *use, n *document.Node, namespace string) {
	if k, ok := primitive(n.Text); ok {
		u.typ = &r.plain[k]
		u.typ.kind = k
		return
	}
	p := pending{use: u, name: n.Text}
	if namespaceOf(n.Text) == "" && namespace != "" {
		p.name, p.bare = namespace+"."+n.Text, n.Text
	}
	if !isFullName(n.Text) {
		r.problems.Addf(n.Span, "want the name of a type, got %q%s", clip(n.Text), document.Suggest(n.Text, kinds[:stringKind+1]))
	}
	r.pending = append(r.pending, p)
}

func primitive(name string) (kind, bool) {
	for k := nullKind; k <= stringKind; k++ {
		if kinds[k] == name {
			return k, true
		}
	}
	return 0, false
}

// object reads a schema that is written with its attributes into u, or into the use
// that it returns.
func (r *reader) object(u *use, n *document.Node, namespace string) *use {
	what := n.Get("type")
	if what == nil {
		r.problems.Addf(n.Span, "want a schema with a %q", "type")
		u.typ = r.unknown(n)
		return u
	}
	if what.Kind != document.Scalar { // {"type": {"type": …}}: some tools wrap a schema so
		return r.schema(what, namespace)
	}
	name := what.String()
	if k, ok := primitive(name); ok {
		u.typ = r.newType(k, n)
		u.props, u.logical = n, logicalOf(n, k, 0)
		return u
	}
	switch name {
	case "record", "error":
		u.typ = r.declare(recordKind, n, namespace)
		r.recordFields(u.typ, n)
	case "enum":
		u.typ = r.declare(enumKind, n, namespace)
		r.enumSymbols(u.typ, n)
	case "fixed":
		u.typ = r.declare(fixedKind, n, namespace)
		size, ok := whole(n.Get("size"), maxSize)
		if !ok {
			r.problems.Addf(at(n, "size"), "want the %q of a fixed in bytes, at most %d", "size", maxSize)
		}
		u.size, u.logical = size, logicalOf(n, fixedKind, size)
	case "array":
		u.typ = r.newType(arrayKind, n)
		u.props, u.items = n, r.member(n, "items", namespace)
	case "map":
		u.typ = r.newType(mapKind, n)
		u.props, u.items = n, r.member(n, "values", namespace)
	default:
		r.named(u, what, namespace)
	}
	return u
}

// member reads the schema that the array or map n must have.
func (r *reader) member(n *document.Node, key, namespace string) *use {
	if n.Get(key) == nil {
		r.problems.Addf(n.Span, "want %q of %s", key, n.Get("type").String()+"s")
		return &use{typ: r.unknown(n), at: n.Span}
	}
	return r.schema(n.Get(key), namespace)
}

// declare reads what all named types have, and puts the type into the registry.
func (r *reader) declare(k kind, n *document.Node, namespace string) *typ {
	t := r.newType(k, n)
	t.props, t.doc = n, n.Get("doc").String()
	name := n.Get("name").String()
	if own := n.Get("namespace"); own != nil && namespaceOf(name) == "" {
		namespace = own.String()
		if namespace != "" && !isFullName(namespace) {
			r.problems.Addf(own.Span, "want a namespace of letters, digits, _ and dots, got %q", clip(namespace))
		}
	}
	switch {
	case n.Get("name") == nil:
		r.problems.Addf(n.Span, "want a %q for the %s", "name", k)
		name = "unnamed"
	case !isFullName(name):
		r.problems.Addf(n.Get("name").Span, "want a name of letters, digits and _ that does not begin with a digit, got %q", clip(name))
	}
	t.name = qualify(name, namespace)
	if _, ok := primitive(t.name); ok {
		r.problems.Addf(at(n, "name"), "%s is a primitive type; a %s needs another name", t.name, k)
	}
	t.aliases = r.texts(n, "aliases", isFullName)
	for i, alias := range t.aliases {
		t.aliases[i] = qualify(alias, namespaceOf(t.name))
	}
	t.decl = pathOf(t.name)
	r.register(t, at(n, "name"))
	return t
}

func (r *reader) register(t *typ, span source.Span) {
	first := r.types[t.name]
	switch {
	case first != nil:
		err := source.Errorf(span, "%s is declared twice; the first is at %s", t.name, first.span)
		err.Also = []source.Span{first.span}
		r.problems.Add(err)
	case len(r.names) == maxTypes && !r.full:
		r.full = true
		r.problems.Addf(span, "the schemas declare more than %d types", maxTypes)
	case !r.full:
		r.types[t.name] = t
		r.names = append(r.names, t.name)
	}
}

func (r *reader) recordFields(t *typ, n *document.Node) {
	list := n.Get("fields")
	if list == nil || list.Kind != document.List {
		r.problems.Addf(at(n, "fields"), "want the %q of %s as a list", "fields", t.name)
		return
	}
	t.fields = make([]*field, 0, len(list.Items))
	if len(list.Items) > manyFields {
		t.byName = make(map[string]*field, len(list.Items))
	}
	for _, item := range list.Items {
		r.field(t, item)
	}
}

func (r *reader) field(t *typ, n *document.Node) {
	if n.Kind != document.Map {
		r.problems.Addf(n.Span, "want a field as an object with %q and %q", "name", "type")
		return
	}
	if len(r.fields) == 0 {
		r.fields = make([]field, 32)
	}
	f := &r.fields[0]
	r.fields = r.fields[1:]
	*f = field{name: n.Get("name").String(), doc: n.Get("doc").String(), props: n, span: n.Span, index: len(t.fields)}
	switch {
	case n.Get("name") == nil:
		r.problems.Addf(n.Span, "want a %q for the field", "name")
	case !isName(f.name):
		r.problems.Addf(n.Get("name").Span, "want a name of letters, digits and _ that does not begin with a digit, got %q", clip(f.name))
	case t.field(f.name) != nil:
		r.problems.Addf(n.Get("name").Span, "%s has two fields called %s", t.name, f.name)
		return
	}
	f.aliases = r.texts(n, "aliases", isName)
	if n.Get("type") == nil {
		r.problems.Addf(n.Span, "want a %q for the field %s", "type", clip(f.name))
		return
	}
	f.use = r.schema(n.Get("type"), namespaceOf(t.name))
	if f.fallback = n.Get("default"); f.fallback != nil {
		r.defaults = append(r.defaults, f)
	}
	if t.byName != nil {
		t.byName[f.name] = f
	}
	t.fields = append(t.fields, f)
}

func (r *reader) enumSymbols(t *typ, n *document.Node) {
	list := n.Get("symbols")
	if list == nil || list.Kind != document.List {
		r.problems.Addf(at(n, "symbols"), "want the %q of %s as a list", "symbols", t.name)
		return
	}
	seen := make(map[string]bool, len(list.Items))
	for _, item := range list.Items {
		switch name := item.String(); {
		case item.Tag != document.String || !isName(name):
			r.problems.Addf(item.Span, "want a symbol of letters, digits and _ that does not begin with a digit, got %q", clip(item.Text))
		case seen[name]:
			r.problems.Addf(item.Span, "%s has the symbol %s twice", t.name, name)
		default:
			seen[name] = true
			t.symbols = append(t.symbols, symbol{name, item.Span})
		}
	}
	if d := n.Get("default"); d != nil {
		if t.fallback = d.String(); !seen[t.fallback] {
			r.problems.Addf(d.Span, "the default %q is no symbol of %s", clip(d.Text), t.name)
		}
	}
}

// union reads a list of branches. Which of them are the same is known once all names
// are ([reader.branches]).
func (r *reader) union(n *document.Node, namespace string) *typ {
	t := r.newType(unionKind, n)
	if len(n.Items) > maxBranches {
		r.problems.Addf(n.Span, "the union has %d branches; the most that is read is %d", len(n.Items), maxBranches)
		return t
	}
	t.branches = make([]*use, 0, len(n.Items))
	for _, item := range n.Items {
		if item.Kind == document.List {
			r.problems.Addf(item.Span, "a union does not stand directly in a union")
			continue
		}
		t.branches = append(t.branches, r.schema(item, namespace))
	}
	r.unions = append(r.unions, t)
	return t
}

// texts returns the texts in the list key of n, each of which must be valid.
func (r *reader) texts(n *document.Node, key string, valid func(string) bool) (all []string) {
	list := n.Get(key)
	if list == nil {
		return nil
	}
	if list.Kind != document.List {
		r.problems.Addf(list.Span, "want %q as a list of names", key)
		return nil
	}
	for _, item := range list.Items {
		if item.Tag != document.String || !valid(item.Text) {
			r.problems.Addf(item.Span, "want a name in %q, got %q", key, clip(item.Text))
			continue
		}
		all = append(all, item.Text)
	}
	return all
}

// at returns where the value of key stands in n, else where n does.
func at(n *document.Node, key string) source.Span {
	if v := n.Get(key); v != nil {
		return v.Span
	}
	return n.At()
}

// whole returns a number from 0 to most.
func whole(n *document.Node, most int) (int, bool) {
	if n == nil || n.Tag != document.Int {
		return 0, false
	}
	v, err := strconv.Atoi(n.Text)
	return v, err == nil && v >= 0 && v <= most
}

func qualify(name, namespace string) string {
	if namespace == "" || namespaceOf(name) != "" {
		return name
	}
	return namespace + "." + name
}

// isName reports whether name is one (specification, "Names").
func isName(name string) bool {
	for i := range len(name) {
		c := name[i]
		if c != '_' && (c|0x20 < 'a' || c|0x20 > 'z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}

func isFullName(name string) bool {
	from := 0
	for i := range len(name) {
		if name[i] == '.' {
			if !isName(name[from:i]) {
				return false
			}
			from = i + 1
		}
	}
	return isName(name[from:])
}

// clip shortens a user's text for a message.
func clip(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
