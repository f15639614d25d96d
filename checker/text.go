package checker

import (
	"bytes"
	"cmp"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/breakwater-data/breakwater/checker/revision"
)

// A Text is a file that changed, as both sides have it.
type Text struct {
	Base, Head    string // where it stands; empty: that side has no such file
	Before, After []byte
}

// maxTexts is how many bytes of a port's files a result carries: nobody reads on
// in a longer difference.
const maxTexts = 512 << 10

// texts returns what changed of the port's files, and of those that its findings
// point into, by path. A file that went is taken for one that came if there is one
// of each.
func (r *run) texts() []Text {
	if r.pair.Base == nil || r.pair.Head == nil || !r.touched {
		return nil
	}
	was, now := set(r.pair.Base.Files()), set(r.pair.Head.Files())
	for _, f := range r.findings {
		was[f.Base.File], now[f.Head.File] = true, true
	}
	texts := make(map[string]*Text) // by path
	var gone, come []*Text
	for name := range was {
		if t := (&Text{Base: name}); r.revs.Base.Has(name) && r.isChanged(name) {
			if t.Head = name; !r.revs.Head.Has(name) {
				t.Head, gone = "", append(gone, t)
			}
			texts[name] = t
		}
	}
	for name := range now {
		if t := (&Text{Head: name}); texts[name] == nil && r.revs.Head.Has(name) && r.isChanged(name) {
			if t.Base = name; !r.revs.Base.Has(name) {
				t.Base, come = "", append(come, t)
			}
			texts[name] = t
		}
	}
	if len(gone) == 1 && len(come) == 1 {
		come[0].Base = gone[0].Base
		delete(texts, gone[0].Base)
	}
	var kept []Text
	left := maxTexts
	for _, t := range slices.SortedFunc(maps.Values(texts), func(a, b *Text) int {
		return cmp.Or(strings.Compare(cmp.Or(a.Head, a.Base), cmp.Or(b.Head, b.Base)), strings.Compare(a.Base, b.Base))
	}) {
		t.Before, t.After = content(r.revs.Base, t.Base), content(r.revs.Head, t.Head)
		if isBinary(t.Before) || isBinary(t.After) {
			continue
		}
		if size := len(t.Before) + len(t.After); size <= left {
			left -= size
			kept = append(kept, *t)
		}
	}
	return kept
}

// isBinary reports whether nobody reads a file as text: a compiled contract.
func isBinary(text []byte) bool { return !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 }

func set(names []string) map[string]bool {
	s := make(map[string]bool)
	for _, name := range names {
		s[name] = true
	}
	return s
}

func content(tree *revision.Tree, name string) []byte {
	if name == "" {
		return nil
	}
	text, _ := fs.ReadFile(tree, name) // what cannot be read has an error of its own
	return text
}
