package document

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/breakwater-data/breakwater/checker/source"
)

// parseJSON reads one JSON value (RFC 8259) and nothing after it. It returns nil
// for text of white space only.
func parseJSON(file string, text []byte) (n *Node, err error) {
	r := &jsonReader{file: file, text: string(text), line: 1, left: MaxNodes}
	defer func() {
		if p := recover(); p != nil {
			e, ok := p.(*source.Error)
			if !ok {
				panic(p)
			}
			n, err = nil, e
		}
	}()
	if r.space(); r.at == len(r.text) {
		return nil, nil
	}
	n = r.value(0)
	if r.space(); r.at < len(r.text) {
		r.fail("want the end of the file, got %s", r.next())
	}
	return n, nil
}

// A jsonReader panics with the *source.Error that ends it.
type jsonReader struct {
	arena
	file string
	text string
	left int    // how many nodes may follow
	buf  []byte // a string that is being put together

	at    int // the offset of the reader's place
	line  int // its line, from 1
	start int // the offset at which that line begins
}

func (r *jsonReader) fail(format string, args ...any) {
	lines := source.NewLines([]byte(r.text))
	panic(source.Errorf(NewSpan(r.file, lines, r.at, min(r.at+1, len(r.text))), format, args...))
}

func (r *jsonReader) pos() source.Pos { return source.Pos{Line: r.line, Column: r.at - r.start + 1} }

// next names what stands at the reader's place, for an error.
func (r *jsonReader) next() string {
	if r.at >= len(r.text) {
		return "the end of the file"
	}
	c, _ := utf8.DecodeRuneInString(r.text[r.at:])
	return strconv.QuoteRune(c)
}

// peek returns the byte at the reader's place, 0 at the end.
func (r *jsonReader) peek() byte {
	if r.at < len(r.text) {
		return r.text[r.at]
	}
	return 0
}

func (r *jsonReader) space() {
	for ; r.at < len(r.text); r.at++ {
		switch r.text[r.at] {
		case '\n':
			r.line++
			r.start = r.at + 1
		case ' ', '\t', '\r':
		default:
			return
		}
	}
}

// node returns a new node that begins at the reader's place.
func (r *jsonReader) node() *Node {
	if r.left--; r.left < 0 {
		r.fail("the document has more than %d keys and values", MaxNodes)
	}
	n := r.alloc()
	n.Span.File, n.Span.Start = r.file, r.pos()
	return n
}

func (r *jsonReader) value(depth int) *Node {
	if depth > MaxDepth {
		r.fail("the document is nested more than %d deep", MaxDepth)
	}
	n := r.node()
	switch c := r.peek(); {
	case r.at == len(r.text):
		r.fail("want a value, got the end of the file")
	case c == '{':
		r.object(n, depth)
	case c == '[':
		r.array(n, depth)
	case c == '"':
		n.Tag, n.Text = String, r.string()
	case c == '-' || '0' <= c && c <= '9':
		n.Tag, n.Text = r.number()
	default:
		n.Tag, n.Text = r.word()
	}
	n.Span.End = r.pos()
	return n
}

func (r *jsonReader) object(n *Node, depth int) {
	n.Kind = Map
	members := r.open()
	for first := true; ; first = false {
		r.at++ // past { or ,
		if r.space(); first && r.peek() == '}' {
			break
		}
		if r.peek() != '"' {
			r.fail("want a name in quotes, got %s", r.next())
		}
		key := r.node()
		key.Tag, key.Text = String, r.string()
		key.Span.End = r.pos()
		if !r.addKey(&members, key) {
			panic(twice(key))
		}
		if r.space(); r.peek() != ':' {
			r.fail("want a colon, got %s", r.next())
		}
		r.at++
		r.space()
		r.addItem(r.value(depth + 1))
		if r.space(); r.peek() != ',' {
			break
		}
	}
	if r.peek() != '}' {
		r.fail("want a comma or }, got %s", r.next())
	}
	r.at++
	r.close(n, members)
}

