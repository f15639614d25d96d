package avro

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/breakwater-data/breakwater/checker/schema"
	hamba "github.com/hamba/avro/v2"
)

const benchmarked = 1000

// wide makes a schema of 30 fields, as topics have them, and an edited copy.
func wide(n int) (base, head string) {
	var b strings.Builder
	fmt.Fprintf(&b, "{\n  \"type\": \"record\",\n  \"name\": \"Event%d\",\n  \"namespace\": \"acme.events\",\n  \"doc\": \"What happened.\",\n  \"fields\": [\n", n)
	for i := range 30 {
		typ := []string{
			`"string"`, `["null", "string"]`, `"long"`, `{"type": "long", "logicalType": "timestamp-millis"}`,
			`{"type": "array", "items": "string"}`, fmt.Sprintf(`{"type": "enum", "name": "Kind%d", "symbols": ["A", "B", "C"]}`, i),
			fmt.Sprintf(`{"type": "record", "name": "Part%d", "fields": [{"name": "x", "type": "double"}, {"name": "y", "type": "double"}]}`, i),
		}[i%7]
		fmt.Fprintf(&b, "    {\"name\": \"field_%d\", \"type\": %s, \"doc\": \"The field of the number %d.\"}", i, typ, i)
		b.WriteString(map[bool]string{true: ",\n", false: "\n"}[i < 29])
	}
	b.WriteString("  ]\n}\n")
	return b.String(), strings.Replace(b.String(), `"field_3"`, `"field_three"`, 1)
}

func BenchmarkCompare(b *testing.B) {
	fsys := make(fstest.MapFS)
	for i := range benchmarked {
		base, head := wide(i)
		fsys[fmt.Sprintf("base/%d.avsc", i)] = &fstest.MapFile{Data: []byte(base)}
		fsys[fmt.Sprintf("head/%d.avsc", i)] = &fstest.MapFile{Data: []byte(head)}
	}
	b.ReportAllocs()
	for b.Loop() {
		for i := range benchmarked {
			var sides [2]schema.Schema
			for j, side := range []string{"base", "head"} {
				s, err := Format.Load(context.Background(), schema.Request{FS: fsys, Paths: []string{fmt.Sprintf("%s/%d.avsc", side, i)}})
				if err != nil {
					b.Fatal(err)
				}
				sides[j] = s
			}
			if changes, err := Format.Diff(sides[0], sides[1]); err != nil || len(changes) != 1 {
				b.Fatal(changes, err)
			}
		}
	}
}

// The floor: another library parses both sides, and that is all.
func BenchmarkFloor(b *testing.B) {
	texts := make([][2]string, benchmarked)
	for i := range texts {
		texts[i][0], texts[i][1] = wide(i)
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, sides := range texts {
			for _, text := range sides {
				if _, err := hamba.ParseBytesWithCache([]byte(text), "", &hamba.SchemaCache{}); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
}
