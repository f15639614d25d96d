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
	r := &jsonReader{file: file, text: string(text), lines: source.NewLines(text), left: MaxNodes}
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
	file  string
	text  string
	lines *source.Lines
	at    int
	left  int
}

func (r *jsonReader) fail(format string, args ...any) {
	panic(source.Errorf(r.span(r.at, min(r.at+1, len(r.text))), format, args...))
}

func (r *jsonReader) span(start, end int) source.Span { return NewSpan(r.file, r.lines, start, end) }

// next names what stands at the reader's place, for an error.
func (r *jsonReader) next() string {
	if r.at >= len(r.text) {
		return "the end of the file"
	}
	c, _ := utf8.DecodeRuneInString(r.text[r.at:])
	return strconv.QuoteRune(c)
}

func (r *jsonReader) space() {
	for r.at < len(r.text) && strings.IndexByte(" \t\r\n", r.text[r.at]) >= 0 {
		r.at++
	}
}

func (r *jsonReader) value(depth int) *Node {
	if depth > MaxDepth {
		r.fail("the document is nested more than %d deep", MaxDepth)
	}
	if r.left--; r.left < 0 {
		r.fail("the document has more than %d values", MaxNodes)
	}
	if r.at == len(r.text) {
		r.fail("want a value, got the end of the file")
	}
	start := r.at
	n := new(Node)
	switch c := r.text[r.at]; {
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
	n.Span = r.span(start, r.at)
	return n
}

func (r *jsonReader) object(n *Node, depth int) {
	n.Kind = Map
	seen := make(map[string]bool)
	for first := true; ; first = false {
		r.at++ // past { or ,
		if r.space(); first && r.at < len(r.text) && r.text[r.at] == '}' {
			break
		}
		if r.at == len(r.text) || r.text[r.at] != '"' {
			r.fail("want a name in quotes, got %s", r.next())
		}
		start := r.at
		key := &Node{Tag: String, Text: r.string()}
		key.Span = r.span(start, r.at)
		if seen[key.Text] {
			panic(twice(key))
		}
		seen[key.Text] = true
		if r.space(); r.at == len(r.text) || r.text[r.at] != ':' {
			r.fail("want a colon, got %s", r.next())
		}
		r.at++
		r.space()
		n.Keys, n.Items = append(n.Keys, key), append(n.Items, r.value(depth+1))
		if r.space(); r.at == len(r.text) || r.text[r.at] != ',' {
			break
		}
	}
	if r.at == len(r.text) || r.text[r.at] != '}' {
		r.fail("want a comma or }, got %s", r.next())
	}
	r.at++
}

func (r *jsonReader) array(n *Node, depth int) {
	n.Kind = List
	for first := true; ; first = false {
		r.at++ // past [ or ,
		if r.space(); first && r.at < len(r.text) && r.text[r.at] == ']' {
			break
		}
		n.Items = append(n.Items, r.value(depth+1))
		if r.space(); r.at == len(r.text) || r.text[r.at] != ',' {
			break
		}
	}
	if r.at == len(r.text) || r.text[r.at] != ']' {
		r.fail("want a comma or ], got %s", r.next())
	}
	r.at++
}

func (r *jsonReader) word() (tag, text string) {
	for word, tag := range map[string]string{"true": Bool, "false": Bool, "null": Null} {
		if strings.HasPrefix(r.text[r.at:], word) {
			r.at += len(word)
			return tag, word
		}
	}
	r.fail("want a value, got %s", r.next())
	return "", ""
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
	start := r.at + 1
	end := strings.IndexAny(r.text[start:], "\"\\\n")
	if end >= 0 && r.text[start+end] == '"' && !strings.ContainsFunc(r.text[start:start+end], isControl) {
		r.at = start + end + 1
		return r.text[start : start+end] // no escapes: no copy
	}
	var b strings.Builder
	for r.at++; ; r.at++ {
		if r.at == len(r.text) {
			r.at = start - 1
			r.fail("a string is not closed")
		}
		switch c := r.text[r.at]; {
		case c == '"':
			r.at++
			return b.String()
		case c == '\\':
			r.at++
			b.WriteString(r.escape())
		case isControl(rune(c)):
			r.fail("the character %s must be escaped in a string", r.next())
		default:
			b.WriteByte(c)
		}
	}
}

func isControl(r rune) bool { return r < ' ' }

// escape reads what follows a backslash and stays at its last byte.
func (r *jsonReader) escape() string {
	if r.at == len(r.text) {
		r.fail("a string is not closed")
	}
	if i := strings.IndexByte(`"\/bfnrt`, r.text[r.at]); i >= 0 {
		return "\"\\/\b\f\n\r\t"[i : i+1]
	}
	if r.text[r.at] != 'u' {
		r.fail(`\%c is no escape`, r.text[r.at])
	}
	c := r.hex(r.at + 1)
	r.at += 4
	if utf16.IsSurrogate(c) && strings.HasPrefix(r.text[r.at+1:], `\u`) {
		if pair := utf16.DecodeRune(c, r.hex(r.at+3)); pair != utf8.RuneError {
			r.at += 6
			return string(pair)
		}
	}
	return string(c) // half a pair becomes U+FFFD
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
