package valueset

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A Comparer names the differences of schemas. Several comparisons may share one, and
// then share their answers.
type Comparer struct {
	Space *Space

	// Decl returns the path under which the definition called name is declared, in
	// both revisions. Nil: definitions are described where they are used.
	Decl func(name string) change.Path

	seen    map[visit]bool
	open    map[[2]*Schema]bool // the pairs that are being walked
	both    map[[2]*Schema]*Schema
	changes []Difference
}

// maxVisits bounds how many pairs of schemas are looked at. What is beyond is told as a
// difference of the whole.
const maxVisits = 100_000

// A visit is a pair of schemas that was walked, for which directions.
type visit struct {
	path       change.Path
	base, head *Schema
	live       direction
}

// A direction is a set of ways in which values can differ.
type direction uint8

const (
	wider    direction = 1 << iota // the head may allow what the base does not
	narrower                       // the reverse
)

// Compare returns the differences between two schemas at a path. If the sets of values
// differ, or may, at least one difference says so for that direction; a direction in
// which they are proven not to differ is in none.
func (c *Comparer) Compare(at change.Path, base, head *Schema) []Difference {
	if c.seen == nil {
		c.seen, c.open, c.both = make(map[visit]bool), make(map[[2]*Schema]bool), make(map[[2]*Schema]*Schema)
	}
	c.changes = nil
	c.walk(at, "", base, head, wider|narrower)
	b, h := c.Space.Of(base), c.Space.Of(head)
	if live, told := c.live(b, h, wider|narrower), c.told(); live&^told != 0 {
		c.whole(at, "", base, head, live&^told)
	}
	return c.distinct()
}

// told returns the directions of which some difference speaks.
func (c *Comparer) told() (d direction) {
	for i := range c.changes {
		d |= c.changes[i].directions()
	}
	return d
}

// directions returns the ways in which d may change the values.
func (d *Difference) directions() (live direction) {
	if d.Wider.Verdict != No {
		live |= wider
	}
	if d.Narrower.Verdict != No {
		live |= narrower
	}
	return live
}

// distinct returns what was found, each edit once: a definition that is used twice is
// walked for each use.
func (c *Comparer) distinct() (all []Difference) {
	type key struct {
		kind         Kind
		path         change.Path
		keyword, key string
		base, head   source.Pos
	}
	at := make(map[key]int)
	for _, d := range c.changes {
		k := key{d.Kind, d.Path, d.Keyword, d.Key, d.Base.Start, d.Head.Start}
		i, twice := at[k]
		if !twice {
			at[k] = len(all)
			all = append(all, d)
			continue
		}
		if all[i].Wider.Verdict == No {
			all[i].Wider = d.Wider
		}
		if all[i].Narrower.Verdict == No {
			all[i].Narrower = d.Narrower
		}
	}
	return all
}

// live returns those of the given directions in which the sets may differ.
func (c *Comparer) live(base, head Set, given direction) (live direction) {
	if given&wider != 0 && c.Space.beyond(head, base).Verdict != No {
		live |= wider
	}
	if given&narrower != 0 && c.Space.beyond(base, head).Verdict != No {
		live |= narrower
	}
	return live
}

// A pair is two schemas at one path, with what they say together with the schemas that
// they apply to the same value in any case.
type pair struct {
	*Comparer
	path       change.Path
	key        string // of the branch that this is
	base, head *view
	live       direction
	context    Set // the types that both allow
}

