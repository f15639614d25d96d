package table

import (
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
)

// A pairOf is an element that both sides have.
type pairOf[T any] struct {
	base, head T
	path       change.Path // in base: what consumers have written down
	headPath   change.Path
}

// An element is a table or a column.
type element interface {
	named() *Named
	likeness() string // of the kind of values
}

func (t *Table) likeness() string  { return fold(t.Kind) }
func (c *Column) likeness() string { return fold(c.Logical.Text) + "\n" + fold(c.Type.Text) }

// A matcher finds out which element of head is which of base.
type matcher[T element] struct {
	base, head []T
	mate, back []int // the index of each in the other side, or -1
	left       int   // how many of base have no mate yet
}

// match pairs elements, the surest likeness first: the same stable id, the same
// name, the same name in queries; and last, among those of the same kind of
// values, a name that is only spelled anew, or the same description at the same
// place.
func match[T element](base, head []T) *matcher[T] {
	m := &matcher[T]{base: base, head: head, mate: make([]int, len(base)), back: make([]int, len(head))}
	for i := range m.mate {
		m.mate[i] = -1
	}
	for j := range m.back {
		m.back[j] = -1
	}
	m.by(func(e T) string { return e.named().ID })
	m.by(func(e T) string { return e.named().Name })
	if m.left > 0 {
		m.by(func(e T) string { return e.named().stored() })
		m.by(func(e T) string { return spelling(e.named().Name) + "\n" + e.likeness() })
		m.byPlace()
	}
	return m
}

// by pairs what is left and has the same key, unless that is empty.
func (m *matcher[T]) by(key func(T) string) {
	free := make(map[string]int, len(m.head))
	for j, e := range m.head {
		if k := key(e); k != "" && m.back[j] < 0 {
			free[k] = j
		}
	}
	m.left = 0
	for i, e := range m.base {
		if m.mate[i] >= 0 {
			continue
		}
		if j, ok := free[key(e)]; ok && m.back[j] < 0 {
			m.mate[i], m.back[j] = j, i
			continue
		}
		m.left++
	}
}

// byPlace pairs what has the same description, stands behind the same element
// and holds the same kind of values.
func (m *matcher[T]) byPlace() {
	type place struct {
		behind    int
		doc, like string
	}
	free := make(map[place]int)
	behind := -1
	for j, e := range m.head {
		if m.back[j] >= 0 {
			behind = m.back[j]
		} else if e.named().Doc != "" {
			free[place{behind, e.named().Doc, e.likeness()}] = j
		}
	}
	behind = -1
	for i, e := range m.base {
		if m.mate[i] >= 0 {
			behind = i
		} else if j, ok := free[place{behind, e.named().Doc, e.likeness()}]; ok && m.back[j] < 0 {
			m.mate[i], m.back[j] = j, i
		}
	}
}

// moved returns the elements of base that stand in another order in head: as few
// as possible, of those that both have.
func (m *matcher[T]) moved() (moved []int) {
	// The longest run of head indexes that rises is what stayed.
	var tops, ends []int // the smallest last index of a run of each length, and who has it
	before := make([]int, len(m.base))
	for i, j := range m.mate {
		if j < 0 {
			continue
		}
		n, _ := slices.BinarySearch(tops, j)
		if n == len(tops) {
			tops, ends = append(tops, j), append(ends, i)
		} else {
			tops[n], ends[n] = j, i
		}
		before[i] = -1
		if n > 0 {
			before[i] = ends[n-1]
		}
	}
	stays := make([]bool, len(m.base))
	if len(ends) > 0 {
		for i := ends[len(ends)-1]; i >= 0; i = before[i] {
			stays[i] = true
		}
	}
	for i, j := range m.mate {
		if j >= 0 && !stays[i] {
			moved = append(moved, i)
		}
	}
	return moved
}

// spelling reduces a name to what customerId and CUSTOMER_ID have in common.
func spelling(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(name))
}
