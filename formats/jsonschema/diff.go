package jsonschema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/formats/internal/valueset"
)

// diff compares the documents of both sides, which are paired by name.
func diff(base, head *port) []change.Change {
	if head.settings.profile != "" && head.settings.profile != strict {
		return confluentDiff(base, head)
	}
	var changes []change.Change
	for _, was := range base.roots {
		is, ok := head.partner(was, base)
		if !ok {
			changes = append(changes, schemaGone(was, head))
			continue
		}
		c := newComparer()
		for _, d := range c.Compare(was.name, was.schema, is.schema) {
			if d.Keyword == extension && d.Path == was.name {
				continue // a promise, which is compared as one
			}
			t := teller{direction: head.direction, d: d}
			changes = append(changes, t.tell()...)
		}
	}
	return append(distinct(changes), diffExamples(base, head)...)
}

func newComparer() *valueset.Comparer {
	return &valueset.Comparer{Space: valueset.NewSpace(), Decl: func(name string) change.Path { return change.Path(name) }}
}

func schemaGone(was root, head *port) change.Change {
	return change.Change{
		Rule: schemaRemoved, Path: was.name, Base: source.Top(was.file), Head: head.span,
		Detail: fmt.Sprintf("the schema %s is gone", was.name),
	}
}

// partner returns the document that was is now: the one of its name, else the only one.
func (p *port) partner(was root, base *port) (root, bool) {
	for _, is := range p.roots {
		if is.name == was.name {
			return is, true
		}
	}
	if len(p.roots) == 1 && len(base.roots) == 1 {
		return p.roots[0], true
	}
	return root{}, false
}

// distinct drops what several documents show because they share a definition.
func distinct(changes []change.Change) (all []change.Change) {
	type key struct {
		rule       *change.Rule
		path       change.Path
		key        string
		base, head source.Span
	}
	seen := make(map[key]bool)
	for _, c := range changes {
		k := key{c.Rule, c.Path, c.Key, c.Base, c.Head}
		if !seen[k] {
			seen[k] = true
			all = append(all, c)
		}
	}
	return all
}

// A teller turns a difference into changes: one for those who read the port, one for
// those who write to it.
type teller struct {
	direction schema.Direction
	d         valueset.Difference
}

func (t teller) tell() (changes []change.Change) {
	add := func(c change.Change, ok bool) {
		if ok {
			c.Path, c.Key = t.d.Path, t.d.Key
			c.From, c.To, c.Base, c.Head = t.d.From, t.d.To, t.d.Base, t.d.Head
			changes = append(changes, c)
		}
	}
	if t.direction != schema.Write || isAnnotation(t.d.Kind) {
		add(t.forReaders())
	}
	if t.direction != schema.Read && !isAnnotation(t.d.Kind) {
		add(t.forWriters())
	}
	return changes
}

func isAnnotation(k valueset.Kind) bool { return k >= valueset.DefaultChanged }

// forReaders judges the difference for those who read: new data with the base, and old
// data with the head.
func (t teller) forReaders() (change.Change, bool) {
	d := t.d
	wide, narrow := d.Wider.Verdict, d.Narrower.Verdict
	var surfaces change.Surface
	if wide != valueset.No {
		surfaces |= change.JSON
	}
	if narrow != valueset.No {
		surfaces |= change.Replay
	}
	c := change.Change{Surfaces: surfaces, Detail: t.sentence()}
	switch d.Kind {
	case valueset.PropertyRemoved:
		c.Rule = fieldRemoved
		c.Surfaces |= change.Value | change.Query | change.Code
		return c, true
	case valueset.PropertyAdded:
		c.Rule = addedRule(d)
		if c.Rule == fieldAdded {
			c.Surfaces = change.Code
		}
		if wide == valueset.Undecided {
			return t.undecided(c), true
		}
		return c, true
	case valueset.FormatChanged:
		c.Rule = formatTightened
		if d.From != "" {
			c.Rule = formatLoosened
		}
		return c, true
	}
	if rule, ok := annotations[d.Kind]; ok {
		c.Rule, c.Surfaces = rule, 0
		if d.Kind == valueset.TagChanged {
			c.Rule = tagRule(d)
		}
		return c, true
	}
	pair := hazards[d.Kind]
	switch {
	case wide == valueset.Yes:
		c.Rule = pair.loosened
	case wide == valueset.Undecided:
		return t.undecided(c), true
	case narrow == valueset.Yes:
		c.Rule = pair.tightened
	case narrow == valueset.Undecided:
		return t.undecided(c), true
	}
	return c, c.Rule != nil
}