func (c *Comparer) walk(at change.Path, key string, base, head *Schema, live direction) {
	c.besides(at, key, base, head)
	base, head, at = c.follow(at, base, head)
	v, pairing := visit{at, base, head, live}, [2]*Schema{base, head}
	if base == head || c.seen[v] || c.open[pairing] || len(c.open) > maxDepth || len(c.seen) > maxVisits {
		return // it is told about where it was met first, or whole tells
	}
	c.seen[v], c.open[pairing] = true, true
	defer delete(c.open, pairing)
	b, h := c.Space.Of(base), c.Space.Of(head)
	live = c.live(b, h, live)
	before := len(c.changes)
	p := &pair{Comparer: c, path: at, key: key, base: c.view(base), head: c.view(head), live: live}
	p.context = c.Space.And(p.base.keyword("type"), p.head.keyword("type"))
	p.annotations()
	if live != 0 {
		p.keywords()
	} else {
		p.inside() // for annotations
	}
	var told direction
	for i := range c.changes[before:] {
		told |= c.changes[before+i].directions()
	}
	if left := live &^ told; left != 0 && !(c.Space.isRecursive(base) && c.Space.isRecursive(head)) {
		c.whole(at, key, base, head, left)
	}
}

// isRecursive reports whether a schema stands within itself: what differs there is told
// where it was met first.
func (s *Space) isRecursive(schema *Schema) bool {
	c := s.schemas[schema]
	return c != nil && c.lazy != 0
}

// follow goes through references: to the place where both sides declare the same
// definition, if they do.
func (c *Comparer) follow(at change.Path, base, head *Schema) (*Schema, *Schema, change.Path) {
	for range maxDepth {
		b, h := base.Ref != nil && base.onlyRefers(), head.Ref != nil && head.onlyRefers()
		if b && h && base.RefName != "" && base.RefName == head.RefName && c.Decl != nil {
			at = c.Decl(base.RefName)
		}
		if b {
			base = base.Ref
		}
		if h {
			head = head.Ref
		}
		if !b && !h {
			break
		}
	}
	return base, head, at
}

// besides compares what stands beside references, where both sides have one.
func (c *Comparer) besides(at change.Path, key string, base, head *Schema) {
	if base.Ref == nil || head.Ref == nil || !base.onlyRefers() || !head.onlyRefers() {
		return
	}
	p := &pair{Comparer: c, path: at, key: key, base: &view{parts: []*Schema{base}}, head: &view{parts: []*Schema{head}}}
	p.annotations()
}

// whole reports that the values differ, where no keyword tells why.
func (c *Comparer) whole(at change.Path, key string, base, head *Schema, live direction) {
	b, h := c.Space.Of(base), c.Space.Of(head)
	d := Difference{
		Kind: SetChanged, Path: at, Key: key, Wider: unchanged, Narrower: unchanged, Base: start(base.Node), Head: start(head.Node),
		Place: at, WiderSet: c.Space.And(h, b.Not()), NarrowerSet: c.Space.And(b, h.Not()),
	}
	if live&wider != 0 {
		d.Wider = c.Space.beyond(h, b)
	}
	if live&narrower != 0 {
		d.Narrower = c.Space.beyond(b, h)
	}
	c.changes = append(c.changes, d)
}

// start returns where a node begins, which is where to point if all of it is meant.
func start(n *document.Node) source.Span {
	span := n.At()
	if n != nil && n.Kind != document.Scalar {
		span.End = span.Start
	}
	return span
}

// report adds a difference, with the answers for those directions in which the pair may
// differ. It adds nothing if the answers are that nothing changed.
func (p *pair) report(d Difference, wide, narrow Answer) {
	d.Path, d.Wider, d.Narrower = cmp.Or(d.Path, p.path), unchanged, unchanged
	p.show(&d, All, All)
	if p.live&wider != 0 {
		d.Wider = wide
	}
	if p.live&narrower != 0 {
		d.Narrower = narrow
	}
	if d.directions() == 0 {
		return
	}
	if p.key != "" {
		d.Key = strings.TrimSpace(p.key + " " + d.Key)
	}
	p.changes = append(p.changes, d)
}

// show notes which values of the pair's place show d, besides those that are in one of
// its sets and not in the other.
func (p *pair) show(d *Difference, wide, narrow Set) {
	if d.Place == "" {
		d.Place, d.WiderSet, d.NarrowerSet = p.path, p.Space.And(p.head.set, p.base.set.Not()), p.Space.And(p.base.set, p.head.set.Not())
	}
	d.WiderSet, d.NarrowerSet = p.Space.And(d.WiderSet, wide), p.Space.And(d.NarrowerSet, narrow)
}

