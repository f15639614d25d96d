package valueset

import (
	"fmt"
	"regexp/syntax"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Go's syntax of regular expressions is near to that of ECMAScript, which schemas
// use, and means other things in places. translate writes what ECMAScript means (with
// its flag u) in Go's syntax, or says why that cannot be done.
func translate(pattern string) (re2 string, why string) {
	t := translator{in: pattern}
	for t.why == "" && t.at < len(t.in) {
		t.next()
	}
	if t.why == "" && t.inClass {
		t.why = "a bracket that is not closed"
	}
	return t.out.String(), t.why
}

type translator struct {
	in      string
	at      int
	out     strings.Builder
	inClass bool
	why     string
}

// What ECMAScript takes for a space, and all else.
const (
	spaces    = `\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`
	nonSpaces = `\x00-\x08\x0e-\x1f!-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff}`
)

func (t *translator) next() {
	rest := t.in[t.at:]
	switch c := rest[0]; {
	case c == '\\':
		t.escape()
	case t.inClass && c == ']':
		t.inClass = false
		t.emit("]", 1)
	case t.inClass && c == '[':
		t.emit(`\[`, 1)
	case t.inClass:
		t.literal()
	case strings.HasPrefix(rest, "[^]"):
		t.emit(`[\x00-\x{10ffff}]`, 3)
	case strings.HasPrefix(rest, "[]"):
		t.why = "an empty class"
	case c == '[':
		t.inClass = true
		n := 1
		if strings.HasPrefix(rest, "[^") {
			n = 2
		}
		t.emit(rest[:n], n)
	case c == '.':
		t.emit(`[^\n\r\x{2028}\x{2029}]`, 1)
	case strings.HasPrefix(rest, "(?<="), strings.HasPrefix(rest, "(?<!"), strings.HasPrefix(rest, "(?="), strings.HasPrefix(rest, "(?!"):
		t.why = "a look-around, " + rest[:3]
	case strings.HasPrefix(rest, "(?<"):
		t.emit("(?P<", 3)
	case strings.HasPrefix(rest, "(?") && !strings.HasPrefix(rest, "(?:"):
		t.why = "a group that begins with " + clip(rest[:min(3, len(rest))])
	default:
		t.literal()
	}
}

func (t *translator) emit(text string, consumed int) {
	t.out.WriteString(text)
	t.at += consumed
}

func (t *translator) literal() {
	_, size := utf8.DecodeRuneInString(t.in[t.at:])
	t.emit(t.in[t.at:t.at+size], size)
}

// escape translates what begins with a backslash.
func (t *translator) escape() {
	rest := t.in[t.at+1:]
	if rest == "" {
		t.why = "a backslash at the end"
		return
	}
	class := func(inside string) {
		if t.inClass {
			t.emit(inside, 2)
		} else {
			t.emit("["+inside+"]", 2)
		}
	}
	switch c := rest[0]; {
	case c == 's':
		class(spaces)
	case c == 'S':
		class(nonSpaces)
	case c == 'b' && t.inClass:
		t.emit(`\x08`, 2)
	case strings.IndexByte("dDwWbBtnvfr", c) >= 0:
		t.emit(t.in[t.at:t.at+2], 2)
	case c == '0' && (len(rest) == 1 || rest[1] < '0' || rest[1] > '9'):
		t.emit(`\x00`, 2)
	case '0' <= c && c <= '9' || c == 'k':
		t.why = `a reference back, \` + string(c)
	case c == 'c' && len(rest) > 1 && 'a' <= rest[1]|0x20 && rest[1]|0x20 <= 'z':
		t.emit(fmt.Sprintf(`\x%02x`, rest[1]&31), 3)
	case c == 'x' && len(rest) > 2:
		t.emit(`\x`+rest[1:3], 4)
	case c == 'u':
		t.unicode()
	case c == 'p' || c == 'P':
		t.emit(t.in[t.at:t.at+2], 2)
	case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z':
		t.why = `the escape \` + string(c)
	default:
		_, size := utf8.DecodeRuneInString(rest)
		t.emit(`\`, 1)
		if c >= utf8.RuneSelf || c == ' ' || c == '_' { // nothing to escape
			s := t.out.String()
			t.out.Reset()
			t.out.WriteString(s[:len(s)-1])
		}
		t.emit(rest[:size], size)
	}
}

// unicode translates \u0041, \u{1F600} and pairs of surrogates.
func (t *translator) unicode() {
	rest := t.in[t.at:]
	if strings.HasPrefix(rest, `\u{`) {
		end := strings.IndexByte(rest, '}')
		if end < 0 {
			t.why = `an escape \u{ that is not closed`
			return
		}
		t.emit(`\x`+rest[2:end+1], end+1)
		return
	}
	unit := func(s string) (rune, bool) {
		if len(s) < 6 || s[:2] != `\u` {
			return 0, false
		}
		n, err := strconv.ParseUint(s[2:6], 16, 16)
		return rune(n), err == nil
	}
	r, ok := unit(rest)
	n := 6
	if ok && utf16.IsSurrogate(r) {
		second, _ := unit(rest[6:])
		r = utf16.DecodeRune(r, second)
		n, ok = 12, r != utf8.RuneError
	}
	if !ok {
		t.why = "an escape that is half a character"
		return
	}
	t.emit(fmt.Sprintf(`\x{%x}`, r), n)
}

// program compiles a pattern, or says why it cannot be done.
func program(pattern string) (prog *syntax.Prog, why string) {
	re2, why := translate(pattern)
	if why != "" {
		return nil, why
	}
	re, err := syntax.Parse(re2, syntax.Perl)
	if err != nil {
		return nil, "what no automaton describes (" + clip(err.Error()) + ")"
	}
	prog, err = syntax.Compile(re.Simplify())
	if err != nil {
		return nil, clip(err.Error())
	}
	return prog, ""
}
