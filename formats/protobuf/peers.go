package protobuf

import (
	"maps"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/bufbuild/protocompile/protoutil"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// What buf would report for the same change. It pairs files by path and types by
// full name, and never sees that a thing moved or has another name; so one of our
// findings can stand for several of its own, some of which point elsewhere.
// Each pair of elements has its ids computed once, and every finding about the
// pair takes those that its rule knows.
type peer struct {
	change.Peer
	always bool // it fires although the declaration has another full name now
}

// buf makes peers of ids that fire for a pair of the same full name.
func buf(ids ...string) []peer {
	var peers []peer
	for _, id := range ids {
		peers = append(peers, peer{Peer: change.Peer{ID: "buf:" + id}})
	}
	return peers
}

// bufAt makes a peer about something in was that fires at the top of now, or
// nowhere if now is nil.
func bufAt(was, now *file, id string) peer {
	p := change.Peer{ID: "buf:" + id, Was: was.path, Nowhere: now == nil}
	if now != nil {
		p.At = source.Top(now.path)
	}
	return peer{p, true}
}

// also names ids of buf in a rule.
func also(ids ...string) []string {
	var names []string
	for _, id := range ids {
		names = append(names, "buf:"+id)
	}
	return names
}

// The ids that each kind of finding can have.
var (
	goneDecl = []string{
		"MESSAGE_NO_DELETE", "ENUM_NO_DELETE", "SERVICE_NO_DELETE", "EXTENSION_NO_DELETE",
		"PACKAGE_MESSAGE_NO_DELETE", "PACKAGE_ENUM_NO_DELETE", "PACKAGE_SERVICE_NO_DELETE", "PACKAGE_EXTENSION_NO_DELETE",
		"FILE_NO_DELETE", "PACKAGE_NO_DELETE", "FILE_SAME_PACKAGE",
	}
	goneEntry = []string{"MESSAGE_NO_DELETE", "PACKAGE_MESSAGE_NO_DELETE"} // the message that a map field is made of
	goneExt   = []string{"EXTENSION_NO_DELETE", "PACKAGE_EXTENSION_NO_DELETE"}
	goneField = []string{"FIELD_NO_DELETE", "FIELD_NO_DELETE_UNLESS_NAME_RESERVED", "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED"}
	sameName  = []string{"FIELD_SAME_NAME", "FIELD_SAME_JSON_NAME"}
	sameType  = []string{"FIELD_SAME_TYPE", "FIELD_WIRE_COMPATIBLE_TYPE", "FIELD_WIRE_JSON_COMPATIBLE_TYPE"}
	sameCard  = []string{"FIELD_SAME_CARDINALITY", "FIELD_WIRE_COMPATIBLE_CARDINALITY", "FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY", "MESSAGE_SAME_REQUIRED_FIELDS"}
	sameOneof = []string{"FIELD_SAME_ONEOF", "ONEOF_NO_DELETE"}
	sameValue = []string{"FIELD_SAME_DEFAULT", "FIELD_SAME_JSTYPE", "FIELD_SAME_CPP_STRING_TYPE", "FIELD_SAME_UTF8_VALIDATION", "FIELD_SAME_JAVA_UTF8_VALIDATION"}
	goneValue = []string{"ENUM_VALUE_NO_DELETE", "ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED", "ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED"}
)

// gone lists what buf says of a declaration of the port's own files that is no
// longer where it was, and of all that is inside it.
func (d *differ) gone(was decl) []peer {
	f := d.base.file(was)
	if f == nil || !f.own {
		return nil
	}
	pkg := f.Package()
	here := d.fileNow(f)
	var peers []peer
	switch {
	case here == nil:
		peers = append(peers, bufAt(f, nil, "FILE_NO_DELETE"))
	case here.Package() != pkg:
		peers = append(peers, bufAt(f, here, "FILE_SAME_PACKAGE"))
	}
	if !d.head.packages[pkg] {
		peers = append(peers, bufAt(f, nil, "PACKAGE_NO_DELETE"))
	}
	for part := range within(was) {
		id := bufKind(part) + "_NO_DELETE"
		if here != nil && d.declares(here, part, moved(part.FullName(), pkg, here.Package())) == nil {
			peers = append(peers, bufAt(f, here, id))
		}
		if d.head.packages[pkg] && d.declares(nil, part, part.FullName()) == nil {
			peers = append(peers, bufAt(f, d.packagePlace(part, here), "PACKAGE_"+id))
		}
	}
	return peers
}

// packagePlace returns the file in which buf reports that a package lost was. The
// loss of a message it reports at what still encloses it, wherever that is now.
func (d *differ) packagePlace(was decl, here *file) *file {
	if _, isMessage := was.(message); isMessage && here != nil {
		for in := was.Parent(); in != decl(was.ParentFile()); in = in.Parent() {
			if now := d.declares(nil, in, in.FullName()); now != nil {
				return d.head.file(now)
			}
		}
	}
	return here
}

// declares returns what the head declares under full if it is of the same kind as
// was, in file in if one is given.
func (d *differ) declares(in *file, was decl, full name) decl {
	var now decl
	if f, ok := was.(field); ok && f.IsExtension() {
		if ext := d.head.extNamed[full]; ext != nil {
			now = ext
		}
	} else if found := d.head.decls[full]; found != nil && kindOf(found) == kindOf(was) {
		now = found
	}
	if now == nil || in != nil && d.head.file(now) != in {
		return nil
	}
	return now
}

func bufKind(d decl) string {
	if _, ok := d.(field); ok {
		return "EXTENSION"
	}
	return strings.ToUpper(kindOf(d))
}

// within yields d, and all declarations inside it.
func within(d decl) func(yield func(decl) bool) {
	return func(yield func(decl) bool) {
		todo := []decl{d}
		for len(todo) > 0 {
			d := todo[0]
			todo = todo[1:]
			if !yield(d) {
				return
			}
			m, ok := d.(message)
			if !ok {
				continue
			}
			for i := range m.Messages().Len() {
				todo = append(todo, m.Messages().Get(i))
			}
			for i := range m.Enums().Len() {
				todo = append(todo, m.Enums().Get(i))
			}
			for i := range m.Extensions().Len() {
				todo = append(todo, m.Extensions().Get(i))
			}
		}
	}
}

// fieldPeers lists what buf says of two fields of one number.
func (d *differ) fieldPeers(was, now field) []peer {
	var ids []string
	add := func(when bool, id ...string) {
		if when {
			ids = append(ids, id...)
		}
	}
	if was.IsExtension() {
		add(was.FullName() != now.FullName(), "FIELD_SAME_NAME")
	} else {
		add(was.Name() != now.Name(), "FIELD_SAME_NAME")
		add(was.JSONName() != now.JSONName(), "FIELD_SAME_JSON_NAME")
		add(oneofName(was) != oneofName(now), "FIELD_SAME_ONEOF")
	}
	ids = append(ids, d.typePeers(was, now)...)
	if a, b := presenceOf(was), presenceOf(now); !inEntry(was) || !inEntry(now) {
		add(a != b, "FIELD_SAME_CARDINALITY")
		add(a.onWire() != b.onWire(), "FIELD_WIRE_COMPATIBLE_CARDINALITY")
		add(a.inJSON() != b.inJSON(), "FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY")
	}
	add(saysRequired(was) != saysRequired(now), "MESSAGE_SAME_REQUIRED_FIELDS")
	add(defaultOf(was) != defaultOf(now) && canDefault(was) && canDefault(now), "FIELD_SAME_DEFAULT")
	for _, c := range codeChoices(was, now) {
		add(true, c.peer)
	}
	for _, c := range textChecks(was, now) {
		add(true, strings.Fields(c.peer)...)
	}
	return append(buf(ids...), d.entryPeers(was)...)
}

// saysRequired reports whether f has the label of that name, which is what buf goes
// by. A file in an edition has none, and says the same with a feature.
func saysRequired(f field) bool {
	return protoutil.ProtoFromFieldDescriptor(f).GetLabel() == descriptorpb.FieldDescriptorProto_LABEL_REQUIRED
}

// entryPeers lists what buf says of the message that a map field is made of, which
// it follows by its name, as it does any other; none if was is no map.
func (d *differ) entryPeers(was field) (peers []peer) {
	if !was.IsMap() {
		return nil
	}
	now, stays := d.head.decls[was.Message().FullName()].(message)
	if !stays {
		for _, p := range d.gone(was.Message()) {
			if strings.HasSuffix(p.ID, "MESSAGE_NO_DELETE") {
				peers = append(peers, p)
			}
		}
		return peers
	}
	head := fieldsByNumber(now)
	for n, f := range fieldsByNumber(was.Message()) {
		if g := head[n]; g != nil {
			peers = append(peers, d.fieldPeers(f, g)...)
		} else {
			peers = append(peers, d.gonePeers(f, reservedBy(now))...)
		}
	}
	return peers
}

// typePeers compares types as buf does: by kind and full name, never by shape.
func (d *differ) typePeers(was, now field) []string {
	var ids []string
	a, b := was.Kind(), now.Kind()
	switch {
	case a != b:
		ids = append(ids, "FIELD_SAME_TYPE")
		if bufWire[a] != bufWire[b] && !(a == protoreflect.StringKind && b == protoreflect.BytesKind) {
			ids = append(ids, "FIELD_WIRE_COMPATIBLE_TYPE")
		}
		if bufJSON[a] != bufJSON[b] {
			ids = append(ids, "FIELD_WIRE_JSON_COMPATIBLE_TYPE")
		}
	case was.Message() != nil && was.Message().FullName() != now.Message().FullName():
		ids = append(ids, sameType...)
	case was.Enum() != nil && was.Enum().FullName() != now.Enum().FullName():
		ids = append(ids, "FIELD_SAME_TYPE")
		if was.Enum().Name() != now.Enum().Name() || !d.grown(was.Enum(), now.Enum()) {
			ids = append(ids, "FIELD_WIRE_COMPATIBLE_TYPE", "FIELD_WIRE_JSON_COMPATIBLE_TYPE")
		}
	}
	return ids
}

// grown reports whether now has all values of was.
func (d *differ) grown(was, now enum) bool {
	key := [2]name{was.FullName(), now.FullName()}
	grown, known := d.grew[key]
	if !known {
		all := members(now)
		grown = !slices.ContainsFunc(slices.Collect(maps.Keys(members(was))), func(value string) bool { return !all[value] })
		d.grew[key] = grown
	}
	return grown
}

// The kinds between which buf lets a field change; any other kind stands alone.
var (
	bufWire = groups([]protoreflect.Kind{protoreflect.Int32Kind, protoreflect.Int64Kind, protoreflect.Uint32Kind, protoreflect.Uint64Kind, protoreflect.BoolKind},
		[]protoreflect.Kind{protoreflect.Sint32Kind, protoreflect.Sint64Kind},
		[]protoreflect.Kind{protoreflect.Fixed32Kind, protoreflect.Sfixed32Kind},
		[]protoreflect.Kind{protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind})
	bufJSON = groups([]protoreflect.Kind{protoreflect.Int32Kind, protoreflect.Uint32Kind},
		[]protoreflect.Kind{protoreflect.Int64Kind, protoreflect.Uint64Kind},
		[]protoreflect.Kind{protoreflect.Fixed32Kind, protoreflect.Sfixed32Kind},
		[]protoreflect.Kind{protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind})
)

func groups(sets ...[]protoreflect.Kind) map[protoreflect.Kind]protoreflect.Kind {
	of := make(map[protoreflect.Kind]protoreflect.Kind)
	for k := protoreflect.DoubleKind; k <= protoreflect.Sint64Kind; k++ {
		of[k] = k
	}
	for _, set := range sets {
		for _, k := range set {
			of[k] = set[0]
		}
	}
	return of
}

// gonePeers lists what buf says of a field whose number is gone.
func (d *differ) gonePeers(was field, reserved reservedSet) []peer {
	ids := []string{"FIELD_NO_DELETE"}
	if !reserved.names[was.Name()] {
		ids = append(ids, "FIELD_NO_DELETE_UNLESS_NAME_RESERVED")
	}
	if !reserved.number(int64(was.Number())) {
		ids = append(ids, "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED")
	}
	if saysRequired(was) {
		ids = append(ids, "MESSAGE_SAME_REQUIRED_FIELDS")
	}
	return append(buf(ids...), d.entryPeers(was)...)
}
