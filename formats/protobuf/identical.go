package protobuf

import (
	"slices"

	"github.com/bufbuild/protocompile/protoutil"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
)

// Most declarations of a file that changed did not. identical finds them without
// asking what each difference would mean: their descriptors say the same, in which
// types go by their full names, and their files give them the same features.
func (d *differ) identical(was, now decl) bool {
	if was == now { // its file is the same
		return true
	}
	if was.FullName() != now.FullName() || !d.sameContext(d.base.file(was), d.head.file(now)) {
		return false
	}
	switch was.(type) {
	case message:
		return identicalMessages(protoutil.ProtoFromDescriptor(was).(*descriptorpb.DescriptorProto), protoutil.ProtoFromDescriptor(now).(*descriptorpb.DescriptorProto))
	default:
		return proto.Equal(protoutil.ProtoFromDescriptor(was), protoutil.ProtoFromDescriptor(now))
	}
}

// sameContext reports whether two files give what they declare the same features.
func (d *differ) sameContext(f, g *file) bool {
	if f == nil || g == nil || f.path != g.path || syntaxOf(f) != syntaxOf(g) {
		return false
	}
	key := [2]*file{f, g}
	same, known := d.contexts[key]
	if !known {
		a, b := f.FileDescriptorProto().GetOptions(), g.FileDescriptorProto().GetOptions()
		same = a.GetJavaStringCheckUtf8() == b.GetJavaStringCheckUtf8() && proto.Equal(a.GetFeatures(), b.GetFeatures())
		d.contexts[key] = same
	}
	return same
}

// identicalMessages compares two messages without what is declared inside them,
// except for the entries of maps.
func identicalMessages(a, b *descriptorpb.DescriptorProto) bool {
	entries := func(m *descriptorpb.DescriptorProto) []*descriptorpb.DescriptorProto {
		var all []*descriptorpb.DescriptorProto
		for _, t := range m.NestedType {
			if t.GetOptions().GetMapEntry() {
				all = append(all, t)
			}
		}
		return all
	}
	return a.GetName() == b.GetName() &&
		slices.EqualFunc(a.Field, b.Field, identicalFields) &&
		slices.EqualFunc(entries(a), entries(b), identicalMessages) &&
		identicalOptions(a.Options, b.Options) &&
		slices.EqualFunc(a.OneofDecl, b.OneofDecl, func(a, b *descriptorpb.OneofDescriptorProto) bool { return proto.Equal(a, b) }) &&
		slices.EqualFunc(a.ExtensionRange, b.ExtensionRange, func(a, b *descriptorpb.DescriptorProto_ExtensionRange) bool { return proto.Equal(a, b) }) &&
		slices.EqualFunc(a.ReservedRange, b.ReservedRange, func(a, b *descriptorpb.DescriptorProto_ReservedRange) bool {
			return a.GetStart() == b.GetStart() && a.GetEnd() == b.GetEnd()
		}) &&
		slices.Equal(a.ReservedName, b.ReservedName)
}

func identicalFields(a, b *descriptorpb.FieldDescriptorProto) bool {
	return a.GetName() == b.GetName() && a.GetNumber() == b.GetNumber() && a.GetLabel() == b.GetLabel() &&
		a.GetType() == b.GetType() && a.GetTypeName() == b.GetTypeName() && a.GetJsonName() == b.GetJsonName() &&
		(a.OneofIndex == nil) == (b.OneofIndex == nil) && a.GetOneofIndex() == b.GetOneofIndex() &&
		(a.DefaultValue == nil) == (b.DefaultValue == nil) && a.GetDefaultValue() == b.GetDefaultValue() &&
		a.GetProto3Optional() == b.GetProto3Optional() && a.GetExtendee() == b.GetExtendee() && identicalOptions(a.Options, b.Options)
}

func identicalOptions[T interface {
	comparable
	proto.Message
}](a, b T) bool {
	var none T
	return a == none && b == none || proto.Equal(a, b)
}
