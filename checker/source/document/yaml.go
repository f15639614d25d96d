package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/breakwater-data/breakwater/checker/source"
	"go.yaml.in/yaml/v3"
)

// parseYAML reads every document of a stream.
func parseYAML(file string, text []byte) ([]*Node, error) {
	if isCommon(text) {
		r := newCommonReader(file, text)
		if docs, ok := r.read(); ok {
			return docs, nil
		}
		if r.left < 0 {
			at := source.Span{File: file, Start: r.pos(), End: r.pos()}
			return nil, source.Errorf(at, "the document has more than %d keys and values", MaxNodes)
		}
	}
	if marks(text) > maxMarks {
		return nil, source.Errorf(source.Top(file), "the YAML has anchors, tags or other things that are read one by one, and more than %d lines, colons and commas; write it without them, in JSON, or in several files", maxMarks)
	}
	return parseLibrary(file, text)
}

// maxMarks bounds what the library is given. It has no limit of its own, and takes about
// 250 bytes for each of its nodes, of which there are two for each mark at most.
const maxMarks = 1_500_000

// marks counts what a node of YAML begins or ends with.
func marks(text []byte) (n int) {
	for i, c := range text {
		switch c {
		case '\n', ',', '[', '{', ':':
			n++
		case '-', '?':
			if i+1 == len(text) || isWhite(text[i+1]) {
				n++
			}
		}
	}
	return n
}

// parseLibrary reads every document of a stream of any YAML.
func parseLibrary(file string, text []byte) (docs []*Node, err error) {
	r := &yamlReader{file: file, text: text, lines: source.NewLines(text), left: MaxNodes}
	// The parser has crashed on hostile input before: that is an error of the file.
	defer func() {
		if p := recover(); p != nil {
			docs, err = nil, source.Errorf(source.Top(file), "the YAML cannot be read: %v", p)
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var doc yaml.Node
		if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
			return docs, nil
		} else if err != nil {
			return nil, r.explain(err)
		}
		if doc.Kind == 0 || len(doc.Content) == 0 {
			continue
		}
		n, err := r.node(doc.Content[0], 0)
		if err != nil {
			return nil, err
		}
		if !n.IsNull() {
			docs = append(docs, n)
		}
	}
}

type yamlReader struct {
	arena
	file  string
	text  []byte
	lines *source.Lines
	left  int
	wide  map[int][]int32 // of each long line, the offset of each of its characters
}

// explain gives the library's error the place that it names in words.
func (r *yamlReader) explain(err error) error {
	span := source.Top(r.file)
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	if after, ok := strings.CutPrefix(msg, "line "); ok {
		number, rest, _ := strings.Cut(after, ": ")
		if line, err := strconv.Atoi(number); err == nil {
			span.Start.Line, span.End.Line = line, line
			msg = rest
		}
	}
	return &source.Error{Span: span, Msg: "the YAML cannot be read: " + msg, Err: err}
}

func (r *yamlReader) node(y *yaml.Node, depth int) (*Node, error) {
	if depth > MaxDepth { // an alias to itself ends here
		return nil, r.errorf(y, "the document is nested more than %d deep", MaxDepth)
	}
	if r.left--; r.left < 0 {
		return nil, r.errorf(y, "the document has more than %d keys and values, aliases followed", MaxNodes)
	}
	if y.Kind == yaml.AliasNode {
		return r.node(y.Alias, depth+1)
	}
	n := r.alloc()
	n.Span = r.span(y)
	members := r.open()
	switch y.Kind {
	case yaml.ScalarNode:
		n.Tag, n.Text = y.ShortTag(), y.Value
		return n, nil
	case yaml.SequenceNode:
		n.Kind = List
		for _, item := range y.Content {
			child, err := r.node(item, depth+1)
			if err != nil {
				return nil, err
			}
			r.addItem(child)
		}
	case yaml.MappingNode:
		n.Kind = Map
		if err := r.members(y, &members, depth); err != nil {
			return nil, err
		}
	}
	r.close(n, members)
	return n, nil
}

