package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/change"
)

// Impact says what a removal would hit, as a tree for a terminal: whoever reads the
// port, and below each what it publishes. What comes twice is written once.
func (o Options) Impact(w io.Writer, r *checker.Reach) error {
	t := &tree{screen: newScreen(o), r: r, written: make(map[int]bool)}
	first := r.Ports[0]
	t.line(0, "%s   %s", t.paint(bold, Plain(first.Name())), t.paint(dim, Plain(portFacts(first.Port.Port))))
	t.readers(0, nil, "")
	t.line(0, "")
	t.counts()
	_, err := w.Write(t.Bytes())
	return err
}

// portFacts says how a port is served, in what, and whose it is.
func portFacts(p checker.Port) string {
	facts := []string{string(p.Kind), p.Format}
	if p.Owner != "" {
		facts = append(facts, "owned by "+p.Owner)
	}
	return strings.Join(facts, " · ")
}

// A tree is a reach that is being written.
type tree struct {
	*screen
	r       *checker.Reach
	written map[int]bool // ports, by index
}

// readers writes who reads the port at i; above are the ports that it stands below.
func (t *tree) readers(i int, above []int, prefix string) {
	t.written[i] = true
	port := t.r.Ports[i]
	for n, reader := range port.Readers {
		last := n == len(port.Readers)-1
		who := reader.Use.ID
		if reader.Use.Criticality != "" {
			who += " (" + reader.Use.Criticality + ")"
		}
		t.branch(prefix, last, t.paint(bold, Plain(who))+"  "+Plain(why(reader.Hit))+arrow(reach(reader.Use.Consumer)))
		inner := prefix + stem(last)
		if hidden := reader.Publishes > 0 && len(reader.Leads) == 0; hidden {
			t.branch(inner, true, t.paint(dim, many(reader.Publishes, "port")+" of its own, not followed"))
		}
		for m, next := range reader.Leads {
			t.port(next, append(slices.Clone(above), i), inner, m == len(reader.Leads)-1)
		}
	}
}

// port writes a port that a reader publishes, and who reads it in turn.
func (t *tree) port(i int, above []int, prefix string, last bool) {
	p := t.r.Ports[i]
	name := "publishes " + Plain(p.Name())
	switch {
	case slices.Contains(above, i):
		t.branch(prefix, last, name+"  "+t.paint(yellow, "a cycle: it stands above"))
	case t.written[i]:
		t.branch(prefix, last, name+"  "+t.paint(dim, "stands above"))
	default:
		t.branch(prefix, last, name+"  "+t.paint(dim, Plain("perhaps: "+p.Doubt)))
		t.readers(i, above, prefix+stem(last))
	}
}

// stem is what stands in front of all that hangs below a branch.
func stem(last bool) string {
	if last {
		return "   "
	}
	return "│  "
}

// branch writes one line of the tree, and what does not fit below it.
func (t *tree) branch(prefix string, last bool, text string) {
	head := prefix + map[bool]string{false: "├─ ", true: "└─ "}[last]
	hang := prefix + stem(last) + "    "
	line, empty := head, true
	for _, word := range words(text) {
		if !empty && width(line)+width(strings.TrimRight(word, " ")) > t.Width {
			t.line(0, "%s", line)
			line = hang
		}
		line += word
		empty = false
	}
	t.line(0, "%s", line)
}

// counts says how many are hit, and what is not known.
func (t *tree) counts() {
	n := countReach(t.r)
	if n.Consumers == 0 {
		t.line(0, "%s", map[bool]string{true: "nobody who is registered would be hit", false: "nobody is registered"}[n.Spared > 0])
	} else {
		text := many(n.Consumers, "consumer") + " would be hit"
		if len(n.Criticality) > 0 {
			text += " (" + strings.Join(n.Criticality, ", ") + ")"
		}
		if n.Perhaps > 0 {
			text += fmt.Sprintf(", %s perhaps", one(n.Perhaps, "1 of them", fmt.Sprintf("%d of them", n.Perhaps)))
		}
		if n.Ports > 0 {
			text += ", through " + many(n.Ports, "port") + " that they publish"
		}
		t.wrapped(0, 2, t.paint(bold, text))
	}
	if n.Spared > 0 && n.Consumers > 0 {
		t.wrapped(0, 2, t.paint(dim, fmt.Sprintf("%s of these ports and elements %s something else", many(n.Spared, "registered reader"), one(n.Spared, "reads", "read"))))
	}
	if t.r.Cut != "" {
		t.wrapped(0, 2, t.paint(yellow, "this is not all: "+t.r.Cut))
	}
}

