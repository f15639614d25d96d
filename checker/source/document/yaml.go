package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/breakwater-data/breakwater/checker/source"
	"go.yaml.in/yaml/v3"
)

// parseYAML reads every document of a stream.
func parseYAML(file string, text []byte) ([]*Node, error) {
	if docs, ok := parseCommon(file, text); ok {
		return docs, nil
	}
	return parseLibrary(file, text)
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
	file  string
	text  []byte
	lines *source.Lines
	left  int
	wide  map[int][]int32 // of each long line, the offset of each of its characters
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// explain gives the parser's error the place that it names in words.
func (r *yamlReader) explain(err error) error {
	msg := err.Error()
	span := source.Top(r.file)
	if m := yamlLine.FindStringSubmatch(msg); m != nil {
		msg = msg[len(m[0]):]
		if line, err := strconv.Atoi(m[1]); err == nil {
			span.Start.Line, span.End.Line = line, line
		}
	}
	return &source.Error{Span: span, Msg: "the YAML cannot be read: " + msg, Err: err}
}

func (r *yamlReader) node(y *yaml.Node, depth int) (*Node, error) {
	if depth > MaxDepth { // an alias to itself ends here
		return nil, r.errorf(y, "the document is nested more than %d deep", MaxDepth)
	}
	if r.left--; r.left < 0 {
		return nil, r.errorf(y, "the document has more than %d values, aliases followed", MaxNodes)
	}
	n := &Node{Span: r.span(y)}
	switch y.Kind {
	case yaml.AliasNode:
		return r.node(y.Alias, depth+1)
	case yaml.ScalarNode:
		n.Tag, n.Text = y.ShortTag(), y.Value
	case yaml.SequenceNode:
		n.Kind = List
		for _, item := range y.Content {
			child, err := r.node(item, depth+1)
			if err != nil {
				return nil, err
			}
			n.Items = append(n.Items, child)
		}
	case yaml.MappingNode:
		n.Kind = Map
		if err := r.members(n, y, depth); err != nil {
			return nil, err
		}
	}
	if len(n.Items) > 0 { // it ends where its last value does
		if end := n.Items[len(n.Items)-1].Span.End; n.Span.End.Compare(end) < 0 {
			n.Span.End = end
		}
	}
	return n, nil
}

// members fills in a mapping. Keys that a merge key (<<) brings stand behind the
// mapping's own, which win.
func (r *yamlReader) members(n *Node, y *yaml.Node, depth int) error {
	seen := make(map[string]bool)
	var merged []*Node
	for i := 0; i+1 < len(y.Content); i += 2 {
		value, err := r.node(y.Content[i+1], depth+1)
		if err != nil {
			return err
		}
		if y.Content[i].ShortTag() == merge {
			if merged = append(merged, value); value.Kind == List {
				merged = append(merged[:len(merged)-1], value.Items...)
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
		if seen[key.Text] {
			return twice(key)
		}
		seen[key.Text] = true
		n.Keys, n.Items = append(n.Keys, key), append(n.Items, value)
	}
	for _, m := range merged {
		if m.Kind != Map {
			return source.Errorf(m.Span, "<< takes a map or a list of maps")
		}
		for i, key := range m.Keys {
			if !seen[key.Text] {
				seen[key.Text] = true
				n.Keys, n.Items = append(n.Keys, key), append(n.Items, m.Items[i])
			}
		}
	}
	return nil
}

// span finds where a node ends, which the parser does not say. A block scalar is
// shown by the line that begins it.
func (r *yamlReader) span(y *yaml.Node) source.Span {
	if y.Line == 0 { // an empty value stands nowhere
		return source.Top(r.file)
	}
	start := r.offset(y.Line, y.Column)
	end := start
	rest := r.text[start:]
	switch {
	case y.Kind != yaml.ScalarNode:
		end = start + min(1, len(rest))
	case y.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		end = start + quotedLen(rest)
	case y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		end = start + lineLen(rest)
	case bytes.HasPrefix(rest, []byte(y.Value)):
		end = start + len(y.Value)
	default: // folded over several lines, or tagged
		end = start + lineLen(rest)
	}
	return NewSpan(r.file, r.lines, start, end)
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