// sets reports a difference between what two sets of keywords say of values of the
// types that both sides allow.
func (p *pair) sets(d Difference, base, head Set) {
	if base == head {
		return
	}
	s := p.Space
	p.show(&d, s.And(head, base.Not()), s.And(base, head.Not()))
	p.report(d, s.beyond(s.And(p.context, head), base), s.beyond(s.And(p.context, base), head))
}

// keyword reports a difference in what some keywords say, of which the first is the one
// to name unless only another one is there.
func (p *pair) keyword(kind Kind, keywords ...string) {
	base, head := p.base.keyword(keywords...), p.head.keyword(keywords...)
	if base == head {
		return
	}
	name := keywords[0]
	for _, k := range keywords {
		if text(p.base.get(k)) != text(p.head.get(k)) {
			name = k
			break
		}
	}
	p.sets(p.about(kind, name), base, head)
}

// about returns a difference of one keyword, with what is written on both sides.
func (p *pair) about(kind Kind, keyword string) Difference {
	return Difference{
		Kind: kind, Keyword: keyword, From: text(p.base.get(keyword)), To: text(p.head.get(keyword)),
		Base: p.base.at(keyword), Head: p.head.at(keyword),
	}
}

// text writes the value of a keyword, cut where it is long.
func text(n *document.Node) string {
	if n == nil {
		return ""
	}
	full := n.Text
	if v, ok := ValueOf(n); ok {
		full = v.String()
	}
	short := clip(full)
	if short == full {
		return full
	}
	return fmt.Sprintf("%s (%x)", short, sha256.Sum256([]byte(full)))[:len(short)+len(" (12345678")] + ")"
}

// keywords compares what decides about values.
func (p *pair) keywords() {
	if p.types() {
		return // they have no values in common
	}
	p.values()
	p.keyword(BoundChanged, "minimum", "exclusiveMinimum")
	p.keyword(BoundChanged, "maximum", "exclusiveMaximum")
	p.keyword(BoundChanged, "multipleOf")
	for _, k := range []string{"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"} {
		if k != "maxItems" || p.base.get(k) != nil || p.head.get(k) != nil {
			p.keyword(LengthChanged, k)
		}
	}
	p.keyword(PatternChanged, "pattern")
	p.keyword(FormatChanged, "format")
	p.keyword(UniqueChanged, "uniqueItems")
	p.keyword(ItemsChanged, "contains", "minContains", "maxContains")
	p.keyword(NamesChanged, "propertyNames")
	for _, k := range []string{"not", "dependentRequired", "dependentSchemas", "dependencies"} {
		p.keyword(ConditionChanged, k)
	}
	p.keyword(ConditionChanged, "if", "then", "else")
	if p.allows(Object) {
		p.openness()
		p.required()
	}
	p.inside()
	p.branches("anyOf")
	p.branches("oneOf")
}

// items compares what arrays hold.
func (p *pair) items() {
	was, is := p.base.prefix(), p.head.prefix()
	for i := range min(len(was), len(is)) {
		p.walk(p.path.Join(change.Items), strings.TrimSpace(fmt.Sprintf("%s item %d", p.key, i)), was[i], is[i], p.live)
	}
	before, after := p.base.items(), p.head.items()
	if before != nil && after != nil {
		p.walk(p.path.Join(change.Items), p.key, before, after, p.live)
	}
	if len(was) != len(is) || (before == nil) != (after == nil) {
		names := []string{"items", "prefixItems", "additionalItems", "unevaluatedItems"}
		keyword := "items"
		if text(p.base.get("prefixItems")) != text(p.head.get("prefixItems")) {
			keyword = "prefixItems"
		}
		p.sets(p.about(ItemsChanged, keyword), p.base.keyword(names...), p.head.keyword(names...))
	}
}
