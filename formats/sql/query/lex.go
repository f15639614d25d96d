package query

import (
	"fmt"
	"strings"
)

type kind uint8

const (
	end    kind = iota // of the statement
	word               // a name or a keyword, which only its place tells
	quoted             // a name in quotes
	text               // a string
	number
	symbol
	variable // ?, $1, :x, @x
	template // {{ … }} or {% … %}
)

// A token is a piece of a statement: [start, end) of the file.
type token struct {
	kind       kind
	text       string // of a word in lower case; of a quoted name or a template what is inside
	start, end int
}

// A problem is why something was not understood, and where.
type problem struct {
	at     token
	why    string
	hidden bool // it may name tables that cannot be found
}

// A lexer cuts a file into statements and these into tokens.
type lexer struct {
	src string
	pos int
	*traits
	bad *problem // the first one of the statement
}

// statement returns the tokens up to the next semicolon, without it and with one
// of kind end, or false at the end of the file.
func (l *lexer) statement() (tokens []token, bad *problem, more bool) {
	l.bad = nil
	for {
		t := l.next()
		stop := t.kind == end || t.kind == symbol && t.text == ";"
		switch {
		case stop && len(tokens) == 0 && t.kind == end:
			return nil, l.bad, l.bad != nil
		case stop && len(tokens) == 0:
			continue
		case stop:
			return append(tokens, token{start: t.start, end: t.start}), l.bad, true
		case len(tokens) >= MaxTokens:
			l.fail(tokens[0], true, "the statement has more than %d words and signs", MaxTokens)
		default:
			tokens = append(tokens, t)
		}
	}
}

func (l *lexer) fail(at token, hidden bool, format string, args ...any) {
	if l.bad == nil {
		l.bad = &problem{at, fmt.Sprintf(format, args...), hidden}
	}
}

// at reports whether the text goes on with s.
func (l *lexer) at(s string) bool { return strings.HasPrefix(l.src[l.pos:], s) }

// peek is the byte that is i after the current one, or 0.
func (l *lexer) peek(i int) byte {
	if l.pos+i < len(l.src) {
		return l.src[l.pos+i]
	}
	return 0
}

func (l *lexer) next() token {
	l.space()
	start := l.pos
	t := token{start: start, kind: symbol}
	switch c := l.peek(0); {
	case l.pos >= len(l.src):
		t.kind = end
	case l.at("{{") || l.at("{%") || l.at("${"):
		t.kind, t.text = template, l.template()
	case c == '"' && !l.doubleString, c == '`' && l.backtick, c == '[' && l.bracket:
		t.kind, t.text = quoted, l.quoted(closing(c), false)
	case c == '\'' || c == '"':
		t.kind, t.text = text, l.quoted(c, l.backslash)
	case isLetter(c) || c == '#' && l.hashName && isLetter(l.peek(1)):
		t = l.word()
	case isDigit(c) || c == '.' && isDigit(l.peek(1)) && !l.afterName():
		t.kind = number
		l.number()
	case c == '$' && l.dollarString && l.dollar():
		t.kind = text
	case c == '$' && isWord(l.peek(1)), c == '@' && l.atVariable:
		t.kind = variable
		for l.pos++; isWord(l.peek(0)) || l.peek(0) == '@'; l.pos++ {
		}
	default:
		l.pos += symbolLength(l.src[l.pos:])
	}
	t.end = l.pos
	if t.kind == symbol || t.kind == variable {
		t.text = l.src[start:l.pos]
	}
	return t
}

// symbolLength is 1, but for the signs that mean something to the parser.
func symbolLength(s string) int {
	for _, sign := range [...]string{"<=>", "::", "=>", "->", ":=", "|>"} {
		if strings.HasPrefix(s, sign) {
			return len(sign)
		}
	}
	return 1
}

func closing(open byte) byte {
	if open == '[' {
		return ']'
	}
	return open
}

