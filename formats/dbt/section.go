package dbt

import (
	"cmp"

	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A section is a part of a file that is compared as a whole: a source less what is
// judged as objectives, or all models.
type section struct {
	name   string
	full   string // canonical text
	bare   string // less its descriptions
	span   source.Span
	judged bool // it has objectives
}

// sections lists the sections of a file. Those of one name are one.
func sections(n *document.Node) (all []section) {
	at := make(map[string]int)
	add := func(name string, value *document.Node, span source.Span, judged bool) {
		full, bare := slo.Fact(value), slo.Fact(strip(value, undescribed))
		if i, twice := at[name]; twice {
			all[i].full, all[i].bare = all[i].full+"\n"+full, all[i].bare+"\n"+bare
			return
		}
		at[name] = len(all)
		all = append(all, section{name: name, full: full, bare: bare, span: span, judged: judged})
	}
	for i, key := range n.Keys {
		if key.Text == "sources" || key.Text == "version" {
			continue
		}
		add(key.Text, n.Items[i], key.Span, false)
	}
	for _, s := range n.Get("sources").List() {
		strict := hasError(s, false)
		rest := within(unjudged(s, strict), "tables", func(t *document.Node) *document.Node { return unjudged(t, hasError(t, strict)) })
		add("source "+cmp.Or(s.Get("name").String(), "without a name"), rest, s.At(), isFresh(s))
	}
	return all
}

// hasError reports whether it is an error that n is not fresh; where n does not say, it
// is as usual.
func hasError(n *document.Node, usual bool) bool {
	freshness, _ := setting(n, "freshness")
	if freshness.Key("error_after") == nil {
		return usual
	}
	return !freshness.Get("error_after").IsNull()
}

// unjudged returns a source or a table less what its objective says, which is what
// warns only where nothing is an error.
func unjudged(n *document.Node, strict bool) *document.Node {
	level := func(n *document.Node) *document.Node {
		return keep(n, func(key string, value *document.Node) *document.Node {
			switch key {
			case "loaded_at_field", "loaded_at_query":
				return nil
			case "freshness":
				return keep(value, func(key string, value *document.Node) *document.Node {
					if key == "error_after" || key == "filter" || key == "warn_after" && !strict {
						return nil
					}
					return value
				})
			}
			return value
		})
	}
	return keep(level(n), func(key string, value *document.Node) *document.Node {
		if key == "config" {
			return level(value)
		}
		return value
	})
}

// undescribed drops descriptions.
func undescribed(key string, value *document.Node) *document.Node {
	if key == "description" {
		return nil
	}
	return value
}
