package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/source"
)

// Our columns count bytes, an editor's UTF-16 code units.
func TestColumns(t *testing.T) {
	span := func(startLine, start, endLine, end int) source.Span {
		return source.Span{File: "f", Start: source.Pos{Line: startLine, Column: start}, End: source.Pos{Line: endLine, Column: end}}
	}
	tests := []struct {
		name       string
		line       string
		span       source.Span
		start, end int // zero: none
	}{
		{"plain", "abcdef", span(7, 3, 7, 5), 3, 5},
		{"to the end of the line", "abcdef", span(7, 3, 7, 7), 3, 7},
		{"behind two bytes of one unit", "größe x", span(7, 9, 7, 10), 7, 8},
		{"behind three bytes of one unit", "名前 x", span(7, 8, 7, 9), 4, 5},
		{"behind four bytes of two units", "😀 x", span(7, 6, 7, 7), 4, 5},
		{"over several lines", "abc", span(7, 1, 9, 2), 0, 0},
		{"nothing", "abc", span(7, 1, 7, 1), 0, 0},
		{"beyond the line", "abc", span(7, 2, 7, 9), 0, 0},
		{"on a line that is not at hand", "abc", span(8, 1, 8, 2), 0, 0},
		{"before the line", "abc", span(7, 0, 7, 2), 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			at := checker.Place{Side: checker.Head, Span: tt.span}
			v := newView(&checker.Result{Excerpts: map[checker.Place]source.Excerpt{at: {First: 6, Lines: []string{"", tt.line}}}}, false)
			start, end, ok := v.columns(checker.Head, tt.span, tt.span)
			if start != tt.start || end != tt.end || ok != (tt.start > 0) {
				t.Errorf("got %d to %d (%v), want %d to %d", start, end, ok, tt.start, tt.end)
			}
		})
	}
}

func TestSpot(t *testing.T) {
	r := &checker.Result{Ports: []checker.Port{
		{ID: "a", State: checker.Removed, Files: []string{"a.yaml"}},
		{ID: "b", State: checker.Changed, Files: []string{"b.yaml", "c.yaml"}},
	}}
	head := source.Span{File: "x.yaml", Start: source.Pos{Line: 3, Column: 2}}
	tests := []struct {
		name, port string
		head       source.Span
		want       string
	}{
		{"where it stands in the head", "a", head, "x.yaml:3:2"},
		{"a file of its port that is left", "b", source.Span{}, "b.yaml:1:1"},
		{"the declaration of a port that is gone", "a", source.Span{}, "breakwater.yaml:1:1"},
		{"what belongs to no port", "", source.Span{}, "breakwater.yaml:1:1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := newView(r, false).spot(policy.Finding{Port: tt.port, Change: change.Change{Head: tt.head}})
			if got.String() != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestEscapedPath(t *testing.T) {
	if got, want := escapedPath("a b/%2F#?:é.yaml"), "a%20b/%252F%23%3F%3A%C3%A9.yaml"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestGraph(t *testing.T) {
	rule := &change.Rule{ID: "x/y", Class: change.Breaking}
	r := &checker.Result{}
	for p := range 40 {
		f := policy.Finding{Port: fmt.Sprintf("s/p%02d", p), Class: change.Breaking, Change: change.Change{Rule: rule}}
		for c := range 30 {
			u := consumer.Use{Consumer: consumer.Consumer{ID: fmt.Sprintf("c%02d", c)}}
			f.Hits = append(f.Hits, consumer.Hit{Use: u, Impact: consumer.Impact((p + c) % 4)})
		}
		r.Findings = append(r.Findings, f)
	}
	g := newView(r, false).graph()
	if len(g.Nodes) != 2*maxNodes || len(g.Edges) != maxNodes*maxNodes || g.More != "And 16 more ports and 6 more consumers." {
		t.Errorf("%d nodes, %d edges, %q", len(g.Nodes), len(g.Edges), g.More)
	}
	for _, n := range g.Nodes {
		if n.X < 0 || n.Y < 0 || n.X+n.Width > g.Width || n.Y+n.Height > g.Height {
			t.Errorf("%s stands outside of %d x %d: %+v", n.Name, g.Width, g.Height, n)
		}
	}
	if g.Edges[len(g.Edges)-1].Impact != "violated" {
		t.Error("the worst is not drawn on top")
	}
	if newView(&checker.Result{}, false).graph() != nil {
		t.Error("a graph of nobody")
	}
	if got := shortened(strings.Repeat("ä", 100)); len([]rune(got)) != nodeLabel {
		t.Errorf("a label of %d characters", len([]rune(got)))
	}
}

// A finding tells of the first thing that is wrong in a contract; what else is wrong
// there is not folded away.
func TestUntold(t *testing.T) {
	at := source.Top("a.yaml")
	wrong := func(msg string) checker.Error {
		return checker.Error{Contract: true, Err: source.Errorf(at, "%s", msg)}
	}
	rule := &change.Rule{ID: "port/unreadable", Idea: change.Unreadable}
	v := newView(&checker.Result{
		Errors:   []checker.Error{wrong("no name"), wrong("no type"), wrong("no type")},
		Findings: []policy.Finding{{Change: change.Change{Rule: rule, Head: at, Detail: "a cannot be read: no name"}}},
	}, false)
	if got := v.untold(); len(got) != 1 || got[0].Err.Msg != "no type" {
		t.Errorf("got %v", got)
	}
}
