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
	f := &finder{parser: &parser{traits: p.traits, src: p.src, toks: tokens}, lists: make([]bool, 1)}
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
	out.Hidden = out.Hidden || f.lost
	if len(out.Tables) == 0 {
		out.Hidden = true
		out.Why += "; no table was found in it"
	}
	return out
}

// A finder finds names of tables by the words that stand before them.
type finder struct {
	*parser
	wanted bool   // a table comes next
	lost   bool   // where one was to come, something else stood
	lists  []bool // for each open parenthesis: another one comes behind a comma
}

// next looks at token i and returns the table that starts there.
func (f *finder) next(i int) []part {
	f.pos, f.bad = i, nil
	list := &f.lists[len(f.lists)-1]
	t := f.peek()
	switch {
	case f.at("("):
		f.lists = append(f.lists, f.wanted)
	case f.at(")"):
		f.wanted = false
		f.lists = f.lists[:max(len(f.lists)-1, 1)]
	case f.at(","):
		f.wanted = *list
	case f.atAny("from", "join", "into", "update", "using", "clone", "copy", "apply", "merge", "view", "straight_join"):
		f.wanted, *list = true, true
	case f.at("table"):
		f.wanted = true
	case f.atAny("lateral", "only", "if", "not", "exists", "ignore", "overwrite"):
	case f.atAny("select", "values", "with"):
		f.wanted, *list = false, false
	case f.atAny("where", "group", "having", "order", "set", "limit", "window", "qualify", "returning", "when", "union"):
		f.lost = f.lost || f.wanted
		f.wanted, *list = false, false
	case f.wanted && t.kind == template: // its tables are found by what is inside
		f.wanted = false
	case t.kind == word && reserved(t.text), t.kind != word && t.kind != quoted:
		f.lost = f.lost || f.wanted
		f.wanted = false
	case f.wanted && (t.kind == word || t.kind == quoted):
		f.wanted = false
		name := f.tableName()
		written := i > 0 && (f.toks[i-1].text == "into" || f.toks[i-1].text == "table")
		if f.bad == nil && (written || !f.at("(")) {
			return name
		}
	}
	return nil
}
