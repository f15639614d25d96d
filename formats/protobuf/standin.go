package protobuf

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/bufbuild/protocompile/protoutil"
)

// Some changes show only in what somebody else declares: an enum that no message of
// the port holds, a range for the extensions of others. A stand-in declares it.

// FindFileByPath and FindDescriptorByName let a stand-in import the port's files.
func (r resolver) FindFileByPath(path string) (protoreflect.FileDescriptor, error) {
	if f := r.named[path]; f != nil {
		return f.Result, nil
	}
	return protoregistry.GlobalFiles.FindFileByPath(path) // those that are built in
}

func (r resolver) FindDescriptorByName(full name) (decl, error) {
	if d := r.decls[full]; d != nil {
		return d, nil
	}
	return protoregistry.GlobalFiles.FindDescriptorByName(full)
}

// standIn declares one field in a file that imports that of what it is about: in a
// message of its own, or as an extension.
func (p *port) standIn(about decl, f *descriptorpb.FieldDescriptorProto) (field, error) {
	f.Name, f.Label = proto.String("value"), descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum()
	file := &descriptorpb.FileDescriptorProto{
		Name: proto.String("some.proto"), Package: proto.String("some"), Syntax: proto.String("proto2"),
		Dependency: []string{about.ParentFile().Path()},
	}
	if f.Extendee != nil {
		file.Extension = append(file.Extension, f)
	} else {
		file.MessageType = append(file.MessageType, &descriptorpb.DescriptorProto{Name: proto.String("Message"), Field: []*descriptorpb.FieldDescriptorProto{f}})
	}
	built, err := protodesc.NewFile(file, resolver{p})
	switch {
	case err != nil:
		return nil, err
	case f.Extendee != nil:
		return built.Extensions().Get(0), nil
	}
	return built.Messages().Get(0).Fields().Get(0), nil
}

// holders makes a message on each side that holds an enum.
func (p *prover) holders(was, now enum, values []protoreflect.Name) []subject {
	hold := func(in *port, e enum) (s side) {
		f, err := in.standIn(e, &descriptorpb.FieldDescriptorProto{
			Number: proto.Int32(1), Type: descriptorpb.FieldDescriptorProto_TYPE_ENUM.Enum(), TypeName: proto.String("." + string(e.FullName())),
		})
		if err != nil {
			return side{}
		}
		return side{in, f.ContainingMessage(), []field{f}}
	}
	s := subject{base: hold(p.base, was), head: hold(p.head, now), values: values}
	if s.base.port == nil || s.head.port == nil {
		return nil
	}
	return []subject{s}
}

// extended sets an extension that the head no longer lets anybody declare.
func (p *prover) extended(s subject) []subject {
	lost := lostRanges(fieldRanges(s.base.message.ExtensionRanges()), fieldRanges(s.head.message.ExtensionRanges()))
	if len(lost) == 0 {
		return nil
	}
	declare := func(in side) (field, error) {
		return in.port.standIn(in.message, &descriptorpb.FieldDescriptorProto{
			Number: proto.Int32(int32(lost[0].first)), Type: descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum(),
			Extendee: proto.String("." + string(in.message.FullName())),
		})
	}
	f, err := declare(s.base)
	if _, refused := declare(s.head); err != nil || refused == nil {
		return nil
	}
	s.base.add(f)
	return []subject{s}
}

// asRun returns s with its message as generated code has it. The compiler's own
// form of an edition does not say which fields are required, and which are checked
// to be UTF-8.
func (s side) asRun() side {
	file := s.port.file(s.message)
	if file == nil || file.Syntax() != protoreflect.Editions {
		return s
	}
	built, err := protodesc.NewFile(protoutil.ProtoFromFileDescriptor(file.Result), resolver{s.port})
	if err != nil {
		return s
	}
	m, ok := messageIn(built, s.message)
	if !ok {
		return s
	}
	run := side{port: s.port, message: m}
	for _, f := range s.focus {
		if g := m.Fields().ByNumber(f.Number()); g != nil && !f.IsExtension() {
			f = g
		}
		run.focus = append(run.focus, f)
	}
	return run
}

// messageIn finds the message that has the place of m in another form of its file.
func messageIn(file protoreflect.FileDescriptor, m message) (message, bool) {
	in := container(file)
	if owner, ok := m.Parent().(message); ok {
		outer, ok := messageIn(file, owner)
		if !ok {
			return nil, false
		}
		in = outer
	}
	found := in.Messages().ByName(m.Name())
	return found, found != nil
}
