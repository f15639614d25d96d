package odcs

import (
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/semantic"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// The purposes of authoritative definitions. Empty: not known.
const (
	legal      = "legal terms"
	meaningful = "meaning"
	explaining = "documentation"
)

// purposes tell by its type what an authoritative definition is there for: a
// word that is part of the type, and what links of that kind are.
var purposes = []struct{ word, purpose string }{
	{"privacy", legal}, {"terms", legal}, {"license", legal}, {"licence", legal}, {"legal", legal},
	{"definition", meaningful}, {"semantic", meaningful}, {"glossary", meaningful}, {"ontology", meaningful}, {"concept", meaningful},
	{"tutorial", explaining}, {"video", explaining}, {"canonical", explaining}, {"implementation", explaining}, {"documentation", explaining}, {"repository", explaining},
}

func purposeOf(kind string) string {
	kind = strings.ToLower(strings.NewReplacer(" ", "", "_", "", "-", "").Replace(kind))
	for _, p := range purposes {
		if strings.Contains(kind, p.word) {
			return p.purpose
		}
	}
	return ""
}

// definitions compares the links to what defines an element. What defines its
// meaning or the terms of its use is reported here; it returns true if only
// documentation changed.
func (d *differ) definitions(p pair, f field) (docs bool) {
	was, now := links(f.base), links(f.head)
	docs = true
	report := func(purpose string, rule *change.Rule, text string) {
		docs = false
		c := d.report(rule, p.path, f.baseAt, f.headAt, "%s: %s", p.subject(), text)
		c.From, c.To = short(strings.Join(was[purpose], ", ")), short(strings.Join(now[purpose], ", "))
	}
	if moved := semantic.Diff(p.path, definitionsOf(f.base, f.baseAt), definitionsOf(f.head, f.headAt), f.baseAt, f.headAt); len(moved) > 0 {
		docs = false
		d.changes = append(d.changes, moved...)
	}
	if !slices.Equal(was[legal], now[legal]) {
		report(legal, legalTermsChanged, "the link to its legal terms "+goneOrChanged(now[legal]))
	}
	if !slices.Equal(was[""], now[""]) {
		report("", notCompared, f.key+" changed, which is not compared")
	}
	return docs
}

// links returns the links of each purpose as facts, in a fixed order.
func links(n *document.Node) map[string][]string {
	all := make(map[string][]string)
	for _, l := range n.List() {
		kind := l.Get("type").String()
		purpose := purposeOf(kind)
		all[purpose] = append(all[purpose], kind+" "+l.Get("url").String())
	}
	if !n.IsNull() && n.Kind != document.List {
		all[""] = []string{fact(n)}
	}
	for _, list := range all {
		slices.Sort(list)
	}
	return all
}

func goneOrChanged(now []string) string {
	if len(now) == 0 {
		return "is gone"
	}
	return "changed"
}
