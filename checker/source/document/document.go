// Package document reads JSON and YAML into trees that keep their positions, so
// that whatever is wrong in them can be pointed at.
//
// Both languages give the same tree: a JSON document and its YAML twin are
// [Equal]. Scalars keep the text that was written, because a number that went
// through a float64 is another number: version 1.10 is not version 1.1.
//
// The limits are hard. A document comes from a stranger's pull request, and one
// that is too large, too deep or grows by aliases is an error, not a wait.
package document

import (
	"bytes"
	"math/big"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/breakwater-data/breakwater/checker/source"
)

// Limits of one file. A tree takes less than 150 bytes for each of its nodes.
const (
	MaxBytes = 48 << 20
	MaxDepth = 200
	MaxNodes = 3_000_000 // keys and values, after aliases and merge keys are followed
)

// A Kind is what a node is in JSON's terms.
type Kind uint8

const (
	Scalar Kind = iota // its Text is as written, without quotes: 1.0 and "1.0" differ by Tag
	List
	Map
)

// The tags of scalars.
const (
	String = "!!str"
	Int    = "!!int"
	Float  = "!!float"
	Bool   = "!!bool"
	Null   = "!!null"

	merge = "!!merge" // of the key << in YAML
)

// A Node is a value and where it stands. The nil Node is an absent value: its
// methods answer as for an empty one, so lookups chain.
type Node struct {
	Kind  Kind
	Tag   string // of a Scalar: String, Int …
	Text  string // of a Scalar
	Keys  []*Node
	Items []*Node // of a Map, the value of each of Keys
	Span  source.Span
}

// Get returns the value of key in a Map, or nil.
func (n *Node) Get(key string) *Node {
	if n != nil && n.Kind == Map {
		for i, k := range n.Keys {
			if k.Text == key {
				return n.Items[i]
			}
		}
	}
	return nil
}

// Key returns the node that names key in a Map, or nil: where to point when the
// member as a whole is meant.
func (n *Node) Key(key string) *Node {
	if n != nil && n.Kind == Map {
		for _, k := range n.Keys {
			if k.Text == key {
				return k
			}
		}
	}
	return nil
}

// IsNull reports whether n is absent or null, which contracts do not tell apart.
func (n *Node) IsNull() bool { return n == nil || n.Kind == Scalar && n.Tag == Null }

// String returns the text of a Scalar that is not null, else "".
func (n *Node) String() string {
	if n.IsNull() || n.Kind != Scalar {
		return ""
	}
	return n.Text
}

// List returns the items of a List, else none.
func (n *Node) List() []*Node {
	if n == nil || n.Kind != List {
		return nil
	}
	return n.Items
}

// Size counts n and all that it holds, keys and values.
func (n *Node) Size() int {
	if n == nil {
		return 0
	}
	size := 1 + len(n.Keys)
	for _, item := range n.Items {
		size += item.Size()
	}
	return size
}

// At returns where n stands, the zero Span if it does not.
func (n *Node) At() source.Span {
	if n == nil {
		return source.Span{}
	}
	return n.Span
}

// Equal reports whether a and b mean the same: members in any order, a null
// member or none, a number or a date in any spelling, a scalar with quotes or
// without. What means nothing to a reader of the document is no difference.
func Equal(a, b *Node) bool {
	switch {
	case a.IsNull() || b.IsNull():
		return a.IsNull() && b.IsNull()
	case a.Kind != b.Kind:
		return false
	case a.Kind == Scalar:
		return a.Text == b.Text || sameNumber(a, b) || sameTime(a, b)
	case a.Kind == List:
		if len(a.Items) != len(b.Items) {
			return false
		}
		for i := range a.Items {
			if !Equal(a.Items[i], b.Items[i]) {
				return false
			}
		}
		return true
	}
	return within(a, b) && within(b, a)
}

