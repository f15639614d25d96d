package document

import (
	"bytes"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source"
)

// A commonReader reads common YAML: the subset that people and tools write
// contracts in. It knows block and flow collections, the five kinds of scalars,
// comments and document markers. It leaves by panic(stepBack{}) at whatever it
// does not know or finds wrong; what that is, is for [parseLibrary] to say.
//
// The paragraphs (§) are those of YAML 1.2.2. Where the library is laxer or
// stricter than they are, the reader is as strict as the stricter of the two.
type commonReader struct {
	arena
	file string
	text string // ends in a zero byte, which stands nowhere else
	left int    // how many nodes may follow
	buf  []byte // a scalar that is being put together

	at    int // the offset of the reader's place
	line  int // its line, from 1
	start int // the offset at which that line begins

	column    int  // of the token that next found, from 0; -1 is the end of the document
	commented bool // a comment was passed over since the last plain scalar
}

// stepBack is what a commonReader panics with.
type stepBack struct{}

// newCommonReader begins to read a text that isCommon.
func newCommonReader(file string, text []byte) *commonReader {
	var ended strings.Builder
	ended.Grow(len(text) + 1)
	ended.Write(text)
	ended.WriteByte(0)
	return &commonReader{file: file, text: ended.String(), left: MaxNodes, line: 1}
}

// read reads every document of a stream of common YAML. It is not ok for any other
// stream, and for one that is too large (left is below 0 then).
func (r *commonReader) read() (docs []*Node, ok bool) {
	defer func() {
		if p := recover(); p != nil {
			if _, is := p.(stepBack); !is {
				panic(p)
			}
			docs, ok = nil, false
		}
	}()
	return r.stream(), true
}

// isCommon reports whether text, which is UTF-8, has no characters that YAML
// forbids or that are line breaks in some versions of it only (§5.1, §5.4).
func isCommon(text []byte) bool {
	for i, c := range text {
		if class[c]&rare == 0 {
			continue
		}
		rest := text[i+1:]
		switch c {
		case '\r':
			if !bytes.HasPrefix(rest, []byte("\n")) {
				return false
			}
		case 0xC2: // U+0080 to U+009F, among them U+0085, a line break of YAML 1.1
			if rest[0] < 0xA0 {
				return false
			}
		case 0xE2: // U+2028 and U+2029, line breaks of YAML 1.1
			if rest[0] == 0x80 && (rest[1] == 0xA8 || rest[1] == 0xA9) {
				return false
			}
		case 0xEF: // U+FEFF, the byte order mark, and U+FFFE and U+FFFF
			if rest[0] == 0xBB && rest[1] == 0xBF || rest[0] == 0xBF && rest[1] >= 0xBE {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// stream reads all documents (§9.2). The first may do without a marker.
func (r *commonReader) stream() (docs []*Node) {
	r.next()
	for first := true; ; first = false {
		explicit := r.skipMarker('-')
		if !explicit && r.atEnd() {
			return docs
		}
		if !explicit && (!first || r.column < 0) {
			panic(stepBack{})
		}
		if doc := r.document(); !doc.IsNull() {
			docs = append(docs, doc)
		}
		for r.skipMarker('.') {
		}
	}
}

func (r *commonReader) document() *Node {
	if r.column < 0 {
		return r.null(r.pos())
	}
	doc := r.block(-1, 0, false)
	if r.column >= 0 { // the document has a part that does not belong to its node
		panic(stepBack{})
	}
	return doc
}

// skipMarker moves past a marker of three c, if one is there.
func (r *commonReader) skipMarker(c byte) bool {
	if r.column >= 0 || r.text[r.at] != c {
		return false
	}
	r.at += len("---")
	r.endLine() // a document that begins behind its marker is not common
	r.next()
	return true
}

// isMarker reports whether a line that separates documents begins here (§9.1.2).
func (r *commonReader) isMarker() bool {
	c := r.text[r.at]
	return (c == '-' || c == '.') && r.at == r.start &&
		r.text[r.at+1] == c && r.text[r.at+2] == c && isWhite(r.text[r.at+3])
}

func (r *commonReader) atEnd() bool { return r.text[r.at] == 0 }

// next moves to the next token of a block collection, past lines of spaces and of
// comments. A tab does not indent (§6.1).
func (r *commonReader) next() {
	for {
		switch r.text[r.at] {
		case ' ', '\r':
			r.at++
		case '\n':
			r.newLine()
		case '#':
			r.skipComment()
		case '\t':
			panic(stepBack{})
		case 0:
			r.column = -1
			return
		default:
			r.column = r.at - r.start
			if r.isMarker() {
				r.column = -1
			}
			return
		}
	}
}

// endLine moves to the end of the line, before which only a comment may stand.
func (r *commonReader) endLine() {
	r.skipBlanks()
	if r.text[r.at] == '#' {
		r.skipComment()
	}
	if class[r.text[r.at]]&lineEnd == 0 {
		panic(stepBack{})
	}
}

func (r *commonReader) newLine() {
	r.at++
	r.line++
	r.start = r.at
}

func (r *commonReader) skipBlanks() {
	for class[r.text[r.at]]&blank != 0 {
		r.at++
	}
}

// skipComment moves to the end of the line. What no blank separates from the text
// before it is no comment (§6.6).
func (r *commonReader) skipComment() {
	if r.at > r.start && class[r.text[r.at-1]]&blank == 0 {
		panic(stepBack{})
	}
	r.commented = true
	r.skipLine()
}

// skipLine moves to the end of the line.
func (r *commonReader) skipLine() {
	if i := strings.IndexByte(r.text[r.at:], '\n'); i >= 0 {
		r.at += i
	} else {
		r.at = len(r.text) - 1
	}
	if r.text[r.at-1] == '\r' {
		r.at--
	}
}

func isWhite(c byte) bool { return class[c]&(blank|lineEnd) != 0 }

func (r *commonReader) pos() source.Pos { return source.Pos{Line: r.line, Column: r.at - r.start + 1} }

// node returns a new node that begins at start and ends at the reader's place.
func (r *commonReader) node(kind Kind, start source.Pos) *Node {
	if r.left--; r.left < 0 {
		panic(stepBack{})
	}
	n := r.alloc()
	n.Kind, n.Span = kind, source.Span{File: r.file, Start: start, End: r.pos()}
	return n
}

// collection returns a new list or map, which ends with its indicator as long as it
// has no members.
func (r *commonReader) collection(kind Kind, start source.Pos, depth int) *Node {
	if depth >= MaxDepth { // too deep for a member
		panic(stepBack{})
	}
	n := r.node(kind, start)
	n.Span.End = source.Pos{Line: start.Line, Column: start.Column + 1}
	return n
}

// null returns the value of what has none, which stands behind its indicator.
func (r *commonReader) null(at source.Pos) *Node {
	n := r.node(Scalar, at)
	n.Tag, n.Span.End = Null, at
	return n
}
