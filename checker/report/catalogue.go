package report

import (
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"golang.org/x/tools/txtar"
)

// A Catalogue is all that can be reported, and what is not compared.
type Catalogue struct {
	Rules   []change.Rules
	Formats []schema.Format
}

// An entry is a rule with its example.
type entry struct {
	*change.Rule
	example *txtar.Archive
}

// entries lists the rules by id.
func (c Catalogue) entries() []entry {
	var all []entry
	for _, rules := range c.Rules {
		for _, r := range rules.List {
			example, _ := rules.Example(r)
			all = append(all, entry{r, example})
		}
	}
	slices.SortFunc(all, func(a, b entry) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// IDs lists the ids of all rules, sorted.
func (c Catalogue) IDs() []string {
	var ids []string
	for _, e := range c.entries() {
		ids = append(ids, e.ID)
	}
	return ids
}

// Text lists the rules for a terminal.
func (c Catalogue) Text(w io.Writer, o Options) error {
	s := newScreen(o)
	family := ""
	for _, e := range c.entries() {
		if dir := path.Dir(e.ID); dir != family {
			if family != "" {
				s.line(0, "")
			}
			family = dir
		}
		s.wrapped(0, 15, fmt.Sprintf("%s  %s  %s", s.paint(classColor(e.Class), fmt.Sprintf("%-10s", e.Class)), s.paint(bold, fmt.Sprintf("%-38s", e.ID)), e.Title))
	}
	s.line(0, "")
	s.line(0, "%s", s.paint(bold, "not compared"))
	for _, f := range c.Formats {
		for _, gap := range f.Gaps {
			s.wrapped(2, 4, fmt.Sprintf("%s: %s", f.Name, gap))
		}
	}
	s.line(0, "")
	s.line(0, "breakwater explain RULE says why a rule exists and shows it at work")
	_, err := w.Write(s.Bytes())
	return err
}

// JSON lists the rules for machines.
func (c Catalogue) JSON(w io.Writer) error {
	type rule struct {
		ID       string   `json:"id"`
		Idea     string   `json:"idea"`
		Title    string   `json:"title"`
		Class    string   `json:"class"`
		IfNeeded string   `json:"ifNeeded"`
		Surfaces []string `json:"surfaces"`
		Why      string   `json:"why"`
		Fix      string   `json:"fix"`
		Also     []string `json:"also"`
		Example  string   `json:"example"`
	}
	type gaps struct {
		Format string   `json:"format"`
		Gaps   []string `json:"notCompared"`
	}
	out := struct {
		SchemaVersion int    `json:"schemaVersion"`
		Rules         []rule `json:"rules"`
		Formats       []gaps `json:"formats"`
	}{SchemaVersion, []rule{}, []gaps{}}
	for _, e := range c.entries() {
		out.Rules = append(out.Rules, rule{
			e.ID, string(e.Idea), e.Title, e.Class.String(), e.Needed().String(), e.Breaks.Names(), flow(e.Why), e.remedy(),
			append([]string{}, e.Also...), string(txtar.Format(e.example)),
		})
	}
	for _, f := range c.Formats {
		out.Formats = append(out.Formats, gaps{f.Name, append([]string{}, f.Gaps...)})
	}
	return encode(w, out)
}

// Markdown writes the rule index.
func (c Catalogue) Markdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# Rules\n\nEvery rule of Breakwater, with its reason and its example. Written by `go test ./formats -update`; do not edit.\n")
	b.WriteString("\n| rule | class | breaks | what happened |\n|---|---|---|---|\n")
	for _, e := range c.entries() {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s |\n", e.ID, strings.ReplaceAll(e.ID, "/", ""), e.Class, strings.Join(e.Breaks.Names(), ", "), e.Title)
	}
	b.WriteString("\n## What is not compared\n")
	for _, f := range c.Formats {
		fmt.Fprintf(&b, "\n%s:\n\n", f.Name)
		for _, gap := range f.Gaps {
			fmt.Fprintf(&b, "- %s\n", gap)
		}
	}
	for _, e := range c.entries() {
		fmt.Fprintf(&b, "\n## %s\n\n**%s** (%s; breaks %s", e.ID, e.Title, e.Class, strings.Join(e.Breaks.Names(), ", "))
		if len(e.Also) > 0 {
			fmt.Fprintf(&b, "; elsewhere %s", strings.Join(e.Also, ", "))
		}
		fmt.Fprintf(&b, ")\n\n%s\n\n%s\n\n```\n%s```\n", flow(e.Why), e.remedy(), txtar.Format(e.example))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// remedy says what to do.
func (e entry) remedy() string {
	if e.Then == "" {
		return flow(e.Fix)
	}
	return flow(e.Fix) + " Then " + flow(e.Then) + "."
}

// flow joins the lines of a text that was broken for its source.
func flow(text string) string { return strings.Join(strings.Fields(text), " ") }

// Explain writes why the rule called id exists, and shows it at work. It reports
// whether there is such a rule.
func (c Catalogue) Explain(w io.Writer, id string, o Options) (bool, error) {
	all := c.entries()
	i := slices.IndexFunc(all, func(e entry) bool { return e.ID == id })
	if i < 0 {
		return false, nil
	}
	e, s := all[i], newScreen(o)
	head := fmt.Sprintf("%s   %s   breaks %s", s.paint(bold, e.ID), s.paint(classColor(e.Class), e.Class.String()), strings.Join(e.Breaks.Names(), ", "))
	if also := e.Also; len(also) > 0 {
		if len(also) > 3 {
			also = append(slices.Clone(also[:3]), fmt.Sprintf("%d more", len(also)-3))
		}
		head += "   elsewhere " + strings.Join(also, ", ")
	}
	s.wrapped(0, 4, head)
	if e.Class != change.Breaking && e.Needed() != e.Class {
		s.line(0, "%s for a consumer whose declared need it violates", e.Needed())
	}
	s.line(0, "")
	s.wrapped(0, 0, e.Title+".")
	s.wrapped(0, 0, flow(e.Why))
	s.line(0, "")
	s.wrapped(0, 4, s.paint(bold, "do")+"  "+e.remedy())
	s.example(e.example)
	if w := c.proof(e); w != nil {
		s.wrapped(2, 4, "proof: "+Plain(w.String()))
	}
	_, err := w.Write(s.Bytes())
	return true, err
}

// example shows the files of an example side by side, and what is said of them.
func (s *screen) example(ar *txtar.Archive) {
	sides := map[string][]txtar.File{}
	var want []byte
	for _, f := range ar.Files {
		if f.Name == "want" {
			want = f.Data
			continue
		}
		side, name, _ := strings.Cut(f.Name, "/")
		sides[side] = append(sides[side], txtar.File{Name: name, Data: f.Data})
	}
	var names []string
	for _, f := range slices.Concat(sides["before"], sides["after"]) {
		if !slices.Contains(names, f.Name) {
			names = append(names, f.Name)
		}
	}
	text := func(side, name string) []string {
		for _, f := range sides[side] {
			if f.Name == name {
				return strings.Split(strings.TrimRight(string(f.Data), "\n"), "\n")
			}
		}
		return []string{"(not there)"}
	}
	for _, name := range names {
		before, after := text("before", name), text("after", name)
		s.line(0, "")
		if slices.Equal(before, after) {
			s.line(0, "%s", s.paint(dim, name+", on both sides"))
			for _, line := range before {
				s.line(2, "%s", Plain(line))
			}
			continue
		}
		column := 0
		for _, line := range before {
			column = max(column, width(Plain(line)))
		}
		if column = max(column, width("before  "+name)) + 4; column > s.Width*2/3 {
			column = s.Width / 2
		}
		s.columns(column, s.paint(dim, "before  "+name), s.paint(dim, "after"))
		for i := range max(len(before), len(after)) {
			s.columns(column, "  "+Plain(at(before, i)), "  "+Plain(at(after, i)))
		}
	}
	s.line(0, "")
	s.line(0, "%s", s.paint(dim, "breakwater says"))
	for _, line := range strings.Split(strings.TrimRight(string(want), "\n"), "\n") {
		s.wrapped(2, 4, Plain(line))
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

func (s *screen) columns(column int, left, right string) {
	if gap := column - width(left); gap >= 1 {
		s.line(0, "%s%s%s", left, strings.Repeat(" ", gap), right)
		return
	}
	s.line(0, "%s", left)
	s.line(0, "%s%s", strings.Repeat(" ", column), right)
}
