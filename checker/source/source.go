// Package source points into the files of a revision, and reports what could
// not be read there.
//
// Everything that Breakwater says ends at a place: a [Span] of a file. What a
// user's file did wrong is an [Error], which carries its span, so that a report
// can show the line and a person can act on it. Several errors travel joined
// ([errors.Join]); [Errors] takes them apart again.
package source

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Pos is a place in a file. Lines and columns count from 1; a column
// counts bytes, as editors' "line:column" links do.
type Pos struct{ Line, Column int }

// Compare orders positions as a reader meets them.
func (p Pos) Compare(q Pos) int {
	return cmp.Or(cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// A Span is the half-open stretch [Start, End) of one file.
// The zero Span means that the element has no text of its own.
type Span struct {
	File       string
	Start, End Pos
}

// Top is the first character of file: where to point when there is no better place.
func Top(file string) Span {
	return Span{File: file, Start: Pos{1, 1}, End: Pos{1, 1}}
}

// IsZero reports whether s points nowhere.
func (s Span) IsZero() bool { return s.File == "" }

// String formats s as file:line:column, which terminals turn into a link.
func (s Span) String() string {
	if s.IsZero() {
		return "-"
	}
	return fmt.Sprintf("%s:%d:%d", s.File, s.Start.Line, s.Start.Column)
}

// Compare orders spans by file, then as a reader meets them.
func (s Span) Compare(t Span) int {
	return cmp.Or(strings.Compare(s.File, t.File), s.Start.Compare(t.Start), s.End.Compare(t.End))
}

// An Excerpt is the text that a report shows for a span.
type Excerpt struct {
	First int // the number of the first line
	Lines []string
}

// Cut returns the line at which s starts and the one before it. A line that is
// longer than maxLine bytes is cut there: a report shows text, not data dumps.
func Cut(text []byte, s Span) Excerpt {
	const maxLine = 4096
	if s.Start.Line < 1 {
		return Excerpt{First: 1}
	}
	var e Excerpt
	var before []byte
	for number := 1; ; number++ {
		line, rest, more := bytes.Cut(text, []byte("\n"))
		if number < s.Start.Line && more {
			before, text = line, rest
			continue
		}
		lines := [][]byte{before, line}
		if number == 1 {
			lines = lines[1:]
		}
		e.First = number - len(lines) + 1
		for _, line := range lines {
			line = bytes.TrimSuffix(line, []byte("\r"))
			e.Lines = append(e.Lines, string(line[:min(len(line), maxLine)]))
		}
		return e
	}
}

// Lines finds the position of a byte offset in a text.
type Lines struct{ starts []int }

// NewLines indexes text.
func NewLines(text []byte) *Lines {
	l := &Lines{starts: []int{0}}
	for i, c := range text {
		if c == '\n' {
			l.starts = append(l.starts, i+1)
		}
	}
	return l
}

// Pos returns the position of the byte at offset.
func (l *Lines) Pos(offset int) Pos {
	line, found := slices.BinarySearch(l.starts, offset)
	if !found {
		line--
	}
	return Pos{Line: line + 1, Column: offset - l.starts[line] + 1}
}

// Offset returns the offset of the first byte of line, which counts from 1. A
// line beyond the text is taken for the last one.
func (l *Lines) Offset(line int) int {
	return l.starts[max(min(line, len(l.starts)), 1)-1]
}

// An Error says what could not be understood, and where.
type Error struct {
	Span Span
	Msg  string
	Also []Span // other places that a person has to look at to understand Msg
	Err  error  // the parser's own error, if it had one
}

func (e *Error) Error() string {
	if e.Span.IsZero() {
		return e.Msg
	}
	return e.Span.String() + ": " + e.Msg
}

// Unwrap returns the error that led to e, if there is one.
func (e *Error) Unwrap() error { return e.Err }

// Errorf returns an Error at span. A %w operand becomes its Err.
func Errorf(span Span, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Span: span, Msg: err.Error(), Err: errors.Unwrap(err)}
}

// Errors takes joined errors apart. One that has no place gets the zero Span.
func Errors(err error) []*Error {
	switch e := err.(type) {
	case nil:
		return nil
	case *Error:
		return []*Error{e}
	case interface{ Unwrap() []error }:
		var all []*Error
		for _, err := range e.Unwrap() {
			all = append(all, Errors(err)...)
		}
		return all
	}
	return []*Error{{Msg: err.Error(), Err: err}}
}
