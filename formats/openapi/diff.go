package openapi

import (
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/valueset"
)

// diff walks both descriptions once, side by side.
func diff(base, head *port) []change.Change {
	if base.root == nil || head.root == nil {
		return nil
	}
	d := newDiffer(base, head)
	d.description()
	d.validity()
	return d.changes
}

// A differ compares two descriptions.
type differ struct {
	base, head *port
	apart      bool // they are written in dialects that do not mean the same
	known      map[twin]bool
	views      map[*document.Node]*view
	visited    map[visit]bool
	called     map[twin]bool // callbacks that were compared
	nested     int
	stability  string // of the operation that is compared
	oracle     *oracle
	changes    []change.Change
	index      map[sameChange]int
	within     *pair      // the pair of schemas whose inside is compared; nil: none
	told       [2]int     // how many facts said that head is wider, or narrower
	gone, came []memberOf // of members that were told
	skipped    int        // pairs that were met again
	equal      []string   // what the peer would call edits that were shown to change nothing
	trail      *trail     // nil: nobody asks where something was found
}

func newDiffer(base, head *port) *differ {
	d := &differ{
		base: base, head: head, apart: base.lib.dialect != head.lib.dialect,
		known: make(map[twin]bool), views: make(map[*document.Node]*view), visited: make(map[visit]bool), called: make(map[twin]bool), index: make(map[sameChange]int),
	}
	d.oracle = newOracle(base.lib, head.lib)
	return d
}

// A sameChange is what tells findings apart: an edit that is reached in several ways is
// one finding.
type sameChange struct {
	rule       *change.Rule
	path       change.Path
	key        string
	base, head source.Pos
}

// report adds c, or what the peer calls it to the finding that is there already.
func (d *differ) report(c change.Change, ids ...string) {
	k := sameChange{c.Rule, c.Path, c.Key, c.Base.Start, c.Head.Start}
	i, ok := d.index[k]
	if !ok {
		i = len(d.changes)
		d.index[k] = i
		d.changes = append(d.changes, c)
		d.trail.note(k)
	}
	for _, p := range peers(ids...) {
		if !slices.Contains(d.changes[i].Also, p) {
			d.changes[i].Also = append(d.changes[i].Also, p)
		}
	}
}

// member goes from a key to the end of its value; where the key is not there, it is the
// beginning of the object.
func member(n *document.Node, key string) source.Span {
	k := n.Key(key)
	if k == nil {
		return top(n)
	}
	span := k.At()
	if end := n.Get(key).At(); end.File == span.File && span.End.Compare(end.End) < 0 {
		span.End = end.End
	}
	return span
}

// top is where a node begins: where to point if all of it is meant.
func top(n *document.Node) source.Span {
	span := n.At()
	if n != nil && n.Kind != document.Scalar {
		span.End = span.Start
	}
	return span
}

func truth(n *document.Node) bool { return n != nil && n.Kind == document.Scalar && n.Text == "true" }

// keysOf lists the keys of a map, else none.
func keysOf(n *document.Node) []*document.Node {
	if n == nil || n.Kind != document.Map {
		return nil
	}
	return n.Keys
}

// textOf writes a value for a person.
func textOf(n *document.Node) string {
	if n == nil {
		return ""
	}
	full := n.Text
	if v, ok := valueset.ValueOf(n); ok && n.Kind != document.Scalar {
		full = v.String()
	}
	cut := short(full)
	if cut == full {
		return full
	}
	// An approval holds as long as the value does, all of it.
	return fmt.Sprintf("%s (%x)", cut, sha256.Sum256([]byte(full)))[:len(cut)+len(" (12345678")] + ")"
}
