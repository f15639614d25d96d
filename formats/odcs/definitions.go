package odcs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// purposes tell by its type what an authoritative definition is there for: a
// word that is part of the type, and what links of that kind are.
var purposes = []struct {
	word, purpose string
}{
	{"privacy", "legal"}, {"terms", "legal"}, {"license", "legal"}, {"licence", "legal"}, {"legal", "legal"},
	{"definition", "meaning"}, {"semantic", "meaning"}, {"glossary", "meaning"}, {"ontology", "meaning"}, {"concept", "meaning"},
	{"tutorial", "documentation"}, {"video", "documentation"}, {"canonical", "documentation"}, {"implementation", "documentation"}, {"documentation", "documentation"}, {"repository", "documentation"},
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
// meaning or the terms of its use is reported here; the key is returned if only
// documentation changed.
func (d *differ) definitions(p pair) (docs []string) {
	const key = "authoritativeDefinitions"
	was, now := links(p.base.Get(key)), links(p.head.Get(key))
	differs := func(purpose string) bool { return !slices.Equal(was[purpose], now[purpose]) }
	said := false
	report := func(purpose string, rule *change.Rule, text string) {
		said = true
		c := d.member(rule, p, key, fmt.Sprintf("%s: %s", p.subject(), text))
		c.From, c.To = short(strings.Join(was[purpose], ", ")), short(strings.Join(now[purpose], ", "))
	}
	gone := func(link string) bool {
		_, found := slices.BinarySearch(now["meaning"], link)
		return !found
	}
	if slices.ContainsFunc(was["meaning"], gone) {
		report("meaning", meaningChanged, "the link to its definition "+goneOrChanged(now["meaning"]))
	}
	if differs("legal") {
		report("legal", legalTermsChanged, "the link to its legal terms "+goneOrChanged(now["legal"]))
	}
	if differs("") {
		report("", notCompared, key+" changed, which is not compared")
	}
	if said {
		return nil
	}
	return []string{key}
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
