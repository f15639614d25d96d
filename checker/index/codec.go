package index

import (
	"encoding"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"reflect"
)

// The code of a value follows its type: numbers as varints, texts and lists behind
// their length, structs field by field, and whatever writes itself as text that way.
// A nil list is another value than an empty one, which says that there is nothing.

// encode returns the code of what said points to.
func encode(said any) []byte { return appendValue(nil, reflect.ValueOf(said).Elem()) }

// decode reads data into what said points to.
func decode(data []byte, strings map[string]string, said any) (ok bool) {
	r := reader{data: data, strings: strings}
	r.value(reflect.ValueOf(said).Elem())
	return !r.bad && len(r.data) == 0
}

var (
	writesText = reflect.TypeFor[encoding.TextMarshaler]()
	readsText  = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// isText reports whether values of type t write themselves as text, and read it.
func isText(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return t.Kind() == reflect.Struct && p.Implements(writesText) && p.Implements(readsText)
}

func appendBytes(out, data []byte) []byte {
	return append(binary.AppendUvarint(out, uint64(len(data))), data...)
}

func appendValue(out []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.String:
		out = binary.AppendUvarint(out, uint64(v.Len()))
		return append(out, v.String()...)
	case reflect.Bool:
		if v.Bool() {
			return append(out, 1)
		}
		return append(out, 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return binary.AppendVarint(out, v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return binary.AppendUvarint(out, v.Uint())
	case reflect.Slice:
		if v.IsNil() {
			return append(out, 0)
		}
		out = binary.AppendUvarint(out, uint64(v.Len())+1)
		for i := range v.Len() {
			out = appendValue(out, v.Index(i))
		}
		return out
	case reflect.Pointer:
		if v.IsNil() {
			return append(out, 0)
		}
		return appendValue(append(out, 1), v.Elem())
	case reflect.Interface: // the error behind an error, which nobody asks for
		return out
	case reflect.Struct:
		if isText(v.Type()) {
			if v.IsZero() {
				return append(out, 0)
			}
			text, err := v.Addr().Interface().(encoding.TextMarshaler).MarshalText()
			if err != nil {
				return append(out, 0)
			}
			return appendBytes(append(out, 1), text)
		}
		for i := range v.NumField() {
			out = appendValue(out, v.Field(i))
		}
		return out
	}
	panic(fmt.Sprintf("index: no code for %s", v.Type())) // which a test of all fields would show
}

// A reader takes values off data. Once something does not fit, the rest is zero.
type reader struct {
	data    []byte
	strings map[string]string // each text once
	bad     bool
}

func (r *reader) uvarint() uint64 {
	n, size := binary.Uvarint(r.data)
	if size <= 0 {
		r.bad, r.data = true, nil
		return 0
	}
	r.data = r.data[size:]
	return n
}

func (r *reader) varint() int64 {
	n, size := binary.Varint(r.data)
	if size <= 0 {
		r.bad, r.data = true, nil
		return 0
	}
	r.data = r.data[size:]
	return n
}

func (r *reader) bytes() []byte {
	n := r.uvarint()
	if n > uint64(len(r.data)) {
		r.bad, r.data = true, nil
		return nil
	}
	data := r.data[:n:n]
	r.data = r.data[n:]
	return data
}

func (r *reader) text() string {
	data := r.bytes()
	s, ok := r.strings[string(data)]
	if !ok {
		s = string(data)
		r.strings[s] = s
	}
	return s
}

func (r *reader) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(r.text())
	case reflect.Bool:
		v.SetBool(r.uvarint() != 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(r.varint())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(r.uvarint())
	case reflect.Slice:
		n := r.uvarint()
		if n == 0 {
			return
		}
		if n--; n > uint64(len(r.data)) { // each item takes a byte at least
			r.bad, r.data = true, nil
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), int(n), int(n)))
		for i := range int(n) {
			r.value(v.Index(i))
		}
	case reflect.Pointer:
		if r.uvarint() != 0 {
			v.Set(reflect.New(v.Type().Elem()))
			r.value(v.Elem())
		}
	case reflect.Struct:
		if !isText(v.Type()) {
			for i := range v.NumField() {
				r.value(v.Field(i))
			}
			return
		}
		if r.uvarint() != 0 && v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText(r.bytes()) != nil {
			r.bad, r.data = true, nil
		}
	}
}

// layout names the shape of type.
func layout(of reflect.Type) string {
	h := fnv.New64a()
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		fmt.Fprint(h, t.Kind(), " ")
		switch {
		case t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer:
			walk(t.Elem())
		case t.Kind() == reflect.Struct && !isText(t):
			for i := range t.NumField() {
				fmt.Fprint(h, t.Field(i).Name, " ")
				walk(t.Field(i).Type)
			}
		}
	}
	walk(of)
	return fmt.Sprintf("%016x ", h.Sum64())
}
