package consumer

import (
	"slices"
	"strings"
)

// A Gatherer puts together what a source says of one consumer and one table in many
// places. The zero Gatherer is empty.
type Gatherer struct {
	readings []Reading
	at       map[string]int
	columns  []map[string]int // of each reading, where a column stands
}

// Add adds r. What is said twice is said once, and the wider of two readings counts.
func (g *Gatherer) Add(r Reading) {
	key := r.key()
	i, known := g.at[key]
	if !known {
		if g.at == nil {
			g.at = make(map[string]int)
		}
		i = len(g.readings)
		g.at[key] = i
		columns := r.Columns
		r.Columns = nil
		g.readings = append(g.readings, r)
		g.columns = append(g.columns, make(map[string]int))
		g.widen(i, columns)
		return
	}
	was := &g.readings[i]
	if r.Evidence.ObservedAt.After(was.Evidence.ObservedAt) {
		was.Evidence.ObservedAt = r.Evidence.ObservedAt
	}
	was.SelectAll = was.SelectAll || r.SelectAll
	was.Owners = union(was.Owners, r.Owners)
	was.AddBounds(r.Use)
	was.Guess = was.Guess && r.Guess
	switch {
	case r.Rows: // whoever reads columns reads rows
	case was.Rows:
		was.Rows, was.Unclear = false, r.Unclear
		g.widen(i, r.Columns)
	case len(was.Columns) == 0: // it reads all of them already
	case len(r.Columns) == 0:
		was.Columns, was.Unclear = nil, r.Unclear
	default:
		g.widen(i, r.Columns)
	}
}

func (g *Gatherer) widen(i int, columns []Column) {
	r := &g.readings[i]
	for _, c := range columns {
		name := strings.ToLower(c.Name)
		if j, ok := g.columns[i][name]; ok {
			r.Columns[j].Uses = union(r.Columns[j].Uses, c.Uses)
			r.Columns[j].Perhaps = r.Columns[j].Perhaps && c.Perhaps
			continue
		}
		g.columns[i][name] = len(r.Columns)
		c.Uses = slices.Clone(c.Uses)
		r.Columns = append(r.Columns, c)
	}
}

// Readings returns what was added, in the order in which it was first said.
func (g *Gatherer) Readings() []Reading { return g.readings }

func union(a, b []string) []string {
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(a[:len(a):len(a)], s)
		}
	}
	return a
}

// AddReads adds what queries of the consumer of u read.
func (g *Gatherer) AddReads(u Use, reads []TableRead) {
	for _, t := range reads {
		if len(t.Table) == 0 {
			continue
		}
		r := Reading{Use: u, Table: t.Table, Columns: t.Columns, Guess: t.Guess, Rows: !t.All && len(t.Columns) == 0}
		if !t.Span.IsZero() {
			r.Span = t.Span
		}
		if t.All {
			r.Columns, r.Unclear, r.SelectAll = nil, t.Why, t.Star
		}
		g.Add(r)
	}
}

// key tells apart consumers, and what they read.
func (r Reading) key() string {
	parts := []string{r.ID, r.Port, r.ContractID, r.Evidence.Source, r.Evidence.Doubt, strings.Join(r.Ports, " ")}
	return strings.ToLower(strings.Join(append(parts, r.Table...), "\x00"))
}

// Needs makes the objectives of r those of the reading of the same consumer and table,
// or adds r if there is none.
func (g *Gatherer) Needs(r Reading) {
	i, known := g.at[r.key()]
	if !known {
		g.Add(r)
		return
	}
	g.readings[i].SLO, g.readings[i].SomeSLO = r.SLO, r.SomeSLO
}
