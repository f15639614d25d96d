package product

import (
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// A Pair is one port on both sides; one of them is nil if the port was added or
// removed.
type Pair struct{ Base, Head *Port }

// ID returns the port's id, the head's where it was renamed.
func (p Pair) ID() string { return p.Any().ID }

// PreviousID returns the id that the port had at base, if that was another one.
func (p Pair) PreviousID() string {
	if p.Base != nil && p.Head != nil && p.Base.ID != p.Head.ID {
		return p.Base.ID
	}
	return ""
}

// Any returns the head's port, or else the base's.
func (p Pair) Any() *Port {
	if p.Head != nil {
		return p.Head
	}
	return p.Base
}

// Pairs pairs the ports of two trees by identity, so that a port that was renamed
// or moved is not a port removed and another added: by id, then by the
// contract's id, then by the file and format, then by content, for which it asks
// outline (nil where a port cannot be read). Where two ports could be meant,
// neither is. The pairs are in the order of their ids.
func Pairs(base, head []*Port, outline func(p *Port, atHead bool) *schema.Outline) []Pair {
	m := new(matcher)
	m.byID(base, head)
	m.match(func(b, h *Port) bool { return b.ContractID != "" && b.ContractID == h.ContractID }, byContract)
	m.match(func(b, h *Port) bool { return b.Format.Name == h.Format.Name && shareFile(b, h) }, nil)
	if len(m.base) > 0 && len(m.head) > 0 {
		m.match(func(b, h *Port) bool {
			another := b.ContractID != "" && h.ContractID != "" // and they differ, or they were paired above
			return b.Format.Name == h.Format.Name && !another && similar(outline(b, false), outline(h, true))
		}, nil)
	}
	for _, b := range m.base {
		m.pairs = append(m.pairs, Pair{Base: b})
	}
	for _, h := range m.head {
		m.pairs = append(m.pairs, Pair{Head: h})
	}
	slices.SortFunc(m.pairs, func(a, b Pair) int { return strings.Compare(a.ID(), b.ID()) })
	return m.pairs
}

// PairFiles is [Pairs] for files that were given one by one. If there is one on each side,
// they are a pair, whatever they are called and however little they have in common.
func PairFiles(base, head []*Port, outline func(p *Port, atHead bool) *schema.Outline) []Pair {
	if len(base) == 1 && len(head) == 1 && base[0].Format.Name == head[0].Format.Name {
		return []Pair{{base[0], head[0]}}
	}
	return Pairs(base, head, outline)
}

func byContract(p *Port) string { return p.ContractID }

// A matcher holds what is not paired yet.
type matcher struct {
	base, head []*Port
	pairs      []Pair
}

// byID pairs the ports of one id. Both lists are in the order of their ids, of which
// each has one.
func (m *matcher) byID(base, head []*Port) {
	m.pairs = make([]Pair, 0, max(len(base), len(head)))
	followed := make(map[*Port]bool)
	i, j := 0, 0
	for i < len(base) && j < len(head) {
		b, h := base[i], head[j]
		switch order := strings.Compare(b.ID, h.ID); {
		case order < 0:
			m.base = append(m.base, b)
			i++
		case order > 0:
			m.head = append(m.head, h)
			j++
		default:
			if to := follow(h, base, head); to != nil && !followed[to] {
				followed[to] = true
				m.pairs = append(m.pairs, Pair{b, to})
			} else if tookOver(b, h, head) {
				m.base, m.head = append(m.base, b), append(m.head, h)
			} else {
				m.pairs = append(m.pairs, Pair{b, h})
			}
			i, j = i+1, j+1
		}
	}
	m.base, m.head = append(m.base, base[i:]...), append(m.head, head[j:]...)
	m.head = slices.DeleteFunc(m.head, func(h *Port) bool { return followed[h] })
}

// follow returns the port to which a tombstone in the head says that one went; nil if
// h is none, or if that port stands elsewhere, or was there before.
func follow(h *Port, base, head []*Port) *Port {
	if h.Config == nil || h.Config.MovedTo == "" || len(h.Paths) > 0 || (&Found{Ports: base}).Port(h.Config.MovedTo) != nil {
		return nil
	}
	return (&Found{Ports: head}).Port(h.Config.MovedTo)
}

// tookOver reports whether h is a new version that took over the name of b, which
// goes on under another one. The contract of a port that a product declares goes on
// only if a product declares that, too: a contract alone has no name to go by.
func tookOver(b, h *Port, head []*Port) bool {
	return b.ContractID != "" && h.ContractID != "" && b.ContractID != h.ContractID &&
		slices.ContainsFunc(head, func(other *Port) bool { return other.ContractID == b.ContractID && (b.In == "" || other.In != "") })
}

// match pairs the ports that are the same one, if on neither side another could
// be meant. Ports of which key differs are never the same; nil: compare all.
func (m *matcher) match(same func(b, h *Port) bool, key func(*Port) string) {
	if key == nil {
		key = func(*Port) string { return "" }
	}
	index := make(map[string][]*Port)
	for _, h := range m.head {
		index[key(h)] = append(index[key(h)], h)
	}
	candidate := make(map[*Port]*Port)
	wanted := make(map[*Port]int) // how many base ports want a head port
	for _, b := range m.base {
		var found []*Port
		for _, h := range index[key(b)] {
			if same(b, h) {
				found = append(found, h)
				wanted[h]++
			}
		}
		if len(found) == 1 {
			candidate[b] = found[0]
		}
	}
	paired := make(map[*Port]bool)
	for _, b := range m.base {
		if h := candidate[b]; h != nil && wanted[h] == 1 {
			m.pairs = append(m.pairs, Pair{b, h})
			paired[b], paired[h] = true, true
		}
	}
	done := func(p *Port) bool { return paired[p] }
	m.base, m.head = slices.DeleteFunc(m.base, done), slices.DeleteFunc(m.head, done)
}

func shareFile(b, h *Port) bool {
	return slices.ContainsFunc(b.Paths, func(name string) bool { return slices.Contains(h.Paths, name) })
}

// alike is the share of elements that two ports have in common if they are one
// port that moved.
const alike = 0.8

// similar reports whether two ports have the same package or root names, and
// nearly the same elements.
func similar(a, b *schema.Outline) bool {
	if a == nil || b == nil || a.Namespace != b.Namespace && !sameRoots(a, b) || a.Namespace == "" && !sameRoots(a, b) {
		return false
	}
	x, y := elements(a), elements(b)
	common := 0
	for e := range x {
		if y[e] {
			common++
		}
	}
	return common > 0 && float64(common) >= alike*float64(max(len(x), len(y)))
}

func sameRoots(a, b *schema.Outline) bool {
	names := func(o *schema.Outline) (all []change.Path) {
		for _, r := range o.Roots {
			all = append(all, o.Short(r))
		}
		slices.Sort(all)
		return all
	}
	return len(a.Roots) > 0 && slices.Equal(names(a), names(b))
}

func elements(o *schema.Outline) map[change.Path]bool {
	all := make(map[change.Path]bool)
	for decl, edges := range o.Decls {
		for _, e := range edges {
			all[o.Short(decl).Join(e.Step)] = true
		}
	}
	return all
}