func addedRule(d valueset.Difference) *change.Rule {
	switch {
	case d.Closed && d.Wider.Verdict != valueset.No:
		return closedFieldAdded
	case d.Wider.Verdict == valueset.Yes:
		return fieldTypeChanged // of what was not listed
	case d.Required && d.Narrower.Verdict != valueset.No:
		return fieldRequiredAdded
	}
	return fieldAdded
}

// forWriters judges it for those who send data that was right for the base.
func (t teller) forWriters() (change.Change, bool) {
	c := change.Change{Detail: t.sentence()}
	switch narrow, wide := t.d.Narrower.Verdict, t.d.Wider.Verdict; {
	case narrow == valueset.Yes:
		c.Rule = requestNarrowed
	case narrow == valueset.Undecided:
		c.Surfaces = change.Request
		return t.undecided(c), true
	case wide != valueset.No || t.d.Kind == valueset.PropertyAdded || t.d.Kind == valueset.PropertyRemoved:
		c.Rule = requestWidened
	}
	return c, c.Rule != nil
}

// undecided says what could not be compared, and why.
func (t teller) undecided(c change.Change) change.Change {
	c.Rule = notCompared
	var why []string
	for _, r := range slices.Concat(t.d.Wider.Reasons, t.d.Narrower.Reasons) {
		text := r.What
		if r.Keyword != "" && !r.At.IsZero() {
			text = fmt.Sprintf("%s (%s, line %d)", r.What, r.Keyword, r.At.Start.Line)
		}
		if !slices.Contains(why, text) {
			why = append(why, text)
		}
	}
	if len(why) > 0 {
		c.Detail += "; not compared: " + strings.Join(why, ", ")
	}
	return c
}

// A hazard is the two rules of one kind of difference.
type hazard struct {
	loosened, tightened *change.Rule
}

var hazards = map[valueset.Kind]hazard{
	valueset.PropertyRequired: {valuesWidened, fieldRequiredAdded},
	valueset.PropertyOptional: {fieldRequiredRemoved, valuesNarrowed},
	valueset.TypeChanged:      {fieldTypeChanged, fieldTypeNarrowed},
	valueset.NullAllowed:      {fieldNullable, valuesNarrowed},
	valueset.NullForbidden:    {valuesWidened, fieldNeverNull},
	valueset.ValueAdded:       {enumValueAdded, valuesNarrowed},
	valueset.ValueRemoved:     {valuesWidened, enumValueRemoved},
	valueset.ValuesOpened:     {enumOpened, enumClosed},
	valueset.ValuesClosed:     {enumOpened, enumClosed},
	valueset.BoundChanged:     {boundLoosened, boundTightened},
	valueset.LengthChanged:    {lengthLoosened, lengthTightened},
	valueset.PatternChanged:   {patternLoosened, patternTightened},
	valueset.UniqueChanged:    {uniqueDropped, uniqueAdded},
	valueset.ObjectOpened:     {objectOpened, objectClosed},
	valueset.ObjectClosed:     {objectOpened, objectClosed},
	valueset.NamesChanged:     {namesLoosened, namesTightened},
	valueset.ItemsChanged:     {itemsLoosened, itemsTightened},
	valueset.BranchAdded:      {branchAdded, valuesNarrowed},
	valueset.BranchRemoved:    {valuesWidened, branchRemoved},
	valueset.ConditionChanged: {conditionLoosened, conditionTightened},
	valueset.SetChanged:       {valuesWidened, valuesNarrowed},
}

var annotations = map[valueset.Kind]*change.Rule{
	valueset.DefaultChanged: fieldDefaultChanged,
	valueset.Deprecated:     fieldDeprecated,
	valueset.Undeprecated:   fieldUndeprecated,
	valueset.AccessChanged:  fieldAccessChanged,
	valueset.TagChanged:     tagChanged,
	valueset.UnknownChanged: notCompared,
	valueset.TextChanged:    documentationChanged,
}

// tagRule tells apart what teams write in keywords of their own: units, labels of
// classification, and the rest.
func tagRule(d valueset.Difference) *change.Rule {
	switch {
	case isUnit(d.Keyword):
		return unitChanged
	case d.Keyword == extension: // below the top of a document, where it is not read
		return notCompared
	case !isLabel(d.Keyword):
		return tagChanged
	}
	was, known1 := sensitivity(d.From)
	is, known2 := sensitivity(d.To)
	switch {
	case known1 && known2 && is < was:
		return classificationLowered
	case known1 && known2 && is == was:
		return tagChanged
	}
	return classificationRaised
}
