package avro

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	hamba "github.com/hamba/avro/v2"
	"github.com/twmb/avro"
)

// A reading is what a reader makes of a value.
type reading struct {
	written string // in JSON
	read    string // in JSON; empty: it is refused
	refused string // why
	by      string // which codec says so
}

// The codecs that confirm a witness. The first encodes and decodes; it is laxer than the
// specification in one place (a union that begins with null needs no default), and there
// the second is asked whether it takes the pair. That one is never asked to decode: its
// resolution does not end for types that recurse.
const (
	byTwmb  = "github.com/twmb/avro"
	byHamba = "github.com/hamba/avro"
)

// decode writes v with one schema and reads it with another.
func decode(writer, reader string, v any) (r reading, err error) {
	w, err := avro.Parse(writer)
	if err != nil {
		return r, err
	}
	data, err := w.Encode(v)
	if err != nil {
		return r, err
	}
	if r.written, err = shown(w, data); err != nil {
		return r, err
	}
	to, err := avro.Parse(reader)
	if err != nil {
		return r, err
	}
	r.by = byTwmb
	resolved, err := avro.Resolve(w, to)
	if err != nil {
		r.refused = reasonOf(err)
		return r, nil
	}
	var out any
	if _, err := resolved.Decode(data, &out, avro.TaggedUnions()); err != nil {
		r.refused = reasonOf(err)
		return r, nil
	}
	if r.read, err = inJSON(to, out); err != nil {
		return r, err
	}
	if err := refusedByHamba(writer, reader); err != nil {
		r.read, r.refused, r.by = "", reasonOf(err), byHamba
	}
	return r, nil
}

// shown says in JSON what data holds.
func shown(s *avro.Schema, data []byte) (string, error) {
	var v any
	if _, err := s.Decode(data, &v, avro.TaggedUnions()); err != nil {
		return "", err
	}
	return inJSON(s, v)
}

func inJSON(s *avro.Schema, v any) (string, error) {
	text, err := s.EncodeJSON(v)
	return string(text), err
}

// refusedByHamba asks the other library, with a cache of its own for each schema and an
// answer that is used once: both would carry over what they saw.
func refusedByHamba(writer, reader string) error {
	w, err1 := hamba.ParseBytesWithCache([]byte(writer), "", &hamba.SchemaCache{})
	r, err2 := hamba.ParseBytesWithCache([]byte(reader), "", &hamba.SchemaCache{})
	if err1 != nil || err2 != nil {
		return nil // it has no say
	}
	return hamba.NewSchemaCompatibility().Compatible(r, w)
}

// reasonOf shortens what a codec says.
func reasonOf(err error) string {
	const most = 200
	text := []rune(strings.Join(strings.Fields(strings.TrimPrefix(err.Error(), "avro: ")), " "))
	if len(text) > most {
		return string(text[:most]) + "…"
	}
	return string(text)
}

// misread reads the same bytes with the logical types of both sides.
func misread(writer, reader string, plain string, v any) (written, read string, err error) {
	p, err := avro.Parse(plain)
	if err != nil {
		return "", "", err
	}
	data, err := p.Encode(v)
	if err != nil {
		return "", "", err
	}
	for _, side := range []struct {
		schema string
		says   *string
	}{{writer, &written}, {reader, &read}} {
		s, err := avro.Parse(side.schema)
		if err != nil {
			return "", "", err
		}
		var out any
		if _, err := s.Decode(data, &out); err != nil {
			return "", "", err
		}
		*side.says = meant(out)
	}
	return written, read, nil
}

// meant says a decoded value as people write it, members in the order of their names.
func meant(v any) string {
	switch v := v.(type) {
	case interface{ FloatString(int) string }: // a decimal
		const digits = 8
		return strings.TrimSuffix(strings.TrimRight(v.FloatString(digits), "0"), ".")
	case map[string]any:
		var members []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			members = append(members, quoted(key)+":"+meant(v[key]))
		}
		return "{" + strings.Join(members, ",") + "}"
	case []any:
		var items []string
		for _, item := range v {
			items = append(items, meant(item))
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}