func isLetter(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isWord(c byte) bool  { return isLetter(c) || isDigit(c) || c == '$' }

// afterName tells the dot of t.1a from that of .5.
func (l *lexer) afterName() bool {
	if l.pos == 0 {
		return false
	}
	c := l.src[l.pos-1]
	return isWord(c) || c == '"' || c == '`' || c == ']' || c == ')'
}

// space skips what separates tokens: spaces, comments and Jinja's comments.
func (l *lexer) space() {
	for l.pos < len(l.src) {
		switch c := l.src[l.pos]; {
		case c <= ' ' || l.at("\u00a0") || l.at("\ufeff"):
			l.pos++
			for l.pos < len(l.src) && l.src[l.pos]&0xc0 == 0x80 {
				l.pos++
			}
		case l.at("--") && (!l.spacedComment || l.peek(2) <= ' '), c == '#' && l.hashComment, l.slashComment && l.at("//"):
			l.skipPast("\n", false)
		case l.at("/*"):
			l.comment()
		case l.at("{#"):
			l.skipPast("#}", true)
		default:
			return
		}
	}
}

func (l *lexer) skipPast(mark string, wanted bool) {
	if i := strings.Index(l.src[l.pos:], mark); i >= 0 {
		l.pos += i + len(mark)
		return
	}
	if wanted {
		l.fail(token{start: l.pos, end: len(l.src)}, true, "what starts here never ends; %q is missing", mark)
	}
	l.pos = len(l.src)
}

func (l *lexer) comment() {
	open := token{start: l.pos, end: l.pos + 2}
	if l.at("/*!") {
		l.fail(open, true, "the comment is run as SQL by some servers")
	}
	depth := 1
	for l.pos += 2; depth > 0; {
		switch {
		case l.pos >= len(l.src):
			l.fail(open, true, "the comment that starts here never ends")
			return
		case l.at("*/"):
			depth--
			l.pos += 2
		case l.at("/*") && l.nestedComment:
			depth++
			l.pos += 2
		default:
			l.pos++
		}
	}
}

// template takes a piece of Jinja, or a ${variable}.
func (l *lexer) template() string {
	mark := "}"
	if c := l.src[l.pos+1]; c == '%' {
		mark = "%}"
	} else if l.src[l.pos] == '{' {
		mark = "}}"
	}
	l.pos += 2
	start := l.pos
	l.skipPast(mark, true)
	return strings.TrimSuffix(l.src[start:l.pos], mark)
}

// quoted takes a string or a name in quotes and returns what is inside. A
// quote is doubled to stand for itself.
func (l *lexer) quoted(quote byte, backslash bool) string {
	open := token{start: l.pos, end: l.pos + 1}
	if triple := strings.Repeat(string(quote), 3); l.tripleString && l.at(triple) {
		l.pos += 3
		start := l.pos
		l.skipPast(triple, true)
		return l.src[start:max(start, l.pos-3)]
	}
	var b strings.Builder
	for l.pos++; l.pos < len(l.src); l.pos++ {
		switch c := l.src[l.pos]; {
		case c == '\\' && backslash:
			l.pos++
		case c == '\\' && l.maybeBackslash && quote == '\'' && l.peek(1) == quote:
			l.fail(open, true, "without its dialect it is not known where the string ends")
		case c == quote && l.peek(1) == quote:
			l.pos++
			b.WriteByte(c)
		case c == quote:
			l.pos++
			return b.String()
		case c == '{' && l.isTemplate():
			// Its own quotes do not end the string; the loop goes on after the last brace.
			l.fail(open, false, "the text is written by a template")
			l.template()
			l.pos--
		default:
			b.WriteByte(c)
		}
	}
	l.pos = len(l.src)
	l.fail(open, true, "the quote that starts here never ends")
	return b.String()
}

// isTemplate tells '{{ x }}' from the array '{{1,2},{3,4}}'.
func (l *lexer) isTemplate() bool {
	return l.at("{%") || l.at("{{") && (l.peek(2) <= ' ' || l.peek(2) == '-' || isLetter(l.peek(2)))
}

// dollar takes $$x$$ or $tag$x$tag$, if one starts here.
func (l *lexer) dollar() bool {
	i := 1
	for isLetter(l.peek(i)) || i > 1 && isDigit(l.peek(i)) {
		i++
	}
	if l.peek(i) != '$' {
		return false
	}
	mark := l.src[l.pos : l.pos+i+1]
	l.pos += len(mark)
	l.skipPast(mark, true)
	return true
}

func (l *lexer) number() {
	for isWord(l.peek(0)) || l.peek(0) == '.' {
		exponent := l.peek(0)|0x20 == 'e'
		l.pos++
		if exponent && (l.peek(0) == '+' || l.peek(0) == '-') && isDigit(l.peek(1)) {
			l.pos++
		}
	}
}

// word takes a word, or the string of which it is the prefix: e'\”, r"\d".
func (l *lexer) word() token {
	t := token{kind: word, start: l.pos}
	for l.pos++; isWord(l.peek(0)); l.pos++ {
	}
	t.text = strings.ToLower(l.src[t.start:l.pos])
	quote := l.peek(0)
	switch {
	case t.text == "u" && l.peek(0) == '&' && (l.peek(1) == '\'' || l.peek(1) == '"'):
		if quote = l.peek(1); quote == '"' {
			l.fail(t, false, "a name is written in Unicode escapes")
		}
		l.pos++
	case quote != '\'' && !(quote == '"' && l.doubleString):
		return t
	}
	switch t.text {
	case "e":
		t.kind, t.text = text, l.quoted(quote, true)
	case "r", "rb", "br":
		t.kind, t.text = text, l.quoted(quote, l.backslash)
	case "b", "x", "n", "u":
		t.kind, t.text = text, l.quoted(quote, l.backslash)
	}
	return t
}
