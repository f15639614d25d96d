package protobuf

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
	"golang.org/x/tools/txtar"
)

// archive reads the files of a txtar text.
func archive(text string) files {
	all := make(files)
	for _, f := range txtar.Parse([]byte(text)).Files {
		all[f.Name] = string(f.Data)
	}
	return all
}

func TestErrorsHavePlaces(t *testing.T) {
	tests := []struct {
		name, files string
		want        []string
	}{
		{"every file is told of in one run", `
-- a.proto --
syntax = "proto3";
message A { B b = 1; }
-- b.proto --
syntax = "proto3";
message C { int32 x = 1 }
`, []string{`a.proto:2:13: field A.b: unknown type B`, `b.proto:2:25: syntax error: expecting ';'`}},
		{"an import that is not there says where it was looked for", `
-- shop/orders/a.proto --
syntax = "proto3";
import "common/money.proto";
`, []string{`shop/orders/a.proto:2:1: "common/money.proto" is not found in shop/orders, shop or the top folder; name the folder that it stands in as an include of the port`}},
		{"what is wrong beside a missing import is told too", `
-- a.proto --
syntax = "proto3";
import "gone.proto";
message A { int32 x = 1 }
`, []string{`a.proto:2:1: "gone.proto" is not found in the top folder; name the folder that it stands in as an include of the port`, `a.proto:3:25: syntax error: expecting ';'`}},
		{"imports in a circle", `
-- a.proto --
syntax = "proto3";
import "b.proto";
-- b.proto --
syntax = "proto3";
import "a.proto";
`, []string{`b.proto:2:1: imports form a cycle: a.proto imports b.proto imports a.proto`}},
		{"a name that two files declare", `
-- a.proto --
syntax = "proto3";
package p;
message M {}
-- x/b.proto --
syntax = "proto3";
package p;
	message M {}
`, []string{`x/b.proto:3:10: symbol "p.M" already defined at a.proto:3`}},
		{"columns count bytes, past tabs and umlauts", "-- a.proto --\nsyntax = \"proto3\";\n\tmessage M { /* ä */ int32 x = 0; }\n",
			[]string{`a.proto:2:33: tag number 0 must be greater than zero`}},
		{"another encoding", "-- a.proto --\nsyntax = \"proto3\";\n// \xe4\n", []string{`a.proto:2:4: byte 0xe4 is not UTF-8; save the file in that encoding`}},
		{"nested too deep", "-- a.proto --\n" + strings.Repeat("message M {", 200), []string{`a.proto:1:1111: brackets are nested more than 100 deep`}},
		{"an import path that leads out", `
-- a/a.proto --
syntax = "proto3";
import "../b.proto";
-- b.proto --
syntax = "proto3";
`, []string{`a/a.proto:2:1: "../b.proto" is not found in a or the top folder; name the folder that it stands in as an include of the port`}},
		{"an import with escapes", `
-- a.proto --
syntax = "proto3";
import "\142.proto";
-- b.proto --
syntax = "proto3";
`, []string{`a.proto:2:1: "\\142.proto" is not found in the top folder; name the folder that it stands in as an include of the port`}},
		{"a configuration that is no YAML", `
-- buf.yaml --
version: [
-- a.proto --
syntax = "proto3";
`, []string{"buf.yaml:1:1: the YAML cannot be read"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := loadFiles(archive(tt.files))
			got := source.Errors(err)
			for i, e := range got {
				if i >= len(tt.want) || !strings.HasPrefix(e.Error(), tt.want[i]) {
					t.Errorf("got  %s", e)
				}
			}
			if len(got) != len(tt.want) {
				t.Errorf("got %d errors, want %d: %s", len(got), len(tt.want), tt.want)
			}
		})
	}
}

func TestErrorsAreCounted(t *testing.T) {
	var text strings.Builder
	text.WriteString("syntax = \"proto3\";\nmessage M {\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "Gone%d f%d = %d;\n", i, i, i+1)
	}
	_, err := loadFiles(files{"a.proto": text.String() + "}\n", "b.proto": text.String() + "}\n"})
	errs := source.Errors(err)
	if len(errs) != maxErrors+1 || !strings.Contains(errs[maxErrors].Msg, "more errors from here on") {
		t.Errorf("got %d errors, the last: %v", len(errs), errs[len(errs)-1])
	}
}

func TestWhatCanBeReadIsReturned(t *testing.T) {
	s, err := loadFiles(archive(`
-- a.proto --
syntax = "proto3";
message A { int32 x = 1; }
-- b.proto --
syntax = "proto3";
message B {
`))
	if err == nil || s.Outline().Decls["A"] == nil {
		t.Errorf("got %v, %v", s.Outline().Decls, err)
	}
}

