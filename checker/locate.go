package checker

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/product"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/schema"
	"golang.org/x/sync/errgroup"
)

// A served table, and the port that serves it.
type served struct {
	port *product.Port
	schema.Table
}

// An atlas knows which ports of one tree serve which tables.
type atlas struct {
	ports  []*product.Port
	tables map[string][]served // by the last part of a name, in lower case
}

// atlases are made when somebody asks for them: it takes reading the ports.
func (s *survey) atlases(ctx context.Context) func(yield func(*atlas) bool) {
	return func(yield func(*atlas) bool) {
		s.baseAtlas.Do(func() { s.baseTables = s.chart(ctx, s.base, s.revs.Base) })
		if !yield(s.baseTables) || s.revs.Head == s.revs.Base {
			return
		}
		s.headAtlas.Do(func() { s.headTables = s.chart(ctx, s.head, s.revs.Head) })
		yield(s.headTables)
	}
}

// chart reads the ports of one tree that may serve tables.
func (s *survey) chart(ctx context.Context, found *product.Found, tree *revision.Tree) *atlas {
	a := &atlas{ports: found.Ports, tables: make(map[string][]served)}
	tables := make([][]schema.Table, len(found.Ports))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, p := range found.Ports {
		if p.Format.Tables == nil && p.Promise == "" {
			continue
		}
		g.Go(func() error {
			l := s.load(ctx, p, tree, nil)
			if p.Format.Tables != nil {
				tables[i] = p.Format.Tables(l.body)
			}
			if l.promise != nil && l.promiseIn.Tables != nil {
				for _, t := range l.promiseIn.Tables(*l.promise) { // its columns are another schema's
					tables[i] = append(tables[i], schema.Table{Names: t.Names})
				}
			}
			return nil
		})
	}
	g.Wait()
	for i, p := range found.Ports {
		for _, t := range tables[i] {
			lasts := make(map[string]bool)
			for _, name := range t.Names {
				if last := strings.ToLower(name[len(name)-1]); !lasts[last] {
					lasts[last] = true
					a.tables[last] = append(a.tables[last], served{p, t})
				}
			}
		}
	}
	return a
}

// find returns the tables that t can mean: those that agree with it in the most
// parts of the name.
func (a *atlas) find(t consumer.Table) (best []served) {
	most := 0
	for _, s := range a.tables[strings.ToLower(t[len(t)-1])] {
		fits := 0
		for _, name := range s.Names {
			fits = max(fits, t.Fits(name))
		}
		if fits > most {
			most, best = fits, nil
		}
		if fits == most && fits > 0 {
			best = append(best, s)
		}
	}
	return best
}

// called returns the ports that name can mean: the one of that id, or those whose ids
// end in it.
func (a *atlas) called(name string) (found []*product.Port) {
	for _, p := range a.ports {
		if family, _, _ := strings.Cut(p.ID, "@"); p.ID == name || family == name {
			return []*product.Port{p}
		} else if strings.HasSuffix(family, "/"+name) {
			found = append(found, p)
		}
	}
	return found
}

// locate makes uses of readings, by finding the ports that serve what they read. What
// no port here serves is some other repository's.
func (s *survey) locate(ctx context.Context, side Side, readings []consumer.Reading) []consumer.Use {
	var uses []consumer.Use
	at := make(map[string]int)
	add := func(u consumer.Use) {
		key := fmt.Sprintf("%s\x00%s\x00%s\x00%s\x00%s\x00%s", u.ID, u.Port, u.ContractID, u.Evidence.Source, u.Evidence.Doubt, u.Span.File)
		i, ok := at[key]
		if ok && len(uses[i].Fields) > 0 && len(u.Fields) > 0 && uses[i].Evidence.ObservedAt.Equal(u.Evidence.ObservedAt) && uses[i].Evidence.Outline == u.Evidence.Outline {
			join(&uses[i], u)
			return
		}
		at[key] = len(uses)
		uses = append(uses, u)
	}
	for _, r := range readings {
		found := s.serving(ctx, side, r)
		for _, u := range found {
			add(u)
		}
		if len(found) == 0 && !r.Guess && s.isHead(side) {
			s.elsewhere = append(s.elsewhere, r)
		}
	}
	return uses
}

// join adds to u what v reads of the same port besides.
func join(u *consumer.Use, v consumer.Use) {
	for _, n := range v.Fields {
		if !slices.ContainsFunc(u.Fields, func(m consumer.Need) bool { return m.Path == n.Path }) {
			u.Fields = append(u.Fields, n)
		}
	}
	u.SelectAll = u.SelectAll || v.SelectAll
	u.AddBounds(v)
}

// serving returns a use for each port that r can be about.
func (s *survey) serving(ctx context.Context, side Side, r consumer.Reading) (uses []consumer.Use) {
	if r.Port != "" || r.ContractID != "" {
		return []consumer.Use{named(r, served{})}
	}
	if r.Evidence.Source == consumer.Pact {
		return s.answering(ctx, side, r)
	}
	for a := range s.atlases(ctx) {
		var found []served
		for _, name := range r.Ports {
			for _, p := range a.called(name) {
				found = append(found, served{port: p})
			}
			if len(found) > 0 {
				break
			}
		}
		if len(r.Table) > 0 {
			found = a.find(r.Table)
		}
		for _, at := range found {
			u := named(r, at)
			if i := slices.IndexFunc(found, func(other served) bool { return other.port != at.port }); i >= 0 {
				u.Evidence.Doubt = fmt.Sprintf("what it reads may be of %s or of %s", at.port.ID, found[i].port.ID)
			}
			uses = append(uses, u)
		}
		if len(uses) > 0 {
			return uses
		}
	}
	return nil
}

// named makes the use that r is of a port: columns become paths.
func named(r consumer.Reading, at served) consumer.Use {
	u := r.Use
	u.Fields = slices.Clone(r.Fields)
	if at.port != nil {
		u.Port = at.port.ID
	}
	var unlisted []string
	for _, c := range r.Columns {
		path, ok := at.Columns[strings.ToLower(c.Name)]
		switch {
		case ok:
		case at.port == nil: // by a name that is unique in the port
			for step := range strings.SplitSeq(c.Name, ".") {
				path = path.Join(change.Name(step))
			}
		case c.Perhaps:
			continue
		default:
			unlisted = append(unlisted, c.Name)
			continue
		}
		u.Fields = append(u.Fields, consumer.Need{Path: path, Uses: c.Uses, Values: c.Values, Exhaustive: c.Exhaustive, Span: c.Span})
	}
	if len(unlisted) > 0 && at.Decl != "" {
		u.Evidence.Doubt = fmt.Sprintf("it reads %s, which the port does not list", few(unlisted, ", "))
	}
	if len(u.Fields) == 0 && at.Decl != "" {
		why := r.Unclear
		if len(unlisted) > 0 {
			why = "reads only what the port does not list"
		}
		u.Fields = []consumer.Need{{Path: at.Decl, Rows: r.Rows, Why: why, Span: r.Span}}
	}
	switch {
	case len(u.Fields) > 0:
		u.Unclear = ""
	case len(unlisted) > 0:
		u.Unclear = "reads columns that nothing ties to this port's fields"
	}
	return u
}

// charts keeps the atlases of base and head, each made once.
type charts struct {
	baseAtlas, headAtlas   sync.Once
	baseTables, headTables *atlas
	shown                  map[*product.Port]*schema.Outline // of ports that calls were held against
}
