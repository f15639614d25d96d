// Package protobuf reads and compares Protocol Buffers: proto2, proto3 and
// editions, messages and services.
//
// # What a change does
//
// Protobuf has two encodings that forget different things. Bytes carry numbers, and
// neither the names of fields nor those of types; JSON carries names and no
// numbers. Readers and writers are updated at different times, so each change is
// asked four questions: does a reader with the base get back what was written with
// the head, in bytes and in JSON, and does a reader with the head get back what was
// written with the base. The answers are a risk; who reads and who writes the data
// of the type ([usage]) turns it into the surfaces that a consumer touches. What a
// method takes is written by consumers, and what it returns is read by them;
// everything else is read, unless the port says otherwise.
//
// # How it is compared
//
// load finds the files of the port and all that they import (graph.go, roots.go),
// and has them parsed and linked by protocompile. The syntax trees are kept: they
// are where positions come from. diff then pairs the declarations of both sides
// once (pair.go), and walks the pairs once. A declaration is followed by its full
// name, and where that is gone by its package, by what encloses it, and by the
// fields that refer to it, so a renamed message is one finding. A field is followed
// by its number, unless its name has another number now; a value of an enum
// likewise. A file that did not change, and imports nothing that did, is not walked.
//
// Spelling is no difference: ranges are compared as sets, defaults as values,
// features as what they come to at the element, whatever the edition. Options that
// nobody here understands are protobuf/not-compared where their values differ.
//
// What is said to break is shown where a codec can show it (prove.go): a small message
// is written with one side and read with the other, by dynamicpb and protojson, until
// one does not come back. The values are tried in a fixed order, and not many.
//
// buf breaking answers a part of the same question; peers.go says what it would
// report for each of our findings.
package protobuf

import (
	"path"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
)

// Format is the language of .proto files. A port whose own files declare services,
// and no message that is not part of what they take and return, is an API; any
// other is a stream.
var Format = schema.Language[*port]{
	Name:  "protobuf",
	Kind:  schema.Stream,
	Rules: []change.Rules{rules},
	Gaps:  gaps,
	Match: func(name string) bool { return path.Ext(name) == ".proto" || isSetName(name) },
	Claims: func(name string, text []byte) bool {
		return path.Ext(name) == ".proto" || isSetName(name) && isSet(text)
	},
	Load:     load,
	Diff:     diff,
	Outline:  outline,
	At:       func(p *port) source.Span { return p.span },
	Imports:  imports,
	Mentions: mentions,
	Terms:    terms,
	Ports:    ports,
	Promises: func(p *port) []slo.Objective { return p.promised },
	Options:  []string{"options", "preset"},
	Configs:  []string{bufConfig},
	Presets:  presets,
	Prove:    prove,
}.Format()

var gaps = []string{
	"the meaning of custom options that no contract lists (formats.protobuf.options), and of built-in ones that are neither about generated code nor about data, such as debug_redact and message_set_wire_format (protobuf/not-compared where they differ)",
	"edition 2024 and later, which cannot be read yet",
	"imports that only a registry has, such as the dependencies in buf.lock: they have to stand in the repository",
	"comments, and the order of declarations where it means nothing",
	"numbers that were used before the base and are not reserved",
	"whether the names of two fields that stayed clash in JSON",
}