// Inputs that are made to hurt are read, or refused, in a moment.
func TestLargeAndStrangeInputs(t *testing.T) {
	many := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.ReplaceAll(format, "#", fmt.Sprint(i)))
		}
		return b.String()
	}
	const head = "syntax = \"proto3\"; package p;\n"
	tests := map[string]string{
		"many fields":        head + "message M {" + many(15_000, "int32 f# = 1#;\n") + "}",
		"many messages":      head + many(50_000, "message M# {}\n"),
		"a chain of types":   head + many(20_000, "message M# { M# m = 1; }\n"),
		"many values":        head + "enum E { option allow_alias = true; ZERO = 0;" + many(30_000, "V# = #;\n") + "}",
		"many oneofs":        head + "message M {" + many(8_000, "oneof o# { int32 f# = 1#; }\n") + "}",
		"one long line":      head + "message M { reserved " + many(100_000, `"a#",`) + "\"z\";}",
		"open brackets":      head + strings.Repeat("[", 1_000_000),
		"open messages":      head + strings.Repeat("message M {\n", 300_000),
		"nothing but noise":  strings.Repeat("}{;message 1 = ]\n", 200_000),
		"semicolons":         head + strings.Repeat(";\n", 1_000_000),
		"a very long name":   head + "message " + strings.Repeat("a", 1_000_000) + "{}",
		"a very long path":   head + "message M { " + strings.Repeat("a.", 100_000) + "b c = 1; }",
		"strings in a row":   head + "option java_package = " + strings.Repeat("\"a\"\n", 100_000) + ";",
		"an endless comment": head + "/*" + strings.Repeat("x", 1_000_000),
		"zeros":              strings.Repeat("\x00", 1000),
		"nothing":            "",
		"a byte order mark":  "\ufeffsyntax = \"proto3\"; message M {}",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			s, err := loadFiles(files{"a.proto": text})
			for _, e := range source.Errors(err) {
				if e.Span.File != "a.proto" || e.Span.Start.Line < 1 || e.Span.Start.Column < 1 || len(e.Msg) > 2000 {
					t.Errorf("an error without a place, or too long: %+v", e.Span)
				}
			}
			if err == nil {
				renamed, err := loadFiles(files{"a.proto": strings.NewReplacer("M", "N", " f", " g", "V", "W").Replace(text)})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := Format.Diff(s, renamed); err != nil {
					t.Error(err)
				}
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestPublicImportsInALattice(t *testing.T) {
	f := make(files)
	for layer := range 30 {
		for side := range 2 {
			text := "syntax = \"proto3\";\n"
			for below := range 2 * min(layer, 1) {
				text += fmt.Sprintf("import public \"l%d_%d.proto\";\n", layer-1, below)
			}
			f[fmt.Sprintf("l%d_%d.proto", layer, side)] = text
		}
	}
	f["l0_0.proto"] += "message M { Unknown x = 1; }"
	_, err := loadFiles(f)
	if errs := source.Errors(err); len(errs) != 3 {
		t.Errorf("got %v", errs)
	}
}

func TestRoot(t *testing.T) {
	f := archive(`
-- a.proto --
syntax = "proto3";
package acme.v1;
message Order { message Line {} }
message Refund { message Line {} }
enum Status { UNKNOWN = 0; }
service Orders { rpc Get(Order) returns (Refund); }
`)
	tests := []struct{ root, want string }{
		{"acme.v1.Order", ""},
		{".acme.v1.Order", ""},
		{"Order", ""},
		{"Orders", ""},
		{"Refund.Line", ""},
		{"Line", `a.proto:1:1: the type "Line" that is served can be acme.v1.Order.Line or acme.v1.Refund.Line`},
		{"Ordr", `a.proto:1:1: the type "Ordr" that is served is not declared; these are: acme.v1.Order, acme.v1.Order.Line, acme.v1.Orders, acme.v1.Refund, acme.v1.Refund.Line`},
		{"Status", `a.proto:1:1: the type "Status" that is served is not declared; these are: acme.v1.Order, acme.v1.Order.Line, acme.v1.Orders, acme.v1.Refund, acme.v1.Refund.Line`},
	}
	for _, tt := range tests {
		_, err := Format.Load(t.Context(), schema.Request{FS: f.fs(), Paths: f.protos(), Root: tt.root})
		if got := fmt.Sprint(err); tt.want == "" && err != nil || tt.want != "" && got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.root, got, tt.want)
		}
	}
}
