package table

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A Pair is a table or column that both sides have, as their documents say it.
type Pair struct {
	Path           change.Path // in base
	Base, Head     *document.Node
	BaseAt, HeadAt source.Span // of its name
	IsTable        bool
}

// Diff reports how head differs from base. It calls each, which may be nil, for
// every table and column that both have, so that a format can compare what only
// it knows of.
func Diff(base, head *Schema, each func(Pair)) []change.Change {
	if each == nil {
		each = func(Pair) {}
	}
	d := differ{each: each, cleared: cleared(base)}
	m := match(base.Tables, head.Tables)
	for i, was := range base.Tables {
		if j := m.mate[i]; j >= 0 {
			d.table(pairOf[*Table]{was, head.Tables[j], was.Path(), head.Tables[j].Path()})
		} else {
			d.report(tableRemoved, was.Path(), was.Span, head.Span, "%s is gone", was.Path())
		}
	}
	for j, now := range head.Tables {
		if m.back[j] < 0 {
			d.report(tableAdded, now.Path(), base.Span, now.Span, "%s is new", now.Path())
		}
	}
	return d.changes
}

type differ struct {
	each      func(Pair)
	cleared   int // the rank of the most sensitive column of base
	keys      keys
	unordered bool // of the columns of the table that is compared
	changes   []change.Change
}

// report adds a change. The caller may complete what is returned.
func (d *differ) report(r *change.Rule, at change.Path, base, head source.Span, format string, args ...any) *change.Change {
	d.changes = append(d.changes, change.Change{Rule: r, Path: at, Base: base, Head: head, Detail: fmt.Sprintf(format, args...)})
	return &d.changes[len(d.changes)-1]
}

// column reports a change of a column, whose path begins the sentence. A zero
// span is that of the column.
func (d *differ) column(r *change.Rule, p pairOf[*Column], base, head source.Span, format string, args ...any) *change.Change {
	if base.IsZero() {
		base = p.base.Span
	}
	if head.IsZero() {
		head = p.head.Span
	}
	return d.report(r, p.path, base, head, "%s: %s", p.path, fmt.Sprintf(format, args...))
}

func (d *differ) table(p pairOf[*Table]) {
	d.each(Pair{p.path, p.base.Node, p.head.Node, p.base.Span, p.head.Span, true})
	d.names(p.path, &p.base.Named, &p.head.Named, tableRenamed, tableRelabelled)
	d.kind(p)
	base, head := p.base.at(ItsDeprecated), p.head.at(ItsDeprecated)
	if was, now := p.base.Deprecated, p.head.Deprecated; now && !was {
		d.report(tableDeprecated, p.path, base, head, "%s is deprecated", p.path)
	} else if was && !now {
		d.report(tableUndeprecated, p.path, base, head, "%s is no longer deprecated", p.path)
	}
	d.unordered = p.base.Unordered || p.head.Unordered
	d.keys = keys{soles: make(map[*Column]bool)}
	d.keys.sole(p.base)
	d.keys.sole(p.head)
	d.columns(p.path, p.headPath, p.base.Span, p.head.Span, p.base.Columns, p.head.Columns)
	d.key(p, d.keys)
}

// columns compares the columns of a table or the fields of a struct. The spans are
// the owner's.
func (d *differ) columns(path, headPath change.Path, baseAt, headAt source.Span, base, head []*Column) {
	m := match(base, head)
	for i, was := range base {
		at := path.Join(change.Name(was.Name))
		if j := m.mate[i]; j >= 0 {
			now := head[j]
			d.each(Pair{at, was.Node, now.Node, was.Span, now.Span, false})
			d.names(at, &was.Named, &now.Named, columnRenamed, columnRelabelled)
			d.compare(pairOf[*Column]{was, now, at, headPath.Join(change.Name(now.Name))})
			continue
		}
		c := d.report(columnRemoved, at, was.Span, headAt, "%s is gone", at)
		c.From = was.typeText()
		d.keys.gone(was)
	}
	for j, now := range head {
		if m.back[j] < 0 {
			d.added(headPath.Join(change.Name(now.Name)), baseAt, now)
		}
	}
	if moved := m.moved(); len(moved) > 0 && !d.unordered {
		d.moved(path, baseAt, headAt, m, moved)
	}
}

