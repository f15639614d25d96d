package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
)

// maxNodes is how many ports, and how many consumers, the graph draws.
const maxNodes = 24

// A graph draws the ports that changed on the left, those who read them on the right,
// and a line for each use: what the change does to it shows in its stroke, and stands
// in words beside it.
type graph struct {
	Width, Height int
	Title         string
	Nodes         []node
	Edges         []graphEdge
	Legend        []string
	Words         []string
	More          string

	below int // how much of the picture lies below the nodes
}

type node struct {
	Name, Label         string
	X, Y, Width, Height int
	TextX, TextY        int
}

type graphEdge struct{ Impact, Path string }

// A use is a line of the graph: what the changes of a port do to one who reads it.
type use struct {
	port, consumer string
	impact         consumer.Impact
}

// graph lays out who reads what changed; nil if nobody is known to.
func (v *view) graph() *graph {
	uses := v.uses()
	if len(uses) == 0 {
		return nil
	}
	ports, morePorts := firstNodes(uses, func(u use) string { return u.port })
	consumers, moreConsumers := firstNodes(uses, func(u use) string { return u.consumer })
	byPort(consumers, ports, uses)
	g := &graph{Title: fmt.Sprintf("%s that changed, %s", many(len(ports)+morePorts, "port"), many(len(consumers)+moreConsumers, "consumer"))}
	g.layout(ports, consumers, uses)
	g.More = leftOut(morePorts, moreConsumers)
	return g
}

// leftOut counts what a picture had no room for.
func leftOut(ports, consumers int) string {
	var more []string
	if ports > 0 {
		more = append(more, many(ports, "more port"))
	}
	if consumers > 0 {
		more = append(more, many(consumers, "more consumer"))
	}
	if len(more) == 0 {
		return ""
	}
	return "And " + strings.Join(more, " and ") + "."
}

// uses lists the uses of ports that changed, the worst first.
func (v *view) uses() []use {
	index := make(map[[2]string]int)
	var all []use
	for _, f := range v.r.Findings {
		if f.Port == "" || f.Class == change.Compatible {
			continue
		}
		for _, h := range f.Hits {
			key := [2]string{f.Port, h.Use.ID}
			i, ok := index[key]
			if !ok {
				i = len(all)
				index[key] = i
				all = append(all, use{port: f.Port, consumer: h.Use.ID})
			}
			all[i].impact = max(all[i].impact, h.Impact)
		}
	}
	slices.SortFunc(all, func(a, b use) int {
		return cmp.Or(cmp.Compare(b.impact, a.impact), cmp.Compare(a.port, b.port), cmp.Compare(a.consumer, b.consumer))
	})
	return all
}

// firstNodes returns the names of one side that are drawn, in order, and how many are
// not: those that are hit worst are.
func firstNodes(uses []use, name func(use) string) (names []string, more int) {
	seen := make(map[string]bool)
	for _, u := range uses {
		if n := name(u); !seen[n] {
			seen[n] = true
			names = append(names, n)
		}
	}
	more = max(len(names)-maxNodes, 0)
	names = names[:len(names)-more]
	slices.Sort(names)
	return names, more
}

// byPort orders consumers by the middle of the ports that they read, so that few lines
// cross.
func byPort(consumers, ports []string, uses []use) {
	middle := make(map[string]float64)
	for _, c := range consumers {
		sum, n := 0, 0
		for _, u := range uses {
			if i := slices.Index(ports, u.port); u.consumer == c && i >= 0 {
				sum, n = sum+i, n+1
			}
		}
		middle[c] = float64(sum) / float64(max(n, 1))
	}
	slices.SortStableFunc(consumers, func(a, b string) int { return cmp.Compare(middle[a], middle[b]) })
}

// The measures of the drawing.
const (
	nodeWidth   = 270
	nodeHeight  = 28
	nodeStep    = 42
	nodeLabel   = 36 // characters
	graphGap    = 212
	graphMargin = 4
	graphBelow  = 32 // for lines that run back below the nodes
)

func (g *graph) layout(ports, consumers []string, uses []use) {
	spots := g.columns(ports, consumers)
	for _, u := range slices.Backward(uses) { // the worst is drawn last, on top
		from, ok1 := spots[0][u.port]
		to, ok2 := spots[1][u.consumer]
		if ok1 && ok2 {
			g.connect(u.impact.String(), from, to)
		}
	}
	for _, u := range uses {
		if word := u.impact.String(); !slices.Contains(g.Legend, word) {
			g.Legend = append(g.Legend, word)
		}
		if len(g.Words) < 2*maxNodes {
			g.Words = append(g.Words, Plain(fmt.Sprintf("%s reads %s: %s", u.consumer, u.port, u.impact)))
		}
	}
	if more := len(uses) - len(g.Words); more > 0 {
		g.Words = append(g.Words, fmt.Sprintf("and %s", many(more, "more use")))
	}
}

// A spot is where lines meet a node.
type spot struct{ left, right, y int }

// columns draws nodes in columns, each in the middle of the height, and returns where
// they are, by column and name.
func (g *graph) columns(columns ...[]string) []map[string]spot {
	rows := 0
	for _, names := range columns {
		rows = max(rows, len(names))
	}
	g.Width = 2*graphMargin + len(columns)*(nodeWidth+graphGap) - graphGap
	g.Height = rows*nodeStep + nodeStep - nodeHeight
	spots := make([]map[string]spot, len(columns))
	for i, names := range columns {
		x := graphMargin + i*(nodeWidth+graphGap)
		top := (g.Height - len(names)*nodeStep + nodeStep - nodeHeight) / 2
		spots[i] = make(map[string]spot)
		for row, name := range names {
			n := node{Name: Plain(name), Label: shortened(Plain(name)), X: x, Y: top + row*nodeStep, Width: nodeWidth, Height: nodeHeight}
			n.TextX, n.TextY = x+10, n.Y+nodeHeight/2+5
			g.Nodes = append(g.Nodes, n)
			spots[i][name] = spot{x, x + nodeWidth, n.Y + nodeHeight/2}
		}
	}
	return spots
}

// connect draws a line from one node to another, in the stroke of an impact.
func (g *graph) connect(impact string, from, to spot) {
	x1, x2 := from.right, to.left
	if x2 > x1 {
		middle := (x1 + x2) / 2
		g.Edges = append(g.Edges, graphEdge{impact, fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, from.y, middle, from.y, middle, to.y, x2, to.y)})
		return
	}
	// Back to the left it runs below all nodes: a curve goes three quarters of the
	// way to where it bends.
	y := max(from.y, to.y)
	bend := y + (g.Height-y+graphBelow/2)*4/3
	g.Edges = append(g.Edges, graphEdge{impact, fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, from.y, x1+graphMargin*3, bend, x2-graphMargin*3, bend, x2, to.y)})
	g.below = graphBelow
}

// shortened cuts a name that is too long for its box in the middle, since both ends of
// a path say something.
func shortened(name string) string {
	if utf8.RuneCountInString(name) <= nodeLabel {
		return name
	}
	runes := []rune(name)
	return string(runes[:nodeLabel/2]) + "…" + string(runes[len(runes)-nodeLabel/2+1:])
}
