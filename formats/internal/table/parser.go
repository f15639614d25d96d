package table

import (
	"strconv"
	"strings"
)

// Limits of a type that is taken apart.
const (
	maxTypeText  = 16 << 10
	maxTypeDepth = 50
)

// A typeParser reads a type in any of the ways in which databases write them:
//
//	VARCHAR(10)  timestamp(6) with time zone  int unsigned  numeric(10,2)[]
//	array<struct<a:int,b:string>>  STRUCT<a INT64, b STRING>  row(a integer, b varchar)
//	Nullable(Decimal(10, 2))  MAP(VARCHAR, NUMBER(38,0))
type typeParser struct {
	rest    string
	dialect Dialect
}

// space skips white space and returns what is left.
func (p *typeParser) space() string {
	p.rest = strings.TrimLeft(p.rest, " \t\r\n")
	return p.rest
}

// accept skips c if it comes next.
func (p *typeParser) accept(c byte) bool {
	if rest := p.space(); rest != "" && rest[0] == c {
		p.rest = rest[1:]
		return true
	}
	return false
}

// word reads a word in lower case, or a name in quotes as it stands.
func (p *typeParser) word() string {
	rest := p.space()
	if rest == "" {
		return ""
	}
	if end := strings.IndexByte(rest[1:], rest[0]); end >= 0 && strings.IndexByte("\"`", rest[0]) >= 0 {
		p.rest = rest[end+2:]
		return rest[1 : end+1]
	}
	n := 0
	for n < len(rest) && isWord(rest[n]) {
		n++
	}
	p.rest = rest[n:]
	return strings.ToLower(rest[:n])
}

func (p *typeParser) parse(depth int) (*concrete, bool) {
	name := p.word()
	if name == "" || depth > maxTypeDepth {
		return nil, false
	}
	switch name {
	case "nullable", "lowcardinality":
		return p.wrapped(name == "nullable", depth)
	}
	name = p.more(name, "varying", "precision", "character")
	c, known := p.lookup(name)
	if !known {
		return nil, false
	}
	if !p.arguments(c, depth) {
		return nil, false
	}
	if c.family == integer && p.more("", "unsigned") != "" {
		c.unsigned = true
	}
	if c.family == clock || c.family == timestamp {
		if !p.timeZone(name, c) {
			return nil, false
		}
	}
	for p.accept('[') {
		if !p.accept(']') {
			return nil, false // a bound, or a length: nobody can tell
		}
		c = &concrete{family: array, args: []*concrete{c}}
	}
	return c, true
}

// more adds the words that come next to name, as long as they are among wanted.
func (p *typeParser) more(name string, wanted ...string) string {
	for {
		ahead := *p
		word := ahead.word()
		found := false
		for _, w := range wanted {
			found = found || w == word
		}
		if !found {
			return name
		}
		*p = ahead
		name = strings.TrimSpace(name + " " + word)
	}
}

func (p *typeParser) lookup(name string) (*concrete, bool) {
	c, ok := dialects[p.dialect][name]
	if !ok && p.dialect != Contract && p.dialect != Contract30 {
		c, ok = words[name]
	}
	if c.precision == 0 {
		c.precision = unsaid
		c.scale = unsaid
	}
	return &c, ok
}

// wrapped reads what ClickHouse wraps around a type.
func (p *typeParser) wrapped(nullable bool, depth int) (*concrete, bool) {
	if !p.accept('(') {
		return nil, false
	}
	c, ok := p.parse(depth + 1)
	if !ok || !p.accept(')') {
		return nil, false
	}
	c.nullable = c.nullable || nullable
	return c, true
}

// timeZone reads what stands behind a time: with time zone.
func (p *typeParser) timeZone(name string, c *concrete) bool {
	behind := p.more("", "with", "without", "local", "time", "zone")
	if behind == "" {
		return true
	}
	said, ok := p.lookup(name + " " + behind)
	c.zone, c.local = said.zone, said.local
	return ok
}

// arguments reads what stands in brackets behind the word of a type.
func (p *typeParser) arguments(c *concrete, depth int) bool {
	if c.family.nested() {
		return p.parts(c, depth)
	}
	if !p.accept('(') {
		return true
	}
	var args []string
	for {
		arg := p.argument()
		if arg == "" {
			return false
		}
		args = append(args, arg)
		if p.accept(')') {
			return c.set(args)
		}
		if !p.accept(',') {
			return false
		}
	}
}

// argument reads one number, or the word max, or a text in single quotes.
func (p *typeParser) argument() string {
	if rest := p.space(); rest != "" && rest[0] == '\'' {
		end := strings.IndexByte(rest[1:], '\'')
		if end < 0 {
			return ""
		}
		p.rest = rest[end+2:]
		return rest[:end+2]
	}
	arg := p.word()
	p.more("", "char", "byte") // VARCHAR2(10 CHAR)
	return arg
}

// set gives c its arguments, and reports whether they are what it takes.
func (c *concrete) set(args []string) bool {
	n := make([]int, len(args))
	for i, arg := range args {
		var err error
		if n[i], err = strconv.Atoi(arg); err != nil || n[i] < 0 || n[i] >= unlimited {
			if c.family == text && arg == "max" && len(args) == 1 {
				c.length = 0
				return true
			}
			return false
		}
	}
	switch c.family {
	case text, binary:
		c.length = n[0]
		return len(n) == 1 && n[0] > 0
	case decimal:
		c.precision, c.scale = n[0], 0
		if len(n) == 2 {
			c.scale = n[1]
		}
		return len(n) <= 2
	case float:
		c.bits = 64
		if n[0] <= 24 {
			c.bits = 32
		}
		return len(n) == 1
	case clock, timestamp:
		c.precision = n[0]
		return len(n) == 1
	case integer: // the width of a display: INT(11)
		return len(n) == 1
	}
	return false
}

// parts reads the parts of an array, a map or a struct, if they are said.
func (p *typeParser) parts(c *concrete, depth int) bool {
	end := byte(0)
	switch {
	case p.accept('<'):
		end = '>'
	case p.accept('('):
		end = ')'
	default:
		return true
	}
	for {
		f, ok := p.part(c, depth)
		if !ok {
			return false
		}
		if c.family == structure {
			c.fields = append(c.fields, f)
		} else {
			c.args = append(c.args, f.typ)
		}
		if p.accept(end) {
			return c.family == structure || len(c.args) == map[family]int{array: 1, mapping: 2}[c.family]
		}
		if !p.accept(',') {
			return false
		}
	}
}

// part reads one part: a type, behind the name and maybe a colon if it is a field.
func (p *typeParser) part(c *concrete, depth int) (f field, ok bool) {
	if c.family == structure {
		ahead := *p
		name := ahead.word()
		colon := ahead.accept(':')
		if rest := ahead.space(); name != "" && (colon || rest != "" && (isWord(rest[0]) || rest[0] == '"' || rest[0] == '`')) {
			if typ, ok := ahead.parse(depth + 1); ok {
				*p = ahead
				return field{name, typ}, true
			}
		}
	}
	f.typ, ok = p.parse(depth + 1)
	return f, ok
}
