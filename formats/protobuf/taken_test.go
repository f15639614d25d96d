package protobuf

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/breakwater-data/breakwater/checker/schema"
)

func loadLike(t *testing.T, f files, like schema.Schema) (schema.Schema, error) {
	t.Helper()
	return Format.Load(t.Context(), schema.Request{FS: f.fs(), Paths: f.protos(), Like: like})
}

// What is taken over from the base makes no difference but in time.
func TestTakenOverIsTheSame(t *testing.T) {
	taken := 0
	for seed := range uint64(*revisions) / 5 {
		w := &world{r: rand.New(rand.NewPCG(seed, 9))}
		s := w.schema()
		base, err := loadLike(t, s.render(), schema.Schema{})
		if err != nil {
			continue
		}
		w.edit(s)
		head, err := loadLike(t, s.render(), schema.Schema{})
		like, likeErr := loadLike(t, s.render(), base)
		if (err == nil) != (likeErr == nil) || err != nil && err.Error() != likeErr.Error() {
			t.Fatalf("seed %d: got the error %v, want %v", seed, likeErr, err)
		}
		if err != nil {
			continue
		}
		got, err1 := Format.Diff(base, like)
		want, err2 := Format.Diff(base, head)
		if err1 != nil || err2 != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: %v %v\ngot  %+v\nwant %+v", seed, err1, err2, got, want)
		}
		p, _ := schema.Form[*port](like)
		for _, f := range p.files {
			if f.taken {
				taken++
			}
		}
	}
	if taken == 0 {
		t.Error("nothing was taken over")
	}
}

func TestOnlyTheSameIsTakenOver(t *testing.T) {
	const a, b, c = "a.proto", "b.proto", "c.proto"
	base := files{
		a: "syntax = \"proto3\";\npackage p;\nmessage A { string x = 1; }\n",
		b: "syntax = \"proto3\";\npackage p;\nimport \"a.proto\";\nmessage B { A a = 1; }\n",
		c: "syntax = \"proto3\";\npackage p;\nimport \"google/protobuf/timestamp.proto\";\nmessage C { google.protobuf.Timestamp at = 1; }\n",
	}
	const none = "<nil>"
	tests := []struct {
		name, file, text string
		want             []string
		err              string
	}{
		{"nothing changed", a, base[a], []string{a, b, c}, none},
		{"what imports a changed file is linked again", a, "syntax = \"proto3\";\npackage p;\nmessage A { int32 x = 1; }\n", []string{c}, none},
		{"what is imported is not", b, base[b] + "message D {}\n", []string{a, c}, none},
		{"an error has both its places", b, base[b] + "message C {}\n", nil, `c.proto:4:9: symbol "p.C" already defined at b.proto:5`},
		{"a file that an import meant comes into the tree", "google/protobuf/timestamp.proto",
			"syntax = \"proto3\";\npackage google.protobuf;\nmessage Timestamp { string text = 1; }\n", []string{a, b}, none},
		{"options mean something else", "google/protobuf/descriptor.proto", "syntax = \"proto2\";\npackage google.protobuf;\nmessage FileOptions {}\n", nil, none},
	}
	was, err := loadLike(t, base, schema.Schema{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			head := files{tt.file: tt.text}
			for name, text := range base {
				if name != tt.file {
					head[name] = text
				}
			}
			now, err := loadLike(t, head, was)
			if got := fmt.Sprint(err); got != tt.err {
				t.Errorf("got the error %q, want %q", got, tt.err)
			}
			p, _ := schema.Form[*port](now)
			var got []string
			for _, f := range p.files {
				if f.taken {
					got = append(got, f.path)
				}
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("took over %v, want %v", got, tt.want)
			}
		})
	}
}
