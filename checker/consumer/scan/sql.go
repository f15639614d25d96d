package scan

import (
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// query looks into a file of SQL, plain or with the templates of dbt.
func (s *scanner) query(name string, text []byte) {
	columns := func(table string) ([]string, bool) {
		decl, ok := s.table(table)
		if !ok {
			return nil, false
		}
		var names []string
		for _, e := range s.outline.Decls[decl] {
			names = append(names, bare(e.Step))
		}
		return names, true
	}
	for _, read := range s.sql(name, text, columns) {
		if read.Name == "" {
			s.found.Unread = append(s.found.Unread, source.Errorf(read.At, "which tables are read here cannot be told: %s", read.Why))
			continue
		}
		decl, ok := s.table(read.Name)
		if !ok {
			continue
		}
		if read.Star {
			s.seeStar(read.At, read.Why)
		}
		for _, c := range read.Columns {
			for _, e := range s.outline.Decls[decl] {
				if fold(bare(e.Step)) == fold(c.Name) {
					s.see(decl.Join(e.Step), c.At, c.Uses...)
				}
			}
		}
	}
}

// table finds the root that a query calls name.
func (s *scanner) table(name string) (change.Path, bool) {
	for _, decl := range s.types[fold(name)] {
		if slices.Contains(s.outline.Roots, decl) {
			return decl, true
		}
	}
	return "", false
}

// byName finds columns by their names: those of every table that a statement names.
// It knows nothing of what a query means, and so names too many rather than too few.
func byName(file string, text []byte, columns func(string) ([]string, bool)) []Table {
	var all []Table
	lines := source.NewLines(text)
	span := func(t token) source.Span { return document.NewSpan(file, lines, t.start, t.end) }
	for _, statement := range statements(sqlTokens(text)) {
		named := make(map[string]bool)
		for _, t := range statement {
			names, ok := columns(t.text)
			if t.kind != word || !ok || named[fold(t.text)] {
				continue
			}
			named[fold(t.text)] = true
			read := Table{Name: t.text, At: span(t)}
			for i, c := range statement {
				switch {
				case c.text == "*" && isStar(statement, i):
					read.Star, read.At = true, span(c)
				case c.kind == word && slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, c.text) }):
					read.Columns = append(read.Columns, Column{Name: c.text, At: span(c)})
				}
			}
			all = append(all, read)
		}
	}
	return all
}

// isStar reports whether the * at i takes columns, rather than multiplying or counting.
func isStar(statement []token, i int) bool {
	if i == 0 {
		return false
	}
	before := fold(statement[i-1].text)
	return before == "select" || before == "distinct" || before == "all" || before == "," || before == "."
}

// statements cuts tokens at semicolons.
func statements(tokens []token) [][]token {
	var all [][]token
	start := 0
	for i, t := range tokens {
		if t.text == ";" && t.kind == sign {
			all = append(all, tokens[start:i])
			start = i + 1
		}
	}
	return append(all, tokens[start:])
}

// sqlTokens cuts SQL into words and signs, without comments and texts. A template that
// names a source or a model of dbt stands for that table.
func sqlTokens(text []byte) []token {
	l := &lexer{text: string(text), language: &language{line: []string{"--"}, block: true}}
	var tokens []token
	for l.skip() {
		start := l.at
		rest := l.text[l.at:]
		switch c := rest[0]; {
		case strings.HasPrefix(rest, "{{"):
			inner := l.until("}}")
			if name := lastText(inner); name != "" && (strings.Contains(inner, "source") || strings.Contains(inner, "ref")) {
				tokens = append(tokens, token{word, name, start, l.at})
			}
		case strings.HasPrefix(rest, "{%"):
			l.until("%}")
		case strings.HasPrefix(rest, "{#"):
			l.until("#}")
		case c == '\'':
			l.quoted('\'')
		case c == '"' || c == '`':
			tokens = append(tokens, token{word, l.quoted(c), start, l.at})
		case c == '[':
			tokens = append(tokens, token{word, strings.Trim(l.until("]"), "[]"), start, l.at})
		case isWord(c):
			tokens = append(tokens, token{word, l.word(), start, l.at})
		default:
			l.at++
			tokens = append(tokens, token{sign, rest[:1], start, l.at})
		}
	}
	return tokens
}

// lastText returns the last quoted text in a template: source('shop', 'orders').
func lastText(inner string) string {
	last := ""
	l := &lexer{text: inner, language: new(language)}
	for l.skip() {
		if c := l.text[l.at]; c == '\'' || c == '"' {
			last = l.quoted(c)
		} else {
			l.at++
		}
	}
	return last
}

// dbt looks into a file of a dbt project: how fresh a source has to be, and who owns
// what is made of it.
func (s *scanner) dbt(name string, text []byte) {
	n, err := document.Parse(name, text)
	if err != nil {
		return // whatever it is, it is no file of dbt, which reads one document
	}
	named := false
	for _, src := range n.Get("sources").List() {
		for _, table := range src.Get("tables").List() {
			called := table.Get("identifier").String()
			if called == "" {
				called = table.Get("name").String()
			}
			if _, ok := s.table(called); !ok {
				continue
			}
			named = true
			for _, holder := range []*document.Node{table, table.Get("config"), src, src.Get("config")} {
				if bound, ok := freshness(holder.Get("freshness")); ok {
					s.found.SLO = append(s.found.SLO, bound)
					break
				}
			}
		}
	}
	if !named && n.Get("exposures") == nil {
		return
	}
	for _, exposure := range n.Get("exposures").List() {
		if mail := exposure.Get("owner").Get("email").String(); mail != "" {
			contact := consumerMail(mail)
			if !slices.Contains(s.found.Contacts, contact) {
				s.found.Contacts = append(s.found.Contacts, contact)
			}
		}
	}
}

// freshness reads when dbt calls a source stale: error_after, else warn_after.
func freshness(n *document.Node) (Bound, bool) {
	for _, key := range []string{"error_after", "warn_after"} {
		after := n.Get(key)
		count := after.Get("count")
		unit, ok := map[string]string{"minute": "min", "hour": "h", "day": "d"}[after.Get("period").String()]
		if n, isNumber := count.Number(); ok && isNumber && n.IsInt() && n.Sign() > 0 {
			return Bound{Property: "freshness", AtMost: n.RatString() + unit, At: count.Span}, true
		}
	}
	return Bound{}, false
}
