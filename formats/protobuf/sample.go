package protobuf

import (
	"math"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// Limits of the values that are tried for one field.
const (
	maxEnumValues  = 64
	maxInside      = 12 // fields of a message that stands in another
	maxSampleDepth = 3  // messages in messages
)

// typed returns f in the form that a dynamic message takes: an extension needs a
// type of its own.
func typed(f field) field {
	if f.IsExtension() {
		return dynamicpb.NewExtensionType(f).TypeDescriptor()
	}
	return f
}

// samples lists values of f, the simplest first: one that tells, then those at the
// edges of what f holds.
func samples(f field) []protoreflect.Value {
	in := dynamicpb.NewMessage(f.ContainingMessage())
	one := func() protoreflect.Value { return in.NewField(typed(f)) }
	var all []protoreflect.Value
	switch {
	case f.IsMap():
		key := singles(f.MapKey(), 0)
		for _, v := range singles(f.MapValue(), 0) {
			m := one()
			m.Map().Set(key[0].MapKey(), v)
			all = append(all, m)
		}
		if len(all) > 0 && len(key) > 1 {
			two := one()
			for _, k := range key[:2] {
				two.Map().Set(k.MapKey(), singles(f.MapValue(), 0)[0])
			}
			all = append(all, two)
		}
	case f.IsList():
		for _, v := range singles(f, 0) {
			l := one()
			l.List().Append(v)
			all = append(all, l)
		}
		if values := singles(f, 0); len(values) > 0 {
			two := one()
			two.List().Append(values[0])
			two.List().Append(values[len(values)-1])
			all = append(all, two)
		}
	default:
		all = singles(f, 0)
	}
	return all
}

// singles lists values of one element of f.
func singles(f field, depth int) []protoreflect.Value {
	switch f.Kind() {
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return wrapped[int32](1, -1, math.MaxInt32, math.MinInt32)
	case protoreflect.Int64Kind, protoreflect.Sint64Kind, protoreflect.Sfixed64Kind:
		return wrapped[int64](1, -1, math.MaxInt32, math.MaxInt64, math.MinInt64)
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return wrapped[uint32](1, 2, math.MaxUint32)
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return wrapped[uint64](1, 2, math.MaxUint32, math.MaxUint64)
	case protoreflect.BoolKind:
		return wrapped(true, false)
	case protoreflect.FloatKind:
		return wrapped[float32](1.5, math.MaxFloat32)
	case protoreflect.DoubleKind:
		return wrapped(1.5, 1e300)
	case protoreflect.StringKind:
		return wrapped("a", "ä", "1")
	case protoreflect.BytesKind:
		return wrapped([]byte("a"), []byte{0xff})
	case protoreflect.EnumKind:
		return enumSamples(f.Enum())
	}
	return messageSamples(f.Message(), depth)
}

func wrapped[T any](all ...T) (values []protoreflect.Value) {
	for _, v := range all {
		values = append(values, protoreflect.ValueOf(v))
	}
	return values
}

// enumSamples lists the values of e, those that are not zero first.
func enumSamples(e enum) (values []protoreflect.Value) {
	var zero []protoreflect.Value
	for i := range min(e.Values().Len(), maxEnumValues) {
		switch n := e.Values().Get(i).Number(); n {
		case 0:
			zero = append(zero, protoreflect.ValueOfEnum(n))
		default:
			values = append(values, protoreflect.ValueOfEnum(n))
		}
	}
	return append(values, zero...)
}

// messageSamples lists messages with one field set, for each field and some of its
// values, and then one with none.
func messageSamples(m message, depth int) (values []protoreflect.Value) {
	if depth < maxSampleDepth {
		for i := range min(m.Fields().Len(), maxInside) {
			f := m.Fields().Get(i)
			if f.IsMap() {
				continue
			}
			all := singles(f, depth+1)
			if depth > 0 && len(all) > 1 {
				all = all[:1]
			}
			for _, v := range all {
				in := dynamicpb.NewMessage(m)
				put(in, f, v)
				fill(in, depth+1)
				values = append(values, protoreflect.ValueOfMessage(in))
			}
		}
	}
	empty := dynamicpb.NewMessage(m)
	fill(empty, depth+1)
	return append(values, protoreflect.ValueOfMessage(empty))
}

// put sets f of m to v, or to as many elements as f holds.
func put(m protoreflect.Message, f field, v protoreflect.Value) {
	f = typed(f)
	switch {
	case f.IsMap():
		into := m.NewField(f)
		into.Map().Set(singles(f.MapKey(), 0)[0].MapKey(), v)
		v = into
	case f.IsList():
		into := m.NewField(f)
		into.List().Append(v)
		v = into
	}
	m.Set(f, v)
}

// fill sets what m requires and has not.
func fill(m protoreflect.Message, depth int) {
	if depth > maxSampleDepth {
		return
	}
	numbers := m.Descriptor().RequiredNumbers()
	for i := range numbers.Len() {
		if f := m.Descriptor().Fields().ByNumber(numbers.Get(i)); !m.Has(f) {
			if values := singles(f, depth+1); len(values) > 0 {
				m.Set(f, values[0])
			}
		}
	}
}
