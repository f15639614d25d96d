package report_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// Names that would end a label, begin markup or steer a terminal, if they could.
var hostileNames = []string{
	`a"b`, `a\`, `a\N\G\l`, "]); click n0 call alert(1)", "%%{init: {}}%%", "`x` **b** <b>b</b>", "&quot;&lt;", "<script>alert(1)</script>",
	"end", "graph TD; a-->b", "#35;#quot;", "a|b", "::error::x", "\x1b[31mred", "\u202egnp", "line\nbreak", "<<html>>", "}", strings.Repeat("long ", 200),
}

// reach makes a product of each name, which reads and publishes a field.
func reachOf(t *testing.T, names []string) *checker.Reach {
	t.Helper()
	port := func(id, product string, uses ...string) checker.Held {
		h := checker.Held{Port: checker.Port{ID: id, Product: product, Format: "odcs", Kind: schema.SQL, Outline: &schema.Outline{
			Roots: []change.Path{"t"}, Decls: map[change.Path][]schema.Edge{"t": {{Step: "discount"}}},
		}}}
		for _, u := range uses {
			h.Uses = append(h.Uses, consumer.Use{Consumer: consumer.Consumer{ID: u, Criticality: "high"}, Port: id, Fields: []consumer.Need{{Path: "t.discount"}}})
		}
		return h
	}
	inv := &checker.Inventory{Ports: []checker.Held{port("shop/orders", "shop", names...)}}
	for _, n := range names {
		inv.Ports = append(inv.Ports, port(n+"/out", n, "shop"))
	}
	r, err := inv.Reach("shop/orders", "t.discount", checker.MaxDepth)
	if err != nil || r == nil {
		t.Fatal(r, err)
	}
	return r
}

func TestImpactOfHostileNames(t *testing.T) {
	r := reachOf(t, hostileNames)
	for name, write := range map[string]func(io.Writer, *checker.Reach) error{
		"text": report.Options{}.Impact, "svg": report.ImpactSVG, "mermaid": report.ImpactMermaid, "dot": report.ImpactDOT,
		"json": func(w io.Writer, r *checker.Reach) error { return report.ImpactJSON(w, r, nil) },
	} {
		got := drawn(t, write, r)
		if got != drawn(t, write, r) {
			t.Errorf("%s: twice is not the same", name)
		}
		for _, bad := range []string{"\x1b", "\u202e", "<script", "\n::error"} {
			if strings.Contains(got, bad) && !(name == "dot" && bad == "<script" || name == "text" && bad == "<script" || name == "json" && bad == "<script") {
				t.Errorf("%s holds %q", name, bad)
			}
		}
	}
	d := xml.NewDecoder(strings.NewReader(drawn(t, report.ImpactSVG, r)))
	for {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for line := range strings.Lines(drawn(t, report.ImpactMermaid, r)) {
		if n := strings.Count(line, `"`); n != 0 && n != 2 {
			t.Errorf("a label has its own quotes: %s", line)
		}
	}
}

func drawn(t *testing.T, write func(io.Writer, *checker.Reach) error, r *checker.Reach) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Mermaid and Graphviz read what is written for them, and show every name as it is.
func TestDrawingsAreRead(t *testing.T) {
	node := ruletest.Peer(t, "node_modules/.bin/node")
	modules := ruletest.Peer(t, "node_modules")
	r := reachOf(t, hostileNames)
	few := reachOf(t, []string{"finance"})
	read := func(kind, text string) (string, error) {
		cmd := exec.Command(node, "testdata/drawings.mjs", modules, kind)
		cmd.Stdin = strings.NewReader(text)
		said, err := cmd.CombinedOutput()
		return string(said), err
	}
	for kind, write := range map[string]func(io.Writer, *checker.Reach) error{"mermaid": report.ImpactMermaid, "dot": report.ImpactDOT} {
		for _, r := range []*checker.Reach{r, few} {
			text := drawn(t, write, r)
			said, err := read(kind, text)
			if err != nil {
				t.Fatalf("%s: %v\n%s\n%s", kind, err, said, text)
			}
			for i, p := range r.Ports {
				if i > 23 {
					break // as many as are drawn in a column
				}
				name := report.Plain(p.Name())
				if len(name) < 300 && !strings.Contains(said, name+"\n") {
					t.Errorf("%s: %q is not shown; got\n%s", kind, name, said)
				}
			}
		}
		if _, err := read(kind, strings.Replace(drawn(t, write, few), `"`, "", 1)); err == nil {
			t.Errorf("%s: what is broken is read, too", kind)
		}
	}
}

func TestImpactJSONFollowsItsSchema(t *testing.T) {
	valid := ruletest.JSONSchema(t, "../../docs/impact.schema.json")
	for _, names := range [][]string{nil, {"finance"}, hostileNames} {
		text := drawn(t, func(w io.Writer, r *checker.Reach) error { return report.ImpactJSON(w, r, nil) }, reachOf(t, names))
		if err := valid(text); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
		if err := valid(strings.Replace(text, `"level"`, `"lvl"`, 1)); err == nil {
			t.Error("a member that nobody knows is let pass")
		}
	}
}

// A picture holds as many nodes as people can look at, and says that there are more.
func TestImpactDrawsAFew(t *testing.T) {
	var names []string
	for i := range 100 {
		names = append(names, fmt.Sprintf("team%d", i))
	}
	got := drawn(t, report.ImpactSVG, reachOf(t, names))
	if n := strings.Count(got, "<rect"); n != 1+24+24+1 { // the port, its readers, what they publish, and who reads that
		t.Errorf("%d nodes", n)
	}
	if !strings.Contains(got, "and 152 more; the text and the JSON name all") {
		t.Error("it does not say what it leaves out")
	}
}