// A reachCount is what a reach comes down to.
type reachCount struct {
	Consumers, Perhaps int // each consumer once
	Ports              int // those that consumers publish, each once
	Spared             int
	Criticality        []string // "1 critical", "2 high"
}

func countReach(r *checker.Reach) reachCount {
	sure := make(map[string]bool)
	criticality := make(map[string]string)
	ports, spared := make(map[string]bool), make(map[string]bool)
	for i, p := range r.Ports {
		if i > 0 {
			ports[p.Port.ID] = true
		}
		for _, reader := range p.Readers {
			id := reader.Use.ID
			sure[id] = sure[id] || !p.Perhaps(reader)
			criticality[id] = cmp.Or(criticality[id], reader.Use.Criticality)
		}
	}
	for _, p := range r.Ports {
		for _, id := range p.Spared {
			if _, hit := sure[id]; !hit {
				spared[id] = true
			}
		}
	}
	n := reachCount{Consumers: len(sure), Ports: len(ports), Spared: len(spared)}
	levels := make(map[string]int)
	for id, s := range sure {
		levels[criticality[id]]++
		if !s {
			n.Perhaps++
		}
	}
	for _, level := range []string{"critical", "high", "medium", "low"} {
		if levels[level] > 0 {
			n.Criticality = append(n.Criticality, fmt.Sprintf("%d %s", levels[level], level))
		}
	}
	return n
}

// The JSON of a reach: a graph, whose JSON Schema is docs/impact.schema.json.
type (
	jsonReach struct {
		SchemaVersion int              `json:"schemaVersion"`
		Port          string           `json:"port"`
		Path          change.Path      `json:"path"`
		Depth         int              `json:"depth"`
		Incomplete    *string          `json:"incomplete"` // why this is not all
		Ports         []jsonReached    `json:"ports"`
		Errors        []Error          `json:"errors"`
		Summary       jsonReachSummary `json:"summary"`
	}
	jsonReached struct {
		Name      string       `json:"name"`
		ID        string       `json:"id"`
		Path      change.Path  `json:"path"`
		Owner     string       `json:"owner"`
		Level     int          `json:"level"`
		Perhaps   *string      `json:"perhaps"` // why it is hit perhaps
		Consumers []jsonReader `json:"consumers"`
		Spared    []string     `json:"spared"`
	}
	jsonReader struct {
		Hit
		Perhaps   bool     `json:"perhaps"`
		Publishes int      `json:"publishes"`
		LeadsTo   []string `json:"leadsTo"` // names of ports
	}
	jsonReachSummary struct {
		Consumers int `json:"consumers"`
		Perhaps   int `json:"perhaps"`
		Ports     int `json:"ports"`
	}
)

// ImpactJSON says what a removal would hit, for machines.
func ImpactJSON(w io.Writer, r *checker.Reach, errors []checker.Error) error {
	n := countReach(r)
	d := jsonReach{
		SchemaVersion: SchemaVersion, Port: r.Ports[0].Port.ID, Path: r.Ports[0].Path, Depth: r.Depth, Incomplete: orNull(r.Cut),
		Ports: []jsonReached{}, Errors: []Error{}, Summary: jsonReachSummary{n.Consumers, n.Perhaps, n.Ports},
	}
	for _, p := range r.Ports {
		at := jsonReached{
			Name: p.Name(), ID: p.Port.ID, Path: p.Path, Owner: p.Port.Owner, Level: p.Level, Perhaps: orNull(p.Doubt),
			Consumers: []jsonReader{}, Spared: append([]string{}, p.Spared...),
		}
		for _, reader := range p.Readers {
			leads := []string{}
			for _, next := range reader.Leads {
				leads = append(leads, r.Ports[next].Name())
			}
			at.Consumers = append(at.Consumers, jsonReader{newHit(reader.Hit), p.Perhaps(reader), reader.Publishes, leads})
		}
		d.Ports = append(d.Ports, at)
	}
	for _, e := range errors {
		d.Errors = append(d.Errors, newError(e))
	}
	return encode(w, d)
}
