package jsonschema

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/formats/internal/valueset"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Limits of the search for one witness.
const (
	maxPlaces = 5   // places of a definition that are tried
	maxSaid   = 400 // characters of a value
)

const checkedBy = "santhosh-tekuri/jsonschema"

// prove looks for a document that shows c: one side's schema accepts it and the
// other's refuses it, says a validator that shares nothing with the comparison.
func prove(ctx context.Context, base, head *port, c change.Change) *schema.Witness {
	for _, was := range base.roots {
		is, ok := head.partner(was, base)
		if !ok {
			continue
		}
		p := &prover{ctx: ctx, base: base, head: head, was: was, is: is, comparer: newComparer()}
		for _, d := range p.comparer.Compare(was.name, was.schema, is.schema) {
			if d.Path != c.Path || d.Key != c.Key || d.Base != c.Base || d.Head != c.Head {
				continue
			}
			if w := p.difference(d, c); w != nil {
				return w
			}
		}
	}
	return nil
}

// A prover searches documents for one pair of schemas.
type prover struct {
	ctx        context.Context
	base, head *port
	was, is    root
	comparer   *valueset.Comparer
}

func (p *prover) difference(d valueset.Difference, c change.Change) *schema.Witness {
	s := p.comparer.Space
	b, h := s.Of(p.was.schema), s.Of(p.is.schema)
	for _, steps := range p.places(d.Place) {
		if p.ctx.Err() != nil {
			return nil
		}
		if c.Breaks().Overlaps(change.JSON) && d.Wider.Verdict == valueset.Yes {
			if w := p.written(false, change.JSON, h, b.Not(), s.At(steps, d.WiderSet)); w != nil {
				return w
			}
		}
		if c.Breaks().Overlaps(change.Replay|change.Request) && d.Narrower.Verdict == valueset.Yes {
			surface := change.Replay
			if c.Breaks().Overlaps(change.Request) {
				surface = change.Request
			}
			if w := p.written(true, surface, b, h.Not(), s.At(steps, d.NarrowerSet)); w != nil {
				return w
			}
		}
	}
	if c.Rule == fieldRemoved {
		return p.without(c.Path)
	}
	return nil
}

// places returns the ways from the root to an element, a few of them.
func (p *prover) places(at change.Path) (all [][]change.Step) {
	root := p.was.name
	places := schema.Places{Base: outline(p.base), Head: outline(p.head)}
	for _, place := range places.Of(at).Paths {
		if root.Covers(place) && len(all) < maxPlaces {
			all = append(all, place.Steps()[len(root.Steps()):])
		}
	}
	return all
}

// written looks for a document in all of sets and has it checked.
func (p *prover) written(before bool, surface change.Surface, sets ...valueset.Set) *schema.Witness {
	found := p.comparer.Space.Find(sets...)
	if found.Verdict != valueset.Yes {
		return nil
	}
	writer, reader := p.validators(before)
	if writer == nil || reader == nil {
		return nil
	}
	text := found.Witness.String()
	refusal := reader(text)
	if writer(text) != nil || refusal == nil {
		return nil
	}
	return &schema.Witness{Written: short(text), ReadAs: "not valid: " + why(refusal), Encoding: "json", Surface: surface, Before: before, CheckedBy: checkedBy}
}

// without looks for a new document that lacks what was removed.
func (p *prover) without(path change.Path) *schema.Witness {
	parent, step := path.Split()
	for _, steps := range p.places(parent) {
		s := p.comparer.Space
		lacks := s.At([]change.Step{step}, valueset.All).Not()
		object := s.OfType(valueset.Object)
		found := s.Find(s.Of(p.is.schema), s.At(steps, s.And(object, lacks)))
		if found.Verdict != valueset.Yes {
			continue
		}
		writer, reader := p.validators(false)
		if writer == nil || reader == nil || writer(found.Witness.String()) != nil {
			continue
		}
		readAs := fmt.Sprintf("one without %s", path)
		if refusal := reader(found.Witness.String()); refusal != nil {
			readAs = "not valid: " + why(refusal)
		}
		return &schema.Witness{Written: short(found.Witness.String()), ReadAs: readAs, Encoding: "json", Surface: change.Value, CheckedBy: checkedBy}
	}
	return nil
}

// validators compile the schemas of the writer and of the reader. They are nil if the
// validator cannot.
func (p *prover) validators(before bool) (writer, reader func(text string) error) {
	b, h := p.base.validator(p.was), p.head.validator(p.is)
	if before {
		return b, h
	}
	return h, b
}

// validator compiles the schema of a document.
func (p *port) validator(r root) func(text string) error {
	c := jsonschema.NewCompiler()
	c.UseLoader(loader{p})
	c.DefaultDraft(drafts[p.settings.dialect])
	for name, text := range p.files {
		doc, err := plainDocument(name, text)
		if err != nil {
			return nil
		}
		if err := c.AddResource(scheme+":///"+name, doc); err != nil {
			return nil
		}
	}
	compiled, err := c.Compile(scheme + ":///" + r.file)
	if err != nil {
		return nil
	}
	return func(text string) error {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			return err
		}
		return compiled.Validate(v)
	}
}

var drafts = map[valueset.Dialect]*jsonschema.Draft{
	valueset.Draft202012: jsonschema.Draft2020, valueset.Draft201909: jsonschema.Draft2019,
	valueset.Draft7: jsonschema.Draft7, valueset.Draft6: jsonschema.Draft6, valueset.Draft4: jsonschema.Draft4,
}

// why says in a line what the validator refused.
func why(err error) string {
	var e *jsonschema.ValidationError
	if !errors.As(err, &e) {
		return short(err.Error())
	}
	for len(e.Causes) > 0 {
		e = e.Causes[0]
	}
	lines := strings.Split(strings.TrimSpace(e.Error()), "\n")
	return short(strings.TrimPrefix(strings.TrimSpace(lines[len(lines)-1]), "- "))
}

func short(text string) string {
	if runes := []rune(text); len(runes) > maxSaid {
		return string(runes[:maxSaid]) + "…"
	}
	return text
}