// added reports a new column. One that is more sensitive than all that the port
// showed so far, or holds what is, asks more of its consumers than any other.
func (d *differ) added(at change.Path, baseAt source.Span, now *Column) {
	d.keys.added(at, now)
	if rank, label, ok := mostSensitive([]*Column{now}); ok && rank > d.cleared {
		d.report(columnAddedSensitive, at, baseAt, now.Span, "%s is new, and %s", at, label).To = label
		return
	}
	d.report(columnAdded, at, baseAt, now.Span, "%s is new", at).To = now.typeText()
}

func (d *differ) moved(path change.Path, baseAt, headAt source.Span, m *matcher[*Column], moved []int) {
	var names, from, to []string
	for _, i := range moved {
		names = append(names, m.base[i].Name)
		from = append(from, fmt.Sprintf("%s=%d", change.Name(m.base[i].Name), i+1))
		to = append(to, fmt.Sprintf("%s=%d", change.Name(m.base[i].Name), m.mate[i]+1))
	}
	const most = 3
	if more := len(names) - most; more > 0 {
		names = append(names[:most], fmt.Sprintf("%d more", more))
	}
	c := d.report(columnMoved, path, baseAt, headAt, "%s: %s moved", path, strings.Join(names, ", "))
	c.From, c.To = strings.Join(from, " "), strings.Join(to, " ")
}

// names compares what an element is called. Queries use the stored name, and
// what consumers have registered is the other one.
func (d *differ) names(at change.Path, was, now *Named, renamed, relabelled *change.Rule) {
	rule, detail := renamed, fmt.Sprintf("%s is called %s now", at, now.Name)
	from, to := was.Name, now.Name
	base, head := was.Span, now.Span
	switch {
	case was.Name != now.Name && was.stored() == now.stored():
		rule = relabelled
		detail += ", and stored as before"
	case was.Name != now.Name && strings.EqualFold(was.stored(), now.stored()):
		rule = relabelled
		detail += ", which differs in capitals only"
	case was.Name != now.Name:
	case was.Physical == now.Physical,
		(was.Physical == "" || now.Physical == "") && strings.EqualFold(was.stored(), now.stored()):
		return
	default:
		from, to = was.Physical, now.Physical
		base, head = was.at(ItsStoredName), now.at(ItsStoredName)
		detail = fmt.Sprintf("%s: its stored name %s", at, became(from == "", to == "", from, to))
		if from == "" || to == "" || strings.EqualFold(from, to) {
			rule = relabelled
		}
	}
	c := d.report(rule, at, base, head, "%s", detail)
	c.From, c.To = from, to
}

// kinds groups what a table can be by how it is read.
var kinds = map[string]string{
	"table": "relation", "view": "relation", "materialized view": "relation", "materialized_view": "relation", "materializedview": "relation", "external table": "relation",
	"topic": "stream", "stream": "stream", "queue": "stream",
	"file": "files", "files": "files", "folder": "files",
	"api": "api", "endpoint": "api",
}

func (d *differ) kind(p pairOf[*Table]) {
	from, to := fold(p.base.Kind), fold(p.head.Kind)
	if cmp.Or(from, "table") == cmp.Or(to, "table") {
		return
	}
	rule := tableKindChanged
	if was, now := kinds[from], kinds[to]; was != "" && now != "" && was != now {
		rule = tableMediumChanged
	}
	c := d.report(rule, p.path, p.base.at(ItsKind), p.head.at(ItsKind), "%s: %s", p.path, became(from == "", to == "", from, to))
	c.From, c.To = from, to
}
