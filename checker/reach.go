package checker

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// Limits of a reach.
const (
	MaxDepth   = 50    // products that a removal is followed through
	maxReached = 2_000 // ports and elements
	maxAlike   = 20    // elements of one port that go by one name
)

// A Reach is what a removal would hit: the readers of a port, and those of the ports
// that a reader publishes in turn. Ports that feed each other are in it once.
type Reach struct {
	Ports []Reached // nearest first; the first is the one that was asked about
	Depth int       // how many products it was followed through at most
	Cut   string    // why it was not followed further; empty: this is all
}

// A Reached is a port, or one element of it, that the removal would hit.
type Reached struct {
	Port    Held
	Path    change.Path // the whole path; empty: the port
	Level   int         // how many products lie between it and the first
	Doubt   string      // why it is hit perhaps; empty: it is
	Readers []Reader    // the worst hit first
	Spared  []string    // who is registered for the port and reads something else, by id

	from int // what led to it first, as an index into Reach.Ports
}

// A Reader is a consumer that would be hit.
type Reader struct {
	consumer.Hit
	Publishes int   // how many ports it publishes
	Leads     []int // what of them would be hit, as indexes into Reach.Ports
}

// Name writes r as people do: checkout/orders#Order.discount.
func (r Reached) Name() string {
	if r.Path == "" {
		return r.Port.ID
	}
	return r.Port.ID + "#" + string(r.Port.Outline.Short(r.Path))
}

// Perhaps reports whether it is in doubt that reader of r would be hit.
func (r Reached) Perhaps(reader Reader) bool {
	return r.Doubt != "" || reader.Impact == consumer.Unknown
}

// Reach says what the removal of path, or of the port where path is empty, would
// hit, through at most depth products that publish what they read. It returns nil
// if there is no port called id.
//
// Which field of a product comes from which is seldom known. One that goes by the
// same name is followed, and where there is none, the whole port is: both perhaps.
func (inv *Inventory) Reach(id string, path change.Path, depth int) (*Reach, error) {
	q, err := inv.WhoUses(id, path)
	if q == nil {
		return nil, err
	}
	w := &wake{inv: inv, products: inv.products(), at: make(map[reached]int), Reach: &Reach{Depth: min(depth, MaxDepth)}}
	w.add(Reached{Port: q.Port, Path: q.Path, from: -1})
	for i := 0; i < len(w.Ports); i++ { // it grows meanwhile
		w.follow(i)
	}
	return w.Reach, nil
}

// A wake is a reach that is being followed.
type wake struct {
	*Reach
	inv      *Inventory
	products map[string][]*Held
	at       map[reached]int // where in Ports it stands
}

type reached struct {
	port string
	path change.Path
}

// products lists the ports by what publishes them: the product, or the one job that
// goes by the port's own id.
func (inv *Inventory) products() map[string][]*Held {
	byProduct := make(map[string][]*Held)
	for i := range inv.Ports {
		h := &inv.Ports[i]
		if h.Product != "" {
			byProduct[h.Product] = append(byProduct[h.Product], h)
		}
		byProduct[h.ID] = append(byProduct[h.ID], h)
	}
	return byProduct
}

// publishes lists the ports of a consumer. The name of a product may hold what no
// id of a port does.
func (w *wake) publishes(id string) []*Held {
	if ports := w.products[id]; len(ports) > 0 {
		return ports
	}
	return w.products[strings.ReplaceAll(id, "/", "-")]
}

func (w *wake) tooDeep() string {
	if w.Depth == 0 {
		return "what the readers publish was not followed"
	}
	return fmt.Sprintf("it was followed through at most %d products", w.Depth)
}