// within reports whether each member of a is in b.
func within(a, b *Node) bool {
	index := make(map[string]*Node, len(b.Keys))
	for i, k := range b.Keys {
		index[k.Text] = b.Items[i]
	}
	for i, k := range a.Keys {
		if !Equal(a.Items[i], index[k.Text]) {
			return false
		}
	}
	return true
}

func sameNumber(a, b *Node) bool {
	x, ok1 := a.Number()
	y, ok2 := b.Number()
	return ok1 && ok2 && x.Cmp(y) == 0
}

// Number returns the exact value of a scalar that is written as a number.
func (n *Node) Number() (*big.Rat, bool) {
	if n == nil || n.Kind != Scalar || n.Tag != Int && n.Tag != Float || len(n.Text) > 64 {
		return nil, false
	}
	text := strings.ReplaceAll(n.Text, "_", "")
	// An exponent could ask for a number of any length.
	if mantissa, exponent, ok := strings.Cut(strings.ToLower(text), "e"); ok && !strings.HasPrefix(mantissa, "0x") && len(strings.TrimLeft(exponent, "+-0")) > 3 {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

// sameTime compares dates, which the tools that rewrite YAML spell anew.
func sameTime(a, b *Node) bool {
	x, ok1 := parseTime(a.Text)
	y, ok2 := parseTime(b.Text)
	return ok1 && ok2 && x.Equal(y)
}

func parseTime(text string) (t time.Time, ok bool) {
	if len(text) < len(time.DateOnly) || len(text) > len(time.RFC3339Nano) || text[4] != '-' {
		return time.Time{}, false
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// Parse reads the only document of file. A name that ends in .json is JSON,
// whatever else begins with { or [ is JSON if it can be, and the rest is YAML.
// It returns nil for a file that says nothing.
func Parse(file string, text []byte) (*Node, error) {
	docs, err := ParseAll(file, text)
	if err != nil || len(docs) == 0 {
		return nil, err
	}
	if len(docs) > 1 {
		return nil, source.Errorf(docs[1].Span, "the file holds %d documents; one is wanted", len(docs))
	}
	return docs[0], nil
}

// ParseAll reads every document of a YAML stream, or the one of a JSON file.
// Documents that say nothing are left out.
func ParseAll(file string, text []byte) ([]*Node, error) {
	text, err := prepare(file, text)
	if err != nil {
		return nil, err
	}
	begins := bytes.TrimLeft(text, " \t\r\n")
	isJSON := strings.EqualFold(path.Ext(file), ".json")
	if isJSON || len(begins) > 0 && (begins[0] == '{' || begins[0] == '[') {
		n, err := parseJSON(file, text)
		if err == nil && n != nil {
			return []*Node{n}, nil
		}
		if err == nil || isJSON {
			return nil, err
		}
	}
	return parseYAML(file, text)
}

// ParseJSON is [Parse] for a file that is JSON whatever its name ends in.
func ParseJSON(file string, text []byte) (*Node, error) {
	text, err := prepare(file, text)
	if err != nil {
		return nil, err
	}
	return parseJSON(file, text)
}

func prepare(file string, text []byte) ([]byte, error) {
	if len(text) > MaxBytes {
		return nil, source.Errorf(source.Top(file), "the file has %d bytes; the most that is read is %d", len(text), MaxBytes)
	}
	return decode(file, text)
}

// decode drops a byte order mark and refuses what is not UTF-8: a position in
// another encoding would point elsewhere.
func decode(file string, text []byte) ([]byte, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if utf8.Valid(text) {
		return text, nil
	}
	at := 0
	for at < len(text) {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	pos := NewSpan(file, source.NewLines(text), at, at+1)
	return nil, source.Errorf(pos, "byte %#02x is not UTF-8; save the file in that encoding", text[at])
}

// NewSpan returns the span between two byte offsets of file.
func NewSpan(file string, lines *source.Lines, start, end int) source.Span {
	return source.Span{File: file, Start: lines.Pos(start), End: lines.Pos(end)}
}
