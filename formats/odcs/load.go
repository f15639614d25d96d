package odcs

import (
	"context"
	"fmt"
	"io/fs"
	"strings"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/table"
	"github.com/breakwater-data/breakwater/formats/odcs/modern"
)

// A port is all contracts that its files hold, mostly one.
type port struct {
	contracts  []*contract
	schema     *table.Schema // the objects of all of them
	objectives slo.Reader
	promises   []slo.Objective
	terms      schema.Terms
	span       source.Span               // where a promise that is gone would stand
	written    map[string]*document.Node // the last contract of each id, as it was written
}

// A contract is one document.
type contract struct {
	id        string
	node      *document.Node // in the current form
	usageTerm bool           // how it may be used is part of its terms
	tables    []*table.Table
}

// load reads every contract in the files of a port, and goes on after an error,
// so that one run tells all of them.
func load(_ context.Context, r schema.Request) (*port, error) {
	p := &port{schema: new(table.Schema), written: make(map[string]*document.Node)}
	var problems document.Problems
	p.objectives = slo.Reader{Problems: &problems}
	p.objectives.ReadComparators(r.Options.Get("comparators"))
	if r.Direction != schema.Read && len(r.Paths) > 0 {
		problems.Addf(source.Top(r.Paths[0]), "a contract is a promise to those who read; ports that consumers write to are not compared")
	}
	for _, name := range r.Paths {
		if p.span.IsZero() {
			p.span, p.schema.Span = source.Top(name), source.Top(name)
		}
		text, err := fs.ReadFile(r.FS, name)
		if err != nil {
			problems.Add(err)
			continue
		}
		docs, err := document.ParseAll(name, text)
		problems.Add(err)
		known := false
		for _, n := range docs {
			known = p.read(n, text, &problems) || known
		}
		if !known && err == nil {
			problems.Addf(source.Top(name), "want %s", wanted)
		}
	}
	p.distinct(&problems)
	return p, problems.Err()
}

const wanted = "a data contract: kind: DataContract and apiVersion: v3.1.0"

// read adds the document n, and reports whether it knows what n is. A data product
// may stand beside a contract: what it declares is for [ports] to say.
func (p *port) read(n *document.Node, text []byte, problems *document.Problems) (known bool) {
	h := headOf(n)
	if reason, ok := h.unread(text); ok {
		problems.Addf(top(n), "want %s; %s", wanted, reason)
		return true
	}
	if !h.isContract() {
		if h.isProduct() {
			newProduct(n, problems).outputs() // it may be the reason why this file is read as a port
		}
		return h.isProduct()
	}
	if p.has(n) {
		return true // a copy, as tools write them that join files
	}
	p.written[n.Get("id").String()] = n
	form := modern.Form(n, h.standard(), problems)
	c := &contract{id: form.Node.Get("id").String(), node: form.Node, usageTerm: form.UsageTerm}
	n = c.node
	r := reader{problems: problems, objectives: &p.objectives, form: form, dialect: dialectOf(n), logical: logicalDialect(h), files: kindOf(n) == schema.Files}
	s := &table.Schema{Tables: r.objects(n), Span: n.Span}
	if span := member(n, "schema"); !span.IsZero() {
		s.Span = span
	}
	promises := r.promises(n, s.Names())
	if len(p.contracts) == 0 {
		p.schema.Span = s.Span
		p.span = memberOr(n, "slaProperties", "id")
		p.terms = termsOf(n, promises)
	}
	c.tables = s.Tables
	p.contracts = append(p.contracts, c)
	p.schema.Tables = append(p.schema.Tables, s.Tables...)
	p.promises = append(p.promises, promises...)
	return true
}

// has reports whether p has the contract n already, word for word.
func (p *port) has(n *document.Node) bool {
	return document.Equal(p.written[n.Get("id").String()], n)
}

// logicalDialect returns what the logical types of a contract mean: before v3.1
// there was none for a time stamp, which went by date.
func logicalDialect(h head) table.Dialect {
	if h.standard() == modern.ODCS2 || strings.HasPrefix(version(h["apiVersion"]), "3.0.") {
		return table.Contract30
	}
	return table.Contract
}

// distinct checks what the contracts of one port must not share: consumers could
// not tell apart what they read.
func (p *port) distinct(problems *document.Problems) {
	if len(p.contracts) < 2 {
		return
	}
	ids := make(map[string]source.Span)
	for _, c := range p.contracts {
		if c.id == "" {
			problems.Addf(top(c.node), "want an id, by which the contracts of one port are told apart")
			continue
		}
		unique(ids, c.id, memberOr(c.node, "id"), fmt.Sprintf("contract %q", c.id), problems)
	}
	names := make(map[string]source.Span)
	for _, t := range p.schema.Tables {
		unique(names, t.Name, t.Span, fmt.Sprintf("object %q", t.Name), problems)
	}
}

// top returns where a document begins.
func top(n *document.Node) source.Span {
	return source.Span{File: n.Span.File, Start: n.Span.Start, End: n.Span.Start}
}

// unique adds an error if key was seen before.
func unique(seen map[string]source.Span, key string, at source.Span, what string, problems *document.Problems) {
	first, twice := seen[key]
	if !twice {
		seen[key] = at
		return
	}
	e := source.Errorf(at, "%s is declared twice", what)
	e.Also = []source.Span{first}
	problems.Add(e)
}

// member returns where the first of keys that is given stands; the zero Span if none
// is.
func member(n *document.Node, keys ...string) source.Span {
	for _, key := range keys {
		if k := n.Key(key); k != nil {
			return memberSpan(k, n.Get(key))
		}
	}
	return source.Span{}
}

// memberSpan goes from a key to the end of its value, unless the value stands
// elsewhere: where an anchor is.
func memberSpan(key, value *document.Node) source.Span {
	span := key.Span
	if end := value.At(); end.File == span.File && span.End.Compare(end.End) < 0 {
		span.End = end.End
	}
	return span
}

// memberOr is member, or n itself if none of keys is given.
func memberOr(n *document.Node, keys ...string) source.Span {
	if span := member(n, keys...); !span.IsZero() {
		return span
	}
	return n.At()
}
