// Package avro reads and compares Avro schemas: .avsc files, protocols (.avpr), and
// the schema that an object container file (.avro) carries.
//
// # What a change does
//
// Avro data does not describe itself: whoever reads needs the schema it was written
// with, and resolves it against its own (specification, "Schema Resolution"). So every
// pair of schemas is asked two questions. Can a reader with the base read what is
// written with the head (surface wire: the consumers of today), and can a reader with
// the head read what was written with the base (surface replay: backfills, compacted
// topics)? [resolver] answers both as the specification and its reference implementation
// do, with one difference: a pair of recursive types that is still being asked about is
// never taken for granted in an answer that is kept (resolve.go).
//
// What resolves may still mean something else: a decimal point moves, milliseconds are
// taken for microseconds, a removed field reads as its default, digits are lost in a
// float. Resolution has no word for that, and generated code breaks on names that data
// does not carry. Those rules are our own, and carry no id of another tool.
//
// # How it is compared
//
// load reads the files of a port into one registry of named types, finds the types that
// they name in the files beside them, and validates all of it, defaults included. diff
// pairs the roots and walks each pair of types once. On its way down it takes along the
// directions in which the place is a problem at all: below the branch of a union that
// another branch stands in for, nothing is broken. That makes a finding at the innermost
// place, and none where data is read well.
//
// What is said to break is shown by a value that is written with one side and read with
// the other by a codec (prove.go).
package avro

import (
	"path"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
)

// Format is Apache Avro.
var Format = schema.Language[*port]{
	Name:      "avro",
	Kind:      schema.Stream,
	Rules:     []change.Rules{rules},
	Gaps:      gaps,
	Documents: true,
	Match:     match,
	Claims:    claims,
	Load:      load,
	Imports:   imports,
	Diff:      diff,
	Outline:   outline,
	At:        func(p *port) source.Span { return p.span },
	Prove:     prove,
}.Format()

var gaps = []string{
	"Avro IDL (.avdl), which has to be compiled to .avpr or .avsc",
	"the messages of a protocol (avro/not-compared where they differ)",
	"the sort order of records, which only sorting of encoded data uses",
	"properties that the specification does not define, besides labels and deprecation (avro/not-compared where they differ)",
	"properties that stand beside a reference to a named type, and those of a protocol itself",
	"aliases and defaults that only data older than the base needs, as long as no older version is compared",
}

// The endings of files that hold schemas.
const (
	schemaFile    = ".avsc"
	protocolFile  = ".avpr"
	containerFile = ".avro"
	idlFile       = ".avdl"
)

func ending(name string) string { return strings.ToLower(path.Ext(name)) }

func match(name string) bool {
	switch ending(name) {
	case schemaFile, protocolFile, containerFile:
		return true
	}
	return false
}

// claims takes files by their ending. What ends in .avro is data or, of old, a schema.
func claims(name string, text []byte) bool {
	if !match(name) {
		return false
	}
	if ending(name) != containerFile || isContainer(text) {
		return true
	}
	begins := strings.TrimLeft(string(text[:min(len(text), 64)]), " \t\r\n")
	return strings.HasPrefix(begins, "{") || strings.HasPrefix(begins, "[")
}

// MatchUnread and Unread know Avro IDL, which is a contract and is not read.
func MatchUnread(name string) bool { return ending(name) == idlFile }

// Unread says what is to be committed instead of an IDL file.
func Unread(string, []byte) (why string, ok bool) {
	return "Avro IDL is not read; want the .avpr or .avsc that it is compiled to (avro-tools idl, idl2schemata)", true
}
