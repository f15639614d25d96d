// Package dbt finds consumers in manifest.json, which dbt writes of a project: v1 to
// v12.
//
// A project reads what is not its own: its sources, and the models of other projects
// that it refs. Which columns, the SQL of its models says, or meta.breakwater.needs
// where somebody wrote it; the columns that a source lists are documentation, and
// no need. A source whose freshness is watched needs it to be that fresh. And an
// exposure, such as a dashboard, reads the models that it depends on, with its owner
// to be told.
package dbt

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/consumer/files"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// Read reads a manifest.
func Read(file string, text []byte, from consumer.Import, queries consumer.Queries) (consumer.Imported, error) {
	m, err := parse(file, text)
	if err != nil && len(m.nodes) == 0 {
		return consumer.Imported{}, err
	}
	m.errs = nil
	p := project{manifest: m, from: from, queries: queries, name: m.root(), declared: make(map[string]consumer.Reading), inputs: make(map[string]bool)}
	if p.name == "" && from.Consumer.ID == "" {
		return consumer.Imported{}, errors.Join(err, source.Errorf(source.Top(file), "want the project's name in metadata.project_name, or consumer.id in the configuration"))
	}
	every := func(section string, each func(*node)) {
		for _, id := range m.order {
			if n := m.nodes[id]; n.section == section && p.runs(n) {
				each(n)
			}
		}
	}
	every("sources", p.declare)
	every("nodes", p.node)
	every("exposures", p.exposure)
	every("sources", p.source)
	return consumer.Imported{Readings: p.gathered.Readings()}, errors.Join(err, errors.Join(m.errs...))
}

// A project is the one whose manifest is read.
type project struct {
	*manifest
	from     consumer.Import
	queries  consumer.Queries
	name     string
	declared map[string]consumer.Reading // of sources, what somebody wrote for us or about freshness
	inputs   map[string]bool             // the sources that something reads
	gathered consumer.Gatherer
}

// root returns the name of the project. Manifests before v10 do not say it: it is the
// package of most of its nodes.
func (m *manifest) root() string {
	if m.project != "" {
		return m.project
	}
	count := make(map[string]int)
	best := ""
	for _, id := range m.order {
		p := m.nodes[id].Package
		if count[p]++; count[p] > count[best] {
			best = p
		}
	}
	return best
}

func (p *project) use(n *node) consumer.Use {
	return consumer.Use{
		Consumer: p.from.Named(p.name), Purpose: "the dbt project " + p.name, Evidence: p.from.Evidence(p.made), Span: n.span,
	}
}

// runs reports whether n is the project's, or of a package that it installed and runs:
// a model of another project, which it only refs, has no SQL here.
func (p *project) runs(n *node) bool {
	return n.Package == p.name || n.section == "sources" || n.sql() != ""
}

// foreign reports whether what a node of a package depends on is made elsewhere: a
// source, or a model of another project.
func foreign(id, pkg string) bool {
	kind, rest, _ := strings.Cut(id, ".")
	of, _, _ := strings.Cut(rest, ".")
	return kind == "source" || of != pkg && slices.Contains([]string{"model", "seed", "snapshot"}, kind)
}

// input returns the node called id. One of another project need not be in the
// manifest, and is known by its id then. It is nil for what has no name.
func (p *project) input(id string) *node {
	if n := p.nodes[id]; n != nil {
		return n
	}
	return fromID(id)
}

// node adds what a model reads that is not the project's own.
func (p *project) node(n *node) {
	var reads []consumer.TableRead
	read := false
	for _, id := range n.DependsOn.Nodes {
		in := p.input(id)
		if in == nil || !foreign(id, n.Package) || len(in.table()) == 0 {
			continue
		}
		if !read && n.ColumnName == "" {
			reads, read = p.sql(n), true
		}
		r := p.reading(n, in, reads)
		if n.ResourceType == "test" && len(r.Columns) == 0 {
			continue // a test says nothing of the columns that it does not name
		}
		p.inputs[id] = true
		if len(p.declared[id].Columns) == 0 {
			p.gathered.Add(r)
		}
	}
}

// sql reads the SQL of a model.
func (p *project) sql(n *node) []consumer.TableRead {
	if n.sql() == "" || p.queries == nil || n.Language != "" && n.Language != "sql" {
		return nil
	}
	return p.queries.Read(p.file, []byte(n.sql()), p.from.Dialect)
}

