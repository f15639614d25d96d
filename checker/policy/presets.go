package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// presets reports what the presets on both sides let through. Against what each rule
// says of itself a preset may do either, so one that comes or goes loosens.
func (g *gate) presets() {
	was, now := byScope(g.base.Policy.Presets), byScope(g.head.Policy.Presets)
	all := maps.Clone(was)
	maps.Copy(all, now)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		a, before := was[key]
		b, after := now[key]
		switch {
		case !before:
			g.report(loosened, g.at("formats", b.Format, "preset", key), "the rules' own classes", b.Name, source.Span{}, b.Span,
				fmt.Sprintf("%s%s judges instead of the rules' own classes", scope(b), b.Name))
		case !after:
			g.report(loosened, g.at("formats", a.Format, "preset", key), a.Name, "the rules' own classes", a.Span, source.Span{},
				fmt.Sprintf("%s%s no longer judges; the rules' own classes do", scope(a), a.Name))
		default:
			g.preset(key, a, b)
		}
	}
}

// sections reports what else a configuration says to a format. What that lets through
// only the format knows, so every difference may loosen.
func (g *gate) sections() {
	for _, format := range slices.Sorted(maps.Keys(g.base.Formats)) {
		was, now := g.base.Formats[format], g.head.Formats[format]
		var keys []string
		for _, n := range []*document.Node{was, now} {
			if n != nil {
				for _, key := range n.Keys {
					keys = append(keys, key.Text)
				}
			}
		}
		slices.Sort(keys)
		for _, key := range slices.Compact(keys) {
			if a, b := was.Get(key), now.Get(key); key != "preset" && !document.Equal(a, b) {
				g.report(loosened, g.at("formats", format, key), written(a), written(b), g.base.at("formats", format, key), g.head.at("formats", format, key),
					fmt.Sprintf("formats.%s.%s is another", format, key))
			}
		}
	}
}

// written is a node in a text of its own.
func written(n *document.Node) string {
	if n == nil {
		return "absent"
	}
	if n.Kind == document.Scalar {
		return fmt.Sprintf("%q", n.Text)
	}
	var parts []string
	for i, item := range n.Items {
		key := ""
		if n.Kind == document.Map {
			key = n.Keys[i].Text + ": "
		}
		parts = append(parts, key+written(item))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// preset compares two presets of one scope: what breaks by them, and what of that they
// let pass.
func (g *gate) preset(key string, was, now schema.Preset) {
	report := func(what string, from, to []string, loose bool) {
		if slices.Equal(from, to) {
			return
		}
		rule := tightened
		if loose {
			rule = loosened
		}
		gone, added := without(from, to), without(to, from)
		var words []string
		if len(gone) > 0 {
			words = append(words, "no longer "+some(gone))
		}
		if len(added) > 0 {
			words = append(words, "now "+some(added))
		}
		g.report(rule, g.at("formats", was.Format, "preset", key, what), strings.Join(from, " "), strings.Join(to, " "), was.Span, now.Span,
			fmt.Sprintf("%s %s: %s", now.Name, what, strings.Join(words, "; ")))
	}
	report("stops", was.IDs, now.IDs, subset(was.IDs, now.IDs) == 0)
	from, to := sparedTexts(was), sparedTexts(now)
	report("lets pass", from, to, subset(to, from) == 0)
}

// scope says what p judges.
func scope(p schema.Preset) string {
	if len(p.Under) == 0 || slices.Equal(p.Under, []string{"."}) {
		return p.Format + ": "
	}
	return fmt.Sprintf("%s in %s: ", p.Format, some(p.Under))
}

// some lists the first of all, and counts the rest.
func some(all []string) string {
	const most = 4
	if len(all) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(all[:most], ", "), len(all)-most)
	}
	return strings.Join(all, ", ")
}

// byScope finds presets by what they judge: those of a repository's section by their
// format, those of another tool's configuration by their folders.
func byScope(presets []schema.Preset) map[string]schema.Preset {
	all := make(map[string]schema.Preset)
	for _, p := range presets {
		if !p.Own {
			all[strings.Join(append([]string{p.Format}, p.Under...), " ")] = p
		}
	}
	return all
}

func sparedTexts(p schema.Preset) []string {
	var texts []string
	for _, s := range p.Spared {
		text := "everything"
		if len(s.IDs) > 0 {
			text = strings.Join(s.IDs, " ")
		}
		if s.Path != "" {
			text += " in " + s.Path
		}
		if s.Unstable {
			text += " that is unstable"
		}
		texts = append(texts, text)
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

// without returns those of all that are not in others.
func without(all, others []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(others, s) })
}
