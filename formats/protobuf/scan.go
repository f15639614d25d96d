package protobuf

import (
	"fmt"
	"strings"
)

// A header is what a file says of itself at its top level: all that is needed to
// know which files to read, and cheap enough to ask of every file of a repository.
type header struct {
	pkg     string
	imports []importStmt
}

// An importStmt names a file that its own file needs. From start to end it
// stands in the text.
type importStmt struct {
	path       string
	public     bool
	start, end int
	target     *file // nil: it is built in, or was not found
}

// Limits of one file, for the parser's sake. It recurses into bodies and option
// values, and a stack overflow is no error but an end: so brackets of any kind are
// nested maxDepth deep at most (the language itself allows 32 messages inside each
// other). And to place a token it counts its line from the start: maxEffort bounds
// the sum of all columns, which only a file with very long lines comes near.
const (
	maxDepth  = 100
	maxEffort = 2_000_000_000
)

// A problem is why a file must not be given to the parser.
type problem struct {
	at  int
	msg string
}

// scan reads the header of a file. It understands comments and strings and
// nothing of the rest.
func scan(text string) (header, *problem) {
	var h header
	s := scanner{text: text}
	for t := s.next(); t.kind != end; t = s.next() {
		switch {
		case s.depth > maxDepth:
			return h, &problem{t.start, fmt.Sprintf("brackets are nested more than %d deep", maxDepth)}
		case s.effort > maxEffort:
			return h, &problem{t.start, "the lines are too long; break them"}
		case s.depth > 0 || t.kind != word:
		case s.of(t) == "import":
			if stmt, ok := s.importStmt(t); ok {
				h.imports = append(h.imports, stmt)
			}
		case s.of(t) == "package":
			if name := s.qualified(); name != "" {
				h.pkg = name
			}
		}
	}
	return h, nil
}

// A scanner cuts a text into tokens.
type scanner struct {
	text   string
	pos    int
	line   int // where the line begins
	depth  int // of brackets that are open
	effort int // the sum of the columns of all tokens
}

// A token is a word, a string literal, or one character of anything else.
type token struct {
	kind       byte
	start, end int
}

const (
	end    = 0
	word   = 'w'
	quoted = 's'
)

func (s *scanner) of(t token) string { return s.text[t.start:t.end] }

// next returns the next token, past space and comments.
func (s *scanner) next() token {
	for s.pos < len(s.text) {
		start, c := s.pos, s.text[s.pos]
		s.pos++
		switch {
		case c == '\n':
			s.line = s.pos
			continue
		case c == ' ' || c == '\t' || c == '\r':
			continue
		case c == '/' && strings.HasPrefix(s.text[s.pos:], "/"):
			s.skipTo("\n")
			continue
		case c == '/' && strings.HasPrefix(s.text[s.pos:], "*"):
			s.pos++
			s.skipTo("*/")
			continue
		}
		s.effort += start - s.line
		switch {
		case c == '"' || c == '\'':
			s.skipString(c)
			return token{quoted, start, s.pos}
		case isWord(c):
			for s.pos < len(s.text) && isWord(s.text[s.pos]) {
				s.pos++
			}
			return token{word, start, s.pos}
		case strings.IndexByte("{[(<", c) >= 0:
			s.depth++
		case strings.IndexByte("}])>", c) >= 0:
			s.depth = max(s.depth-1, 0)
		}
		return token{c, start, s.pos}
	}
	return token{end, s.pos, s.pos}
}

// peek returns the next token without taking it.
func (s *scanner) peek() token {
	saved := *s
	t := s.next()
	*s = saved
	return t
}

func (s *scanner) skipTo(mark string) {
	i := strings.Index(s.text[s.pos:], mark)
	if i < 0 {
		s.pos = len(s.text)
		return
	}
	skipped := s.text[s.pos : s.pos+i+len(mark)]
	if at := strings.LastIndexByte(skipped, '\n'); at >= 0 {
		s.line = s.pos + at + 1
	}
	s.pos += len(skipped)
}

// skipString goes past a string whose opening quote was taken. No string goes
// past the end of its line.
func (s *scanner) skipString(quote byte) {
	for s.pos < len(s.text) && s.text[s.pos] != '\n' {
		c := s.text[s.pos]
		s.pos++
		if c == quote {
			return
		}
		if c == '\\' && s.pos < len(s.text) {
			s.pos++
		}
	}
}

// importStmt reads on after the word import. Strings that follow each other are
// one. An escape is left as written: no file is called so, and the error says that.
func (s *scanner) importStmt(keyword token) (importStmt, bool) {
	stmt := importStmt{start: keyword.start}
	t := s.peek()
	if t.kind == word && (s.of(t) == "public" || s.of(t) == "weak") {
		stmt.public = s.of(t) == "public"
		s.next()
	}
	for t = s.peek(); t.kind == quoted; t = s.peek() {
		s.next()
		lit := s.of(t)
		stmt.path += strings.TrimSuffix(lit[1:], lit[:1])
		stmt.end = t.end
	}
	return stmt, stmt.end > 0
}

// qualified reads a name with dots.
func (s *scanner) qualified() string {
	var name strings.Builder
	for t := s.peek(); t.kind == word || t.kind == '.'; t = s.peek() {
		s.next()
		name.WriteString(s.of(t))
	}
	return name.String()
}

func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
