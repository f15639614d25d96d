package scan

import (
	"strings"

	"github.com/breakwater-data/breakwater/checker/consumer"
)

// A token is a word, a text in quotes or a sign.
type token struct {
	kind       tokenKind
	text       string // of a word or text, without quotes
	start, end int    // offsets
}

type tokenKind uint8

const (
	word tokenKind = iota
	quoted
	sign
)

// A language is how a language writes comments and texts.
type language struct {
	line   []string // what begins a comment to the end of the line
	block  bool     // /* … */
	triple bool     // """ … """
}

var (
	likeC      = &language{line: []string{"//"}, block: true}
	likePython = &language{line: []string{"#"}, triple: true}
)

// languages are those whose code is looked into, by the ending of file names.
var languages = map[string]*language{
	".go": likeC, ".java": likeC, ".kt": likeC, ".kts": likeC, ".scala": likeC, ".ts": likeC, ".tsx": likeC, ".js": likeC, ".jsx": likeC,
	".mjs": likeC, ".cs": likeC, ".rs": likeC, ".swift": likeC, ".dart": likeC, ".php": likeC, ".cc": likeC, ".cpp": likeC,
	".py": likePython, ".rb": likePython,
}

// generatedName reports whether a file is called as the generators of client code
// call theirs: that names every field, and reads none.
func generatedName(base string) bool {
	for _, end := range []string{".pb.go", "_pb2.py", "_pb2_grpc.py", "_pb.js", "_pb.ts", ".pb.cc", ".pb.cpp", "_grpc.pb.go"} {
		if strings.HasSuffix(base, end) {
			return true
		}
	}
	return false
}

// A lexer goes through a text.
type lexer struct {
	*language
	text string
	at   int
}

// skip goes past spaces and comments, and reports whether anything is left.
func (l *lexer) skip() bool {
	for l.at < len(l.text) {
		rest := l.text[l.at:]
		switch {
		case rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\n' || rest[0] == '\r':
			l.at++
		case l.block && strings.HasPrefix(rest, "/*"):
			l.until("*/")
		case l.comment(rest):
			l.until("\n")
		default:
			return true
		}
	}
	return false
}

func (l *lexer) comment(rest string) bool {
	for _, begin := range l.line {
		if strings.HasPrefix(rest, begin) {
			return true
		}
	}
	return false
}

// until goes past the next end, or to the end of the text, and returns what it passed.
func (l *lexer) until(end string) string {
	start := l.at
	from := min(l.at+1, len(l.text))
	if i := strings.Index(l.text[from:], end); i >= 0 {
		l.at = from + i + len(end)
	} else {
		l.at = len(l.text)
	}
	return l.text[start:l.at]
}

// quoted goes past the text in quotes that begins here, and returns what it holds. It
// ends with its line if it is not closed, unless quotes may stand over several.
func (l *lexer) quoted(quote byte) string {
	if triple := strings.Repeat(string(quote), 3); l.language.triple && strings.HasPrefix(l.text[l.at:], triple) {
		l.at += 2
		return strings.Trim(l.until(triple), string(quote))
	}
	l.at++
	start := l.at
	for l.at < len(l.text) && l.text[l.at] != quote {
		if l.text[l.at] == '\\' {
			l.at++
		}
		l.at++
	}
	end := min(l.at, len(l.text))
	l.at = min(end+1, len(l.text))
	return l.text[start:end]
}

func (l *lexer) word() string {
	start := l.at
	for l.at < len(l.text) && isWord(l.text[l.at]) {
		l.at++
	}
	return l.text[start:l.at]
}

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '$' || c >= 0x80
}

// codeTokens cuts code into words, texts and signs, without comments.
func codeTokens(text []byte, of *language) []token {
	l := &lexer{text: string(text), language: of}
	var tokens []token
	for l.skip() {
		start := l.at
		switch c := l.text[l.at]; {
		case c == '"' || c == '\'' || c == '`':
			content := l.quoted(c)
			tokens = append(tokens, token{quoted, content, start, l.at})
		case isWord(c):
			tokens = append(tokens, token{word, l.word(), start, l.at})
		default:
			l.at++
			tokens = append(tokens, token{sign, l.text[start:l.at], start, l.at})
		}
	}
	return tokens
}

func consumerMail(mail string) consumer.Contact {
	return consumer.Contact{Channel: "email", Target: mail}
}