func (r *jsonReader) array(n *Node, depth int) {
	n.Kind = List
	members := r.open()
	for first := true; ; first = false {
		r.at++ // past [ or ,
		if r.space(); first && r.peek() == ']' {
			break
		}
		r.addItem(r.value(depth + 1))
		if r.space(); r.peek() != ',' {
			break
		}
	}
	if r.peek() != ']' {
		r.fail("want a comma or ], got %s", r.next())
	}
	r.at++
	r.close(n, members)
}

func (r *jsonReader) word() (tag, text string) {
	switch rest := r.text[r.at:]; {
	case strings.HasPrefix(rest, "true"):
		tag, text = Bool, "true"
	case strings.HasPrefix(rest, "false"):
		tag, text = Bool, "false"
	case strings.HasPrefix(rest, "null"):
		tag, text = Null, "null"
	default:
		r.fail("want a value, got %s", r.next())
	}
	r.at += len(text)
	return tag, text
}

func (r *jsonReader) number() (tag, text string) {
	start := r.at
	digits := func() {
		from := r.at
		for r.at < len(r.text) && '0' <= r.text[r.at] && r.text[r.at] <= '9' {
			r.at++
		}
		if r.at == from {
			r.fail("want a digit, got %s", r.next())
		}
	}
	is := func(set string) bool { return r.at < len(r.text) && strings.IndexByte(set, r.text[r.at]) >= 0 }
	if is("-") {
		r.at++
	}
	if is("0") {
		if r.at++; is("0123456789") {
			r.fail("a number does not begin with 0")
		}
	} else {
		digits()
	}
	tag = Int
	if is(".") {
		tag = Float
		r.at++
		digits()
	}
	if is("eE") {
		tag = Float
		if r.at++; is("+-") {
			r.at++
		}
		digits()
	}
	return tag, r.text[start:r.at]
}

// string reads a string literal and returns what it means.
func (r *jsonReader) string() string {
	open := r.at
	r.at++
	part := r.stringPart()
	if r.peek() == '"' {
		r.at++
		return part // no escapes: no copy
	}
	for r.buf = r.buf[:0]; ; part = r.stringPart() {
		r.buf = append(r.buf, part...)
		switch {
		case r.at == len(r.text):
			r.at = open
			r.fail("a string is not closed")
		case r.text[r.at] == '"':
			r.at++
			return string(r.buf)
		case r.text[r.at] == '\\':
			r.at++
			r.escape()
			r.at++
		default:
			r.fail("the character %s must be escaped in a string", r.next())
		}
	}
}

// stringPart reads what stands as it is in a string.
func (r *jsonReader) stringPart() string {
	from := r.at
	for r.at < len(r.text) && class[r.text[r.at]]&stringStop == 0 {
		r.at++
	}
	return r.text[from:r.at]
}

// escape reads what follows a backslash and stays at its last byte.
func (r *jsonReader) escape() {
	if r.at == len(r.text) {
		r.fail("a string is not closed")
	}
	if i := strings.IndexByte(`"\/bfnrt`, r.text[r.at]); i >= 0 {
		r.buf = append(r.buf, "\"\\/\b\f\n\r\t"[i])
		return
	}
	if r.text[r.at] != 'u' {
		r.fail(`\%c is no escape`, r.text[r.at])
	}
	c := r.hex(r.at + 1)
	r.at += 4
	if utf16.IsSurrogate(c) && strings.HasPrefix(r.text[r.at+1:], `\u`) {
		if pair := utf16.DecodeRune(c, r.hex(r.at+3)); pair != utf8.RuneError {
			r.at += 6
			c = pair
		}
	}
	r.buf = utf8.AppendRune(r.buf, c) // half a pair becomes U+FFFD
}

func (r *jsonReader) hex(at int) rune {
	if at+4 <= len(r.text) {
		if c, err := strconv.ParseUint(r.text[at:at+4], 16, 16); err == nil {
			return rune(c)
		}
	}
	r.fail(`want four hexadecimal digits after \u`)
	return 0
}

func twice(key *Node) *source.Error {
	return source.Errorf(key.Span, "key %s is given twice", quote(key.Text))
}

// quote quotes a user's text for a message, shortened where it is long.
func quote(text string) string {
	if len(text) > 60 {
		text = text[:60] + "…"
	}
	return fmt.Sprintf("%q", text)
}