// reading is what the model n reads of in: of all that its SQL reads, that which fits.
func (p *project) reading(n, in *node, reads []consumer.TableRead) consumer.Reading {
	r := consumer.Reading{Use: p.use(n), Table: in.table()}
	switch {
	case n.ColumnName != "":
		r.Columns = []consumer.Column{{Name: n.ColumnName, Uses: []string{"test"}, Span: n.span}}
		return r
	case n.Language != "" && n.Language != "sql":
		r.Unclear = fmt.Sprintf("has a model in %s, whose columns are not read", n.Language)
		return r
	case n.sql() == "":
		r.Unclear = fmt.Sprintf("has a model %s without SQL in the manifest", n.Name)
		return r
	case p.queries == nil:
		r.Unclear = "has SQL whose columns are not read"
		return r
	}
	var g consumer.Gatherer
	for _, t := range reads {
		if in.isCalled(t.Table) {
			t.Table, t.Span = r.Table, n.span
			for i := range t.Columns {
				t.Columns[i].Span = n.span
			}
			g.AddReads(r.Use, []consumer.TableRead{t})
		}
	}
	if found := g.Readings(); len(found) > 0 {
		return found[0]
	}
	r.Unclear = fmt.Sprintf("has a model %s whose SQL does not show what it reads of %s", n.Name, in.Name)
	return r
}

// isCalled reports whether a query means n by t: its table, or what a template names.
func (n *node) isCalled(t consumer.Table) bool {
	return n.table().Fits(t) > 0 || t.Fits(consumer.Table{n.SourceName, n.Name}) == len(t)
}

// declare notes what the project says that it needs of a source.
func (p *project) declare(n *node) {
	raw, _ := n.breakwater(p.manifest)
	bound, bounded := p.freshness(n)
	if raw == nil && !bounded || len(n.table()) == 0 {
		return
	}
	r := consumer.Reading{Use: p.use(n), Table: n.table()}
	r.Columns = columns(p.needs(n, &r), n, nil)
	if bounded {
		r.SomeSLO = r.SLO == nil
		r.SLO = append(r.SLO, bound)
	}
	if len(r.Columns) == 0 {
		r.Unclear = "watches a source and names no columns of it"
	}
	p.declared[n.id] = r
}

// source adds what is said of a source to what the models read of it.
func (p *project) source(n *node) {
	r, ok := p.declared[n.id]
	switch {
	case !ok:
	case p.inputs[n.id] && len(r.Columns) == 0: // the models say which columns
		p.gathered.Needs(r)
	default:
		p.gathered.Add(r)
	}
}

// freshness returns the bound that a source is watched by. What is an error there is
// the need; where there is only a warning, that is.
func (p *project) freshness(n *node) (bound consumer.Bound, ok bool) {
	limit := n.Freshness.ErrorAfter
	if limit.Count == nil {
		limit = n.Freshness.WarnAfter
	}
	if limit.Count == nil {
		return bound, false
	}
	unit := map[string]string{"minute": "PT%sM", "hour": "PT%sH", "day": "P%sD"}[limit.Period]
	if unit == "" {
		p.problem(n.at, "want minute, hour or day for the freshness of %s, got %q", n.id, limit.Period)
		return bound, false
	}
	l, err := slo.Promised("freshness", slo.Word{Text: fmt.Sprintf(unit, limit.Count), Span: n.span}, slo.Word{})
	if err != nil || l.Text != "" {
		p.problem(n.at, "want a number for the freshness of %s, got %q", n.id, limit.Count)
		return bound, false
	}
	l.Comparator = slo.AtMost
	raw := fmt.Sprintf("%s%s", limit.Count, map[string]string{"minute": "min", "hour": "h", "day": "d"}[limit.Period])
	return consumer.Bound{Property: "freshness", Limit: l, Raw: raw, Span: n.span}, true
}

// needs reads meta.breakwater of n into r, the port and what is needed of it, and
// returns the fields of it as they are written.
func (p *project) needs(n *node, r *consumer.Reading) []consumer.Need {
	raw, at := n.breakwater(p.manifest)
	if raw == nil {
		return nil
	}
	doc, err := document.Parse(p.file, raw)
	from := p.lines.Pos(at)
	for _, e := range source.Errors(err) {
		e.Span = moved(e.Span, from)
		p.add(e)
	}
	move(doc, from)
	var problems document.Problems
	f := problems.Fields(doc, "meta.breakwater")
	r.Port, r.ContractID = f.Text("port"), f.Text("contractId")
	needs := f.Any("needs")
	f.Done()
	problems.Add(files.Needs(needs, &r.Use))
	for _, e := range source.Errors(problems.Err()) {
		p.add(e)
	}
	fields := r.Fields
	r.Fields = nil
	return fields
}

