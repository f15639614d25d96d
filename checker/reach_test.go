package checker

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// landscape reads lines such as "a/x id,discount: b reads discount; c": a port, its
// fields, and who reads which of them, all of them if none is named.
func landscape(lines ...string) *Inventory {
	inv := new(Inventory)
	for _, line := range lines {
		left, right, _ := strings.Cut(line, ": ")
		id, fields, _ := strings.Cut(left, " ")
		product, _, _ := strings.Cut(id, "/")
		h := Held{Port: Port{ID: id, Product: product, Outline: &schema.Outline{Roots: []change.Path{"t"}, Decls: map[change.Path][]schema.Edge{"t": nil}}}}
		for f := range strings.SplitSeq(fields, ",") {
			h.Outline.Decls["t"] = append(h.Outline.Decls["t"], schema.Edge{Step: change.Step(f)})
		}
		for reader := range strings.SplitSeq(right, "; ") {
			who, field, named := strings.Cut(reader, " reads ")
			u := consumer.Use{Consumer: consumer.Consumer{ID: who}, Port: id}
			if named {
				u.Fields = []consumer.Need{{Path: change.Path("t." + field)}}
			}
			if who != "" {
				h.Uses = append(h.Uses, u)
			}
		}
		inv.Ports = append(inv.Ports, h)
	}
	return inv
}

// outline writes a reach as lines: a port, and who would be hit with what that leads to.
func (r *Reach) lines() string {
	var b strings.Builder
	for _, p := range r.Ports {
		fmt.Fprintf(&b, "%d %s", p.Level, p.Name())
		if p.Doubt != "" {
			b.WriteString(" ?")
		}
		for _, reader := range p.Readers {
			fmt.Fprintf(&b, " %s%v", reader.Use.ID, reader.Leads)
		}
		if len(p.Spared) > 0 {
			fmt.Fprintf(&b, " spares %v", p.Spared)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestReach(t *testing.T) {
	tests := []struct {
		name  string
		ports []string
		path  change.Path
		depth int
		want  string
	}{
		{"a reader that publishes nothing", []string{"a/x id,discount: b reads discount; c reads id"}, "t.discount", 9,
			"0 a/x#t.discount b[] spares [c]\n"},
		{"a product that has the field under the same name",
			[]string{"a/x discount: b", "b/y id,DISCOUNT: c reads DISCOUNT; d reads id"}, "t.discount", 9,
			"0 a/x#t.discount b[1]\n1 b/y#t.DISCOUNT ? c[] spares [d]\n"},
		{"a product that has no such field", []string{"a/x discount: b", "b/y total: c reads total"}, "t.discount", 9,
			"0 a/x#t.discount b[1]\n1 b/y ? c[]\n"},
		{"the whole port", []string{"a/x id: b", "b/y id: c reads id"}, "", 9,
			"0 a/x b[1]\n1 b/y ? c[]\n"},
		{"a product with two ports", []string{"a/x id: b", "b/y id: c", "b/z no: d"}, "t.id", 9,
			"0 a/x#t.id b[1 2]\n1 b/y#t.id ? c[]\n1 b/z ? d[]\n"},
		{"a reader that goes by the id of one port", []string{"a/x id: b/y", "b/y id: c", "b/z id: d"}, "t.id", 9,
			"0 a/x#t.id b/y[1]\n1 b/y#t.id ? c[]\n"},
		{"products that feed each other", []string{"a/x id: b", "b/y id: a; c"}, "t.id", 9,
			"0 a/x#t.id b[1]\n1 b/y#t.id ? a[0] c[]\n"},
		{"a product that reads itself", []string{"a/x id: a"}, "t.id", 9, "0 a/x#t.id a[0]\n"},
		{"two ways to one port", []string{"a/x id: b; c", "b/y id: d", "c/z id: d", "d/w id: e"}, "t.id", 9,
			"0 a/x#t.id b[1] c[2]\n1 b/y#t.id ? d[3]\n1 c/z#t.id ? d[3]\n2 d/w#t.id ? e[]\n"},
		{"not further than it is asked", []string{"a/x id: b", "b/y id: c", "c/z id: d"}, "t.id", 1,
			"0 a/x#t.id b[1]\n1 b/y#t.id ? c[]\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := landscape(tt.ports...).Reach("a/x", tt.path, tt.depth)
			if err != nil || r == nil {
				t.Fatal(r, err)
			}
			if got := r.lines(); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
			if cut := tt.depth == 1; (r.Cut != "") != cut {
				t.Errorf("cut: %q", r.Cut)
			}
		})
	}
}

func TestReachOfWhatIsNotThere(t *testing.T) {
	inv := landscape("a/x id: b")
	if r, err := inv.Reach("a/y", "", 9); r != nil || err != nil {
		t.Error(r, err)
	}
	if _, err := inv.Reach("a/x", "t.no", 9); err == nil {
		t.Error("an element that is not there has a reach")
	}
}

// Products that all feed each other are each in it once: it ends, and soon.
func TestReachOfATangle(t *testing.T) {
	var all, lines []string
	for i := range 60 {
		all = append(all, fmt.Sprintf("p%d", i))
	}
	for i := range 60 {
		lines = append(lines, fmt.Sprintf("p%d/x id,n%d: %s", i, i, strings.Join(slices.Concat(all[:i], all[i+1:]), "; ")))
	}
	r, err := landscape(lines...).Reach("p0/x", "t.id", MaxDepth)
	if err != nil || len(r.Ports) != 60 || r.Cut != "" {
		t.Errorf("%d ports, cut %q, %v", len(r.Ports), r.Cut, err)
	}
}
