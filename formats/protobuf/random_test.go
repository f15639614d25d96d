package protobuf

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// A random schema, and random edits of it: what no example thinks of.

type (
	rFile struct {
		path, pkg, syntax string
		options           map[string]string
		types             []*rType
		services          []*rService
	}
	rType struct { // a message, or an enum
		isEnum        bool
		name          string
		options       map[string]string
		fields        []*rField // or values
		types         []*rType
		reserved      []int
		reservedNames []string
		extensions    bool
		of            string
	}
	rField struct {
		name, label, typ, oneof string
		number                  int
		options                 map[string]string
	}
	rService struct {
		name    string
		methods []*rMethod
	}
	rMethod struct{ name, in, out string }
	rSchema []*rFile
)

var (
	scalarNames = []string{"int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "sfixed32", "fixed64", "sfixed64", "bool", "string", "bytes", "float", "double", "map<string, int32>", "map<int32, string>"}
	goOptions   = []string{"go_package", "java_package", "csharp_namespace", "ruby_package"}
)

// A world makes and edits schemas. All randomness comes from r.
type world struct {
	r    *rand.Rand
	next int
}

func (w *world) pick(of []string) string  { return of[w.r.IntN(len(of))] }
func (w *world) chance(percent int) bool  { return w.r.IntN(100) < percent }
func (w *world) fresh(kind string) string { w.next++; return fmt.Sprintf("%s%d", kind, w.next) }

func (w *world) schema() rSchema {
	var s rSchema
	for i := range 1 + w.r.IntN(3) {
		f := &rFile{path: fmt.Sprintf("f%d.proto", i), pkg: w.pick([]string{"p.v1", "p.v1", "q.v1"}), syntax: w.pick([]string{"proto2", "proto3", "2023"}), options: make(map[string]string)}
		for range 1 + w.r.IntN(3) {
			f.types = append(f.types, w.newType(0))
		}
		s = append(s, f)
	}
	for _, f := range s {
		for _, t := range f.all() {
			w.fill(s, f, t)
		}
		if w.chance(40) {
			f.services = append(f.services, &rService{name: w.fresh("S")})
			w.method(s, f.services[0])
		}
	}
	return s
}

func (w *world) newType(depth int) *rType {
	t := &rType{isEnum: w.chance(30), name: w.fresh("T"), options: make(map[string]string)}
	if t.isEnum {
		t.fields = []*rField{{name: w.fresh("V"), number: 0, options: make(map[string]string)}}
		return t
	}
	for depth < 2 && w.chance(40) {
		t.types = append(t.types, w.newType(depth+1))
	}
	t.extensions = w.chance(20)
	return t
}

// all lists the types of f with those inside them, each under its full name.
func (f *rFile) all() (all []*rType) {
	var walk func(in string, types []*rType)
	walk = func(in string, types []*rType) {
		for _, t := range types {
			t.of = in + "." + t.name
			all = append(all, t)
			walk(t.of, t.types)
		}
	}
	walk("."+f.pkg, f.types)
	return all
}

func (s rSchema) typeNames(messagesOnly bool) (names []string) {
	for _, f := range s {
		for _, t := range f.all() {
			if !t.isEnum || !messagesOnly {
				names = append(names, t.of)
			}
		}
	}
	return names
}

func (w *world) fill(s rSchema, f *rFile, t *rType) {
	for range w.r.IntN(4) {
		w.addField(s, f, t)
	}
}

func (w *world) addField(s rSchema, f *rFile, t *rType) {
	field := &rField{name: w.fresh("f"), number: 1 + w.r.IntN(12), options: make(map[string]string)}
	if slices.ContainsFunc(t.fields, func(o *rField) bool { return o.number == field.number }) || slices.Contains(t.reserved, field.number) {
		return
	}
	if t.isEnum {
		field.name = w.fresh("V")
	} else {
		field.typ = w.typeName(s)
		w.relabel(f, field)
		if field.label == "" && !strings.HasPrefix(field.typ, "map") && w.chance(25) {
			field.oneof = w.pick([]string{"o1", "o2"})
		}
	}
	t.fields = append(t.fields, field)
}

func (w *world) typeName(s rSchema) string {
	if names := s.typeNames(false); len(names) > 0 && w.chance(40) {
		return w.pick(names)
	}
	return w.pick(scalarNames)
}

func (w *world) relabel(f *rFile, field *rField) {
	field.label = w.pick([]string{"", "optional", "repeated", "required"})
	if strings.HasPrefix(field.typ, "map") || field.oneof != "" {
		field.label = ""
	}
}

func (w *world) method(s rSchema, in *rService) {
	if names := s.typeNames(true); len(names) > 0 {
		m := &rMethod{w.fresh("Rpc"), w.pick(names), w.pick(names)}
		if w.chance(20) {
			m.out = "stream " + m.out
		}
		in.methods = append(in.methods, m)
	}
}

// edit changes one thing of s.
func (w *world) edit(s rSchema) {
	f := s[w.r.IntN(len(s))]
	types := f.all()
	switch w.r.IntN(9) {
	case 0:
		f.options[w.pick(goOptions)] = w.pick([]string{"a", "b"})
		return
	case 1:
		if w.chance(30) {
			f.pkg, f.syntax = w.pick([]string{"p.v1", "q.v1", "r.v1"}), w.pick([]string{"proto2", "proto3", "2023"})
		} else {
			f.path = w.pick([]string{f.path, "moved/" + f.path})
		}
		return
	case 2:
		w.moveType(s, f)
		return
	case 3:
		for _, in := range f.services {
			if len(in.methods) > 0 && w.chance(60) {
				in.methods[0] = &rMethod{w.pick([]string{in.methods[0].name, w.fresh("Rpc")}), in.methods[0].out, in.methods[0].in}
				if strings.HasPrefix(in.methods[0].in, "stream") {
					in.methods[0].in = strings.TrimPrefix(in.methods[0].in, "stream ")
				}
			} else {
				w.method(s, in)
			}
		}
		return
	}
	if len(types) == 0 {
		return
	}
	t := types[w.r.IntN(len(types))]
	switch w.r.IntN(8) {
	case 0:
		t.reserved, t.reservedNames = nil, nil
	case 1:
		t.extensions = !t.extensions
	case 2, 3:
		w.addField(s, f, t)
	default:
		w.editField(s, f, t)
	}
}

// moveType takes a type that nothing refers to by name out of f, or puts it elsewhere.
func (w *world) moveType(s rSchema, f *rFile) {
	if len(f.types) == 0 {
		return
	}
	t := f.types[0]
	f.all()
	for _, text := range s.render() {
		if strings.Contains(text, t.of) {
			return
		}
	}
	f.types = f.types[1:]
	if to := s[w.r.IntN(len(s))]; w.chance(50) && to.pkg == f.pkg {
		to.types = append(to.types, t)
	}
}

func (w *world) editField(s rSchema, f *rFile, t *rType) {
	if len(t.fields) < 2 {
		return
	}
	i := 1 + w.r.IntN(len(t.fields)-1)
	field, other := t.fields[i], t.fields[w.r.IntN(len(t.fields))]
	switch w.r.IntN(7) {
	case 0:
		t.fields = slices.Delete(t.fields, i, i+1)
		if w.chance(50) {
			t.reserved = append(t.reserved, field.number)
		}
		if w.chance(50) {
			t.reservedNames = append(t.reservedNames, field.name)
		}
	case 1:
		field.name = w.fresh("n")
	case 2:
		if other != t.fields[0] {
			field.number, other.number = other.number, field.number
		}
	case 3:
		field.number += 20
	case 4:
		if !t.isEnum {
			field.typ, field.oneof = w.typeName(s), ""
			w.relabel(f, field)
		}
	case 5:
		if !t.isEnum && !strings.HasPrefix(field.typ, "map") {
			field.oneof = w.pick([]string{"", "o1", "o2"})
			w.relabel(f, field)
		}
	case 6:
		field.options["deprecated"] = w.pick([]string{"true", "false"})
		if !t.isEnum {
			field.options["json_name"] = w.pick([]string{`"` + field.name + `"`, `"j` + field.name + `"`})
		}
	}
}

// render writes s as files.
func (s rSchema) render() files {
	all := make(files)
	for _, f := range s {
		var b strings.Builder
		if f.syntax == "2023" {
			b.WriteString("edition = \"2023\";\n")
		} else {
			fmt.Fprintf(&b, "syntax = %q;\n", f.syntax)
		}
		fmt.Fprintf(&b, "package %s;\n", f.pkg)
		for _, g := range s {
			if g.path != f.path && !s.imports(g, f) {
				fmt.Fprintf(&b, "import %q;\n", g.path)
			}
		}
		for _, option := range goOptions {
			if v := f.options[option]; v != "" {
				fmt.Fprintf(&b, "option %s = %q;\n", option, v)
			}
		}
		for _, t := range f.types {
			t.render(&b, f.syntax)
		}
		for _, in := range f.services {
			fmt.Fprintf(&b, "service %s {\n", in.name)
			for _, m := range in.methods {
				fmt.Fprintf(&b, "rpc %s(%s) returns (%s);\n", m.name, m.in, m.out)
			}
			b.WriteString("}\n")
		}
		all[f.path] = b.String()
	}
	return all
}

// imports keeps imports without cycles: a file imports those before it.
func (s rSchema) imports(g, f *rFile) bool { return slices.Index(s, g) > slices.Index(s, f) }

func (t *rType) render(b *strings.Builder, syntax string) {
	if t.isEnum {
		fmt.Fprintf(b, "enum %s {\n", t.name)
	} else {
		fmt.Fprintf(b, "message %s {\n", t.name)
	}
	for _, n := range t.reserved {
		fmt.Fprintf(b, "reserved %d;\n", n)
	}
	for _, n := range t.reservedNames {
		if syntax == "2023" {
			fmt.Fprintf(b, "reserved %s;\n", n)
		} else {
			fmt.Fprintf(b, "reserved %q;\n", n)
		}
	}
	if t.extensions && syntax != "proto3" {
		b.WriteString("extensions 100 to 199;\n")
	}
	oneofs := make(map[string]string)
	var order []string
	for _, f := range t.fields {
		line := f.render(t.isEnum, syntax)
		if f.oneof == "" {
			b.WriteString(line)
			continue
		}
		if oneofs[f.oneof] == "" {
			order = append(order, f.oneof)
		}
		oneofs[f.oneof] += line
	}
	for _, o := range order {
		fmt.Fprintf(b, "oneof %s {\n%s}\n", o, oneofs[o])
	}
	for _, inside := range t.types {
		inside.render(b, syntax)
	}
	b.WriteString("}\n")
}

func (f *rField) render(isEnum bool, syntax string) string {
	var options []string
	for _, name := range []string{"deprecated", "json_name"} {
		if v := f.options[name]; v != "" {
			options = append(options, name+" = "+v)
		}
	}
	label := f.label
	switch {
	case isEnum || f.oneof != "" || strings.HasPrefix(f.typ, "map"):
		label = ""
	case syntax == "proto2" && label == "":
		label = "optional"
	case syntax == "proto3" && label == "required":
		label = ""
	case syntax == "2023" && label == "required":
		label = ""
		options = append(options, "features.field_presence = LEGACY_REQUIRED")
	case syntax == "2023" && label == "optional":
		label = ""
		if !strings.HasPrefix(f.typ, ".") {
			options = append(options, "features.field_presence = IMPLICIT")
		}
	}
	text := strings.TrimSpace(strings.Join([]string{label, f.typ, f.name}, " "))
	text = strings.Join(strings.Fields(text), " ") + fmt.Sprintf(" = %d", f.number)
	if len(options) > 0 {
		text += " [" + strings.Join(options, ", ") + "]"
	}
	return text + ";\n"
}

// shuffled writes s again with its declarations in another order, and comments and
// spaces where they may be.
func (w *world) shuffled(s rSchema) files {
	var walk func([]*rType)
	walk = func(types []*rType) {
		w.r.Shuffle(len(types), func(i, j int) { types[i], types[j] = types[j], types[i] })
		for _, t := range types {
			rest := t.fields
			if t.isEnum {
				rest = rest[1:] // the first value is the default
			}
			w.r.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
			walk(t.types)
		}
	}
	for _, f := range s {
		walk(f.types)
	}
	all := s.render()
	for name, text := range all {
		all[name] = "// a comment\n" + strings.NewReplacer(";\n", " ; /* and */\n\n", "{\n", "\n{ // one more\n").Replace(text)
	}
	return all
}
