package query

import "strings"

// salvage reads a statement that is not understood: all of every table that can
// be found in it.
func (r *reader) salvage(p *parser, tokens []token, bad *problem) Reading {
	out := Reading{Why: bad.why, Hidden: bad.hidden, At: r.span(bad.at.start, bad.at.end)}
	seen := make(map[string]bool)
	add := func(name []part) {
		t := r.tableRead(name)
		if key := strings.Join(t.Name, "\x00"); !seen[key] {
			seen[key] = true
			t.All, t.Why = true, "the statement is not understood"
			out.Tables = append(out.Tables, t)
		}
	}
	f := finder{parser: &parser{traits: p.traits, src: p.src, toks: tokens}}
	for i, t := range tokens {
		if t.kind == template {
			for _, name := range p.references(t) {
				add(name)
			}
			out.Hidden = out.Hidden || !isConfig(t.text) && len(p.references(t)) == 0
		}
		if name := f.next(i); name != nil {
			add(name)
		}
	}
	if len(out.Tables) == 0 {
		out.Hidden = true
		out.Why += "; no table was found in it"
	}
	return out
}

// A finder finds names of tables by the words that stand before them.
type finder struct {
	*parser
	wanted bool // a table comes next
	inList bool // another one comes behind a comma
}

// next looks at token i and returns the table that starts there.
func (f *finder) next(i int) []part {
	f.pos, f.bad = i, nil
	t := f.peek()
	switch {
	case t.kind == symbol && t.text == "(" || f.atAny("lateral", "table", "only", "if", "not", "exists", "ignore", "overwrite"):
		f.wanted = f.wanted || t.text == "table"
		return nil
	case t.kind == symbol && t.text == ",":
		f.wanted = f.inList
		return nil
	case f.atAny("from", "join", "into", "update", "using", "clone", "copy", "apply", "merge", "view", "straight_join"):
		f.wanted, f.inList = true, true
		return nil
	case t.kind == word && reserved(t.text):
		f.wanted, f.inList = false, f.inList && t.text == "as"
		return nil
	case !f.wanted || t.kind != word && t.kind != quoted:
		return nil
	}
	f.wanted = false
	name := f.tableName()
	if f.bad != nil || f.at("(") && !f.is(1, "select") && isCall(f.toks, i) {
		return nil
	}
	return name
}

// isCall tells from f(x) from insert into t (a).
func isCall(tokens []token, i int) bool {
	return i > 0 && tokens[i-1].text != "into" && tokens[i-1].text != "table"
}
