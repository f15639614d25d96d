package protobuf

import (
	"strings"

	"github.com/breakwater-data/breakwater/checker/schema"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"
	"google.golang.org/protobuf/types/known/anypb"
)

// A resolver knows the types of one side of a port by name, as a schema registry
// does.
type resolver struct{ *port }

func (r resolver) FindMessageByName(full name) (protoreflect.MessageType, error) {
	if m, ok := r.decls[full].(message); ok {
		return dynamicpb.NewMessageType(m), nil
	}
	return nil, protoregistry.NotFound
}

func (r resolver) FindMessageByURL(url string) (protoreflect.MessageType, error) {
	return r.FindMessageByName(name(url[strings.LastIndexByte(url, '/')+1:]))
}

func (r resolver) FindExtensionByName(full name) (protoreflect.ExtensionType, error) {
	if ext := r.extNamed[full]; ext != nil {
		return dynamicpb.NewExtensionType(ext), nil
	}
	return nil, protoregistry.NotFound
}

func (r resolver) FindExtensionByNumber(of name, n number) (protoreflect.ExtensionType, error) {
	for _, ext := range r.exts[of] {
		if ext.Number() == n {
			return dynamicpb.NewExtensionType(ext), nil
		}
	}
	return nil, protoregistry.NotFound
}

// unknownType shows a message that is found by its name, to a reader that has no
// type of that name.
func (p *prover) unknownType(writer, reader side, w way) *schema.Witness {
	if writer.message == nil || w.in != onWire {
		return nil
	}
	m := dynamicpb.NewMessage(writer.message)
	fill(m, 0)
	any := new(anypb.Any)
	if err := anypb.MarshalFrom(any, m, proto.MarshalOptions{AllowPartial: true, Deterministic: true}); err != nil {
		return nil
	}
	_, err := anypb.UnmarshalNew(any, proto.UnmarshalOptions{AllowPartial: true, Resolver: resolver{reader.port}})
	text := written(any.ProtoReflect(), writer.port)
	if err != protoregistry.NotFound || text == "" {
		return nil
	}
	return &schema.Witness{
		Written: clip(text, maxSaid), Encoding: "protobuf",
		ReadAs: clip("an error: there is no type "+string(writer.message.FullName()), maxSaid),
	}
}
