package dbt

import (
	"regexp"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

type reader struct{ *slo.Reader }

// sources reads the objective of each table.
func (r reader) sources(n *document.Node) (all []slo.Objective) {
	tables := make(map[string]int)
	for _, s := range n.Get("sources").List() {
		for _, t := range s.Get("tables").List() {
			tables[t.Get("name").String()]++
		}
	}
	seen := make(map[change.Path]source.Span)
	for _, s := range n.Get("sources").List() {
		for _, t := range s.Get("tables").List() {
			name := t.Get("name").String()
			if name == "" {
				r.Addf(t.At(), "want a name for each table of the source %s", s.Get("name").String())
				continue
			}
			at := change.Path("").Join(change.Name(name))
			if tables[name] > 1 { // which one is told by the source
				at = change.Path("").Join(change.Name(s.Get("name").String()), change.Name(name))
			}
			if first, twice := seen[at]; twice {
				e := source.Errorf(t.Get("name").At(), "the table %s is declared twice", at)
				e.Also = []source.Span{first}
				r.Add(e)
				continue
			}
			seen[at] = t.Get("name").At()
			if o, ok := r.table(s, t, at); ok {
				all = append(all, o)
			}
		}
	}
	return all
}

// table reads the freshness of a table, or what its source says for all of them.
func (r reader) table(s, t *document.Node, at change.Path) (o slo.Objective, ok bool) {
	usual, hasUsual := setting(s, "freshness")
	own, hasOwn := setting(t, "freshness")
	if hasOwn && own.IsNull() || !hasOwn && !hasUsual {
		return o, false // it is switched off
	}
	for _, key := range thresholds {
		limit := own.Get(key)
		if own.Key(key) == nil {
			limit = usual.Get(key)
		}
		if limit.IsNull() {
			continue
		}
		if o, ok = r.threshold(limit, at); !ok {
			return o, false
		}
		o.Element, o.Measure = r.element(s, t, at)
		filter := own.Get("filter")
		if filter.IsNull() {
			filter = usual.Get("filter")
		}
		if !filter.IsNull() {
			o.Measure = strings.TrimPrefix(o.Measure+", filter: "+slo.Fact(filter), ", ")
		}
		return o, true
	}
	return o, false
}

// thresholds are what freshness may say, the one that counts most first.
var thresholds = []string{"error_after", "warn_after"}

// setting returns a member of n, which since dbt 1.10 may stand in its config.
func setting(n *document.Node, key string) (value *document.Node, given bool) {
	if config := n.Get("config"); config.Key(key) != nil {
		return config.Get(key), true
	}
	return n.Get(key), n.Key(key) != nil
}

// threshold reads count and period.
func (r reader) threshold(n *document.Node, at change.Path) (o slo.Objective, ok bool) {
	count, period := n.Get("count"), n.Get("period")
	if count.IsNull() || count.Kind != document.Scalar {
		r.Addf(n.At(), "want count and period for the freshness of %s, such as {count: 26, period: hour}", at)
		return o, false
	}
	switch period.String() {
	case "minute", "hour", "day":
	default:
		span := period.At()
		if span.IsZero() {
			span = n.At()
		}
		r.Addf(span, "want minute, hour or day for the period of %s, got %q", at, period.String())
		return o, false
	}
	o, ok = r.Promise("freshness", slo.WordOf(count), slo.Word{Text: period.Text, Span: period.Span})
	o.Span = n.At()
	return o, ok
}

// column matches what can only be the name of a column: anything else is an expression.
var column = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// element returns what is fresh, and how that is measured where no column says it.
func (r reader) element(s, t *document.Node, at change.Path) (change.Path, string) {
	field, _ := setting(t, "loaded_at_field")
	query, _ := setting(t, "loaded_at_query")
	if field.IsNull() && query.IsNull() {
		field, _ = setting(s, "loaded_at_field")
		query, _ = setting(s, "loaded_at_query")
	}
	switch name := strings.Trim(field.String(), "\"`"); {
	case column.MatchString(name):
		return at.Join(change.Name(name)), ""
	case !field.IsNull():
		return at, "loaded_at_field: " + slo.Fact(field)
	case !query.IsNull():
		return at, "loaded_at_query: " + slo.Fact(query)
	}
	return at, ""
}
