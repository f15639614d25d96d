package openapi

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/formats/internal/valueset"
)

// forced tries values that the search cannot find: texts and numbers in formats, of which
// it knows only what has them, and objects without a member that only one direction
// sends. Some value that has the place is edited there, and the validator decides.
func (p *prover) forced(on, off part, place []change.Step) *schema.Witness {
	var edits []func(any) (any, bool)
	switch r := p.change.Rule; {
	case r == formats.loosened || r == formats.tightened:
		for _, one := range formatSamples {
			edits = append(edits, func(any) (any, bool) { return one, true })
		}
	case r == fieldHidden || r == required.tightened || r == required.loosened:
		_, last := p.change.Path.Split()
		edits = append(edits, func(v any) (any, bool) { return withoutMember(v, last) })
		if r == fieldHidden && len(place) > 0 { // it is told at the field, and not at its object
			place = place[:len(place)-1]
		}
	}
	if len(edits) == 0 || on.schema == nil || !p.accept.within(on.schema) {
		return nil
	}
	space := p.oracle.space
	v, ok := p.find(p.accept.set(space, on.schema), space.At(place, valueset.All))
	if !ok {
		return nil
	}
	for _, edit := range edits {
		if edited, ok := editedAt(v, place, edit); ok {
			if w := p.attempt(on, off, edited); w != nil {
				return w
			}
		}
	}
	return nil
}

// formatSamples are values in formats that are often changed for one another.
var formatSamples = []any{
	"a", "2026-01-31", "2026-01-31T12:30:00Z", json.Number("4294967296"), json.Number("0.1"), "123e4567-e89b-12d3-a456-426614174000",
	"a@example.com", "192.0.2.1", "https://example.com/",
}

func withoutMember(v any, step change.Step) (any, bool) {
	members, ok := v.(map[string]any)
	rest := maps.Clone(members)
	delete(rest, plainStep(step))
	return rest, ok
}

// editedAt returns v with another value at the end of steps.
func editedAt(v any, steps []change.Step, edit func(any) (any, bool)) (any, bool) {
	if len(steps) == 0 {
		return edit(v)
	}
	switch v := v.(type) {
	case []any:
		if len(v) == 0 {
			return nil, false
		}
		inner, ok := editedAt(v[0], steps[1:], edit)
		list := slices.Clone(v)
		list[0] = inner
		return list, ok
	case map[string]any:
		name := plainStep(steps[0])
		if names := slices.Sorted(maps.Keys(v)); steps[0] == change.Values && len(names) > 0 {
			name = names[0]
		}
		inner, ok := editedAt(v[name], steps[1:], edit)
		members := maps.Clone(v)
		members[name] = inner
		return members, ok
	}
	return nil, false
}