// members reads what a mapping holds. Keys that a merge key (<<) brings stand behind
// the mapping's own, which win.
func (r *yamlReader) members(y *yaml.Node, members *frame, depth int) error {
	var merged []*Node
	for i := 0; i+1 < len(y.Content); i += 2 {
		value, err := r.node(y.Content[i+1], depth+1)
		if err != nil {
			return err
		}
		if y.Content[i].ShortTag() == merge {
			if value.Kind == List {
				merged = append(merged, value.Items...)
			} else {
				merged = append(merged, value)
			}
			continue
		}
		key, err := r.node(y.Content[i], depth+1)
		if err != nil {
			return err
		}
		if key.Kind != Scalar {
			return source.Errorf(key.Span, "a key is a word, not a list or a map")
		}
		if !r.addKey(members, key) {
			return twice(key)
		}
		r.addItem(value)
	}
	for _, m := range merged {
		if m.Kind != Map {
			return source.Errorf(m.Span, "<< takes a map or a list of maps")
		}
		for i, key := range m.Keys {
			if r.addKey(members, key) {
				r.addItem(m.Items[i])
			}
		}
	}
	return nil
}

// span finds where a node ends, which the library does not say. A block scalar is
// shown by the line that begins it.
func (r *yamlReader) span(y *yaml.Node) source.Span {
	if y.Line == 0 { // an empty value stands nowhere
		return source.Top(r.file)
	}
	start := r.offset(y.Line, y.Column)
	rest := r.text[start:]
	var length int
	switch {
	case y.Kind != yaml.ScalarNode:
		length = min(1, len(rest))
	case y.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		length = quotedLen(rest)
	case y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		length = lineLen(rest)
	case len(rest) >= len(y.Value) && string(rest[:len(y.Value)]) == y.Value:
		length = len(y.Value)
	default: // folded over several lines, or tagged
		length = lineLen(rest)
	}
	at := r.lines.Pos(start)
	s := source.Span{File: r.file, Start: at, End: at}
	s.End.Column += length
	if bytes.IndexByte(rest[:length], '\n') >= 0 {
		s.End = r.lines.Pos(start + length)
	}
	return s
}

// offset turns the parser's column, which counts characters, into a byte offset.
func (r *yamlReader) offset(line, column int) int {
	const long = 200
	at := r.lines.Offset(line)
	if column > long {
		if r.wide[line] == nil {
			r.widen(line, at)
		}
		return int(r.wide[line][min(column, len(r.wide[line]))-1])
	}
	for ; column > 1 && at < len(r.text); column-- {
		_, size := utf8.DecodeRune(r.text[at:])
		at += size
	}
	return at
}

// widen indexes the characters of a line, which begins at offset at, so that one
// with many values is walked once.
func (r *yamlReader) widen(line, at int) {
	var offsets []int32
	for end := at + lineLen(r.text[at:]); at < end; {
		offsets = append(offsets, int32(at))
		_, size := utf8.DecodeRune(r.text[at:])
		at += size
	}
	if r.wide == nil {
		r.wide = make(map[int][]int32)
	}
	r.wide[line] = append(offsets, int32(at))
}

// quotedLen returns the length of the quoted scalar at the start of text.
func quotedLen(text []byte) int {
	if len(text) == 0 || text[0] != '"' && text[0] != '\'' {
		return lineLen(text) // a tag or an anchor stands before it
	}
	for i := 1; i < len(text); i++ {
		switch {
		case text[0] == '"' && text[i] == '\\':
			i++
		case text[i] != text[0]:
		case text[0] == '\'' && i+1 < len(text) && text[i+1] == '\'':
			i++
		default:
			return i + 1
		}
	}
	return len(text)
}

func lineLen(text []byte) int {
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		return len(strings.TrimRight(string(text[:i]), "\r"))
	}
	return len(text)
}

func (r *yamlReader) errorf(y *yaml.Node, format string, args ...any) error {
	return source.Errorf(r.span(y), "%s", fmt.Sprintf(format, args...))
}