// moved returns a span of a text that begins at a position of the file.
func moved(s source.Span, from source.Pos) source.Span {
	for _, pos := range []*source.Pos{&s.Start, &s.End} {
		if pos.Line == 1 {
			pos.Column += from.Column - 1
		}
		pos.Line += from.Line - 1
	}
	return s
}

func move(n *document.Node, from source.Pos) {
	if n == nil {
		return
	}
	n.Span = moved(n.Span, from)
	for _, list := range [][]*document.Node{n.Keys, n.Items} {
		for _, child := range list {
			move(child, from)
		}
	}
}

// columns writes fields as columns of the table of n. Those that begin with the name
// of another table, of others, are left out.
func columns(fields []consumer.Need, n *node, others map[string]bool) (all []consumer.Column) {
	for _, f := range fields {
		if name := columnOf(f.Path, n, others); name != "" {
			all = append(all, consumer.Column{Name: name, Uses: f.Uses, Values: f.Values, Exhaustive: f.Exhaustive, Span: f.Span})
		}
	}
	return all
}

// columnOf writes a path as the name of a column of n, without the table that it may
// begin with. It is empty for a column of another table.
func columnOf(path change.Path, n *node, others map[string]bool) string {
	var steps []string
	for _, s := range path.Steps() {
		if s != change.Items && s != change.Values {
			steps = append(steps, strings.Trim(string(s), `"`))
		}
	}
	if len(steps) > 1 {
		switch first := strings.ToLower(steps[0]); {
		case first == strings.ToLower(n.Name) || consumer.Table(steps[:1]).Fits(n.table()) > 0:
			steps = steps[1:]
		case others[first]:
			return ""
		}
	}
	return strings.Join(steps, ".")
}

// exposure adds what an exposure depends on.
func (p *project) exposure(n *node) {
	if n.Name == "" {
		p.problem(n.at, "want a name for the exposure %s", n.id)
		return
	}
	said := consumer.Reading{Use: p.owner(n)}
	fields := p.needs(n, &said)
	tables := p.tables(n)
	names := make(map[string]bool, len(tables))
	for _, in := range tables {
		names[strings.ToLower(in.Name)] = true
	}
	for _, in := range tables {
		r := said
		r.Table, r.Columns = in.table(), columns(fields, in, names)
		if len(r.Columns) == 0 {
			r.Unclear = "is an exposure, which names no columns"
		}
		p.gathered.Add(r)
	}
}

// owner returns the use that an exposure is: who it belongs to, and how much it
// matters.
func (p *project) owner(n *node) consumer.Use {
	u := p.use(n)
	u.ID = cmp.Or(p.from.Consumer.ID, n.Package, p.name) + "." + n.Name
	if len(n.Owner.Name) > 0 && u.Team == "" {
		u.Team = n.Owner.Name[0]
	}
	for _, email := range n.Owner.Email {
		if email != "" {
			u.Contacts = append(u.Contacts, consumer.Contact{Channel: "email", Target: email})
		}
	}
	if u.Criticality == "" && slices.Contains([]string{"low", "medium", "high"}, n.Maturity) {
		u.Criticality = n.Maturity
	}
	u.Purpose = cmp.Or(n.Label, n.Name)
	if n.URL != "" {
		u.Purpose += " (" + n.URL + ")"
	}
	return u
}

// tables lists the tables that n depends on, where it does so by way of metrics the
// tables of those.
func (p *project) tables(n *node) (all []*node) {
	seen := map[string]bool{n.id: true}
	todo := slices.Clone(n.DependsOn.Nodes)
	for len(todo) > 0 {
		id := todo[0]
		todo = todo[1:]
		if seen[id] {
			continue
		}
		seen[id] = true
		switch in := p.input(id); {
		case in == nil:
		case in.section == "metrics" || in.section == "semantic_models" || in.section == "saved_queries":
			todo = append(todo, in.DependsOn.Nodes...)
		case len(in.table()) > 0:
			all = append(all, in)
		}
	}
	return all
}