// add enters r, unless it is there, and returns its index; -1: there is no room. What
// leads back to a port that it came from is that port: a cycle ends there.
func (w *wake) add(r Reached) int {
	for i := r.from; i >= 0; i = w.Ports[i].from {
		if w.Ports[i].Port.ID == r.Port.ID {
			return i
		}
	}
	key := reached{r.Port.ID, r.Path}
	i, ok := w.at[key]
	switch {
	case ok:
		return i
	case len(w.Ports) == maxReached:
		w.Cut = fmt.Sprintf("more than %d ports and elements would be hit", maxReached)
		return -1
	}
	w.at[key] = len(w.Ports)
	w.Ports = append(w.Ports, r)
	return len(w.Ports) - 1
}

// follow finds who reads the port at i, and what they publish.
func (w *wake) follow(i int) {
	r := w.Ports[i]
	for _, h := range worst(w.hits(r)) {
		if h.Impact == consumer.Unaffected {
			r.Spared = append(r.Spared, h.Use.ID)
			continue
		}
		reader := Reader{Hit: h}
		ports := w.publishes(h.Use.ID)
		reader.Publishes = len(ports)
		if len(ports) > 0 && r.Level >= w.Depth {
			w.Cut = cmp.Or(w.Cut, w.tooDeep())
			ports = nil
		}
		for _, next := range w.next(r, ports) {
			next.from = i
			if at := w.add(next); at >= 0 && !slices.Contains(reader.Leads, at) {
				reader.Leads = append(reader.Leads, at)
			}
		}
		r.Readers = append(r.Readers, reader)
	}
	w.Ports[i] = r
}

// hits judges the removal for every use of r.
func (w *wake) hits(r Reached) []consumer.Hit {
	gone := change.Change{Rule: removed, Path: cmp.Or(r.Path, change.Port)}
	return consumer.Impacts(r.Port.Uses, gone, schema.Places{Base: r.Port.Outline, Head: r.Port.Outline})
}

// worst keeps one hit of each consumer, the worst first.
func worst(hits []consumer.Hit) []consumer.Hit {
	slices.SortStableFunc(hits, func(a, b consumer.Hit) int {
		return cmp.Or(cmp.Compare(b.Impact, a.Impact), cmp.Compare(a.Use.ID, b.Use.ID))
	})
	seen := make(map[string]bool)
	return slices.DeleteFunc(hits, func(h consumer.Hit) bool {
		again := seen[h.Use.ID]
		seen[h.Use.ID] = true
		return again
	})
}

// next lists what of the ports of a reader of r may come from r.
func (w *wake) next(r Reached, ports []*Held) []Reached {
	var all []Reached
	for _, h := range ports {
		found := Reached{Port: *h, Level: r.Level + 1}
		name := lastName(r.Path)
		switch alike := called(h.Outline, name); {
		case name == "":
			found.Doubt = "nothing says which of its fields come from " + r.Port.ID
			all = append(all, found)
		case len(alike) == 0 || len(alike) > maxAlike:
			found.Doubt = fmt.Sprintf("it has no field %s, and nothing says what comes from it", name)
			if len(alike) > 0 {
				found.Doubt = fmt.Sprintf("it has %d fields called %s, and nothing says which of them come from it", len(alike), name)
			}
			all = append(all, found)
		default:
			for _, path := range alike {
				found.Path, found.Doubt = path, "it has the same name"
				all = append(all, found)
			}
		}
	}
	return all
}

// lastName returns the last step of p that is a name.
func lastName(p change.Path) change.Step {
	for _, step := range slices.Backward(p.Steps()) {
		if step != change.Items && step != change.Values {
			return step
		}
	}
	return ""
}

// called lists the elements of a port that go by name.
func called(o *schema.Outline, name change.Step) []change.Path {
	var paths []change.Path
	if name == "" {
		return nil
	}
	for _, decl := range slices.Sorted(maps.Keys(o.Decls)) {
		for _, e := range o.Decls[decl] {
			if strings.EqualFold(string(e.Step), string(name)) {
				paths = append(paths, decl.Join(e.Step))
			}
		}
	}
	return paths
}
