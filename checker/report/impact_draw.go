package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/consumer"
)

// A drawing is a reach as nodes and arrows: from a port to who reads it, and from
// there to what that one publishes. Each consumer is one node, in the column behind
// the nearest port that it reads.
type drawing struct {
	title string
	nodes []drawn
	edges []arrowTo
	more  int // nodes that are left out
}

type drawn struct {
	name   string
	port   bool
	column int
}

type arrowTo struct {
	from, to int
	impact   consumer.Impact
}

// draw makes a drawing of the nearest of r.
func draw(r *checker.Reach) *drawing {
	d := &drawing{title: "What a removal of " + r.Ports[0].Name() + " would hit"}
	ports, consumers := make(map[int]int), make(map[string]int)
	room := make(map[int]int)
	add := func(n drawn) int {
		if room[n.column] == maxNodes {
			d.more++
			return -1
		}
		room[n.column]++
		d.nodes = append(d.nodes, n)
		return len(d.nodes) - 1
	}
	for i, p := range r.Ports {
		ports[i] = add(drawn{p.Name(), true, 2 * p.Level})
		for _, reader := range p.Readers {
			if _, ok := consumers[reader.Use.ID]; !ok {
				consumers[reader.Use.ID] = add(drawn{whoIs(reader), false, 2*p.Level + 1})
			}
		}
	}
	connect := func(from, to int, impact consumer.Impact) {
		if from >= 0 && to >= 0 {
			d.edges = append(d.edges, arrowTo{from, to, impact})
		}
	}
	published := make(map[[2]int]bool)
	for i, p := range r.Ports {
		for _, reader := range p.Readers {
			who := consumers[reader.Use.ID]
			impact := reader.Impact
			if p.Perhaps(reader) {
				impact = consumer.Unknown
			}
			connect(ports[i], who, impact)
			for _, next := range reader.Leads {
				if key := [2]int{who, next}; !published[key] {
					published[key] = true
					connect(who, ports[next], consumer.Unknown)
				}
			}
		}
	}
	return d
}

func whoIs(reader checker.Reader) string {
	if c := reader.Use.Criticality; c != "" {
		return reader.Use.ID + " (" + c + ")"
	}
	return reader.Use.ID
}

// others says how many nodes are left out.
func (d *drawing) others() string {
	if d.more == 0 {
		return ""
	}
	return fmt.Sprintf("and %s; the text and the JSON name all", one(d.more, "1 more", fmt.Sprintf("%d more", d.more)))
}

// impactWords says what a stroke stands for.
func impactWords(i consumer.Impact) string {
	if i == consumer.Unknown {
		return "perhaps"
	}
	return i.String()
}

// ImpactMermaid draws a reach for Mermaid, which GitHub and GitLab show in Markdown.
func ImpactMermaid(w io.Writer, r *checker.Reach) error {
	d := draw(r)
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	for i, n := range d.nodes {
		open, end := "(", ")"
		if n.port {
			open, end = "[", "]"
		}
		fmt.Fprintf(&b, "  n%d%s\"%s\"%s\n", i, open, mermaidText(n.name), end)
	}
	for _, e := range d.edges {
		line := "-.->"
		if e.impact == consumer.Violated {
			line = "==>"
		}
		fmt.Fprintf(&b, "  n%d %s|%s| n%d\n", e.from, line, impactWords(e.impact), e.to)
	}
	if more := d.others(); more != "" {
		fmt.Fprintf(&b, "  more>\"%s\"]\n", mermaidText(more))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// mermaidText writes text so that Mermaid shows it as it is: all that could end a
// label, or begin markup in it, is written by its number.
func mermaidText(text string) string {
	var b strings.Builder
	for _, r := range cut(Plain(text)) {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', strings.ContainsRune(" ./-_", r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}

// ImpactDOT draws a reach for Graphviz.
func ImpactDOT(w io.Writer, r *checker.Reach) error {
	d := draw(r)
	var b strings.Builder
	fmt.Fprintf(&b, "digraph impact {\n  rankdir=LR\n  label=%s\n  node [shape=box, style=rounded, fontname=\"sans-serif\"]\n  edge [fontname=\"sans-serif\"]\n", dotText(d.title))
	for i, n := range d.nodes {
		port := ""
		if n.port {
			port = ", style=filled, fillcolor=\"#f6f8fa\""
		}
		fmt.Fprintf(&b, "  n%d [label=%s%s]\n", i, dotText(n.name), port)
	}
	for _, e := range d.edges {
		style := map[consumer.Impact]string{consumer.Violated: "bold", consumer.Affected: "dashed", consumer.Unknown: "dotted"}[e.impact]
		fmt.Fprintf(&b, "  n%d -> n%d [label=%s, style=%s]\n", e.from, e.to, dotText(impactWords(e.impact)), style)
	}
	if more := d.others(); more != "" {
		fmt.Fprintf(&b, "  more [label=%s, shape=plaintext]\n", dotText(more))
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// dotText quotes text. Graphviz reads entities of HTML and escapes in a label, so
// both are undone.
func dotText(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "&", "&amp;").Replace(cut(Plain(text))) + `"`
}

//go:embed html/impact.svg.tmpl
var impactPage string

// ImpactSVG draws a reach as a picture that stands alone.
func ImpactSVG(w io.Writer, r *checker.Reach) error {
	page, err := template.New("impact").Parse(impactPage)
	if err != nil {
		return err
	}
	d := draw(r)
	g := &graph{Title: Plain(d.title), More: d.others()}
	var columns [][]string
	for _, n := range d.nodes {
		for len(columns) <= n.column {
			columns = append(columns, nil)
		}
		columns[n.column] = append(columns[n.column], n.name)
	}
	spots := g.columns(columns...)
	at := func(i int) spot { return spots[d.nodes[i].column][d.nodes[i].name] }
	for _, e := range slices.Backward(d.edges) { // the nearest is drawn last, on top
		g.connect(e.impact.String(), at(e.from), at(e.to))
		if word := e.impact.String(); !slices.Contains(g.Legend, word) {
			g.Legend = append(g.Legend, word)
		}
	}
	slices.Sort(g.Legend)
	g.Height += g.below
	return page.Execute(w, newPicture(g))
}

// A picture is a graph with its legend below it.
type picture struct {
	*graph
	Total int // height
	Keys  []key
	MoreY int
}

// A key says what a stroke stands for.
type key struct {
	Impact, Word    string
	X1, X2, Y, Text int
	TextY           int
}

func newPicture(g *graph) *picture {
	const line, keyWidth, wide = 40, 150, 2*graphMargin + 2*nodeWidth + graphGap
	p := &picture{graph: g, Total: g.Height + 24}
	for i, impact := range g.Legend {
		x := graphMargin + i*keyWidth
		k := key{Impact: impact, Word: impact, X1: x, X2: x + line, Y: g.Height + 8, Text: x + line + 8, TextY: g.Height + 13}
		if impact == consumer.Unknown.String() {
			k.Word = impactWords(consumer.Unknown)
		}
		p.Keys = append(p.Keys, k)
	}
	if g.More != "" {
		p.MoreY = p.Total + 14
		p.Total += 24
	}
	g.Width = max(g.Width, wide)
	return p
}
