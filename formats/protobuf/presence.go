package protobuf

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/breakwater-data/breakwater/checker/change"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// A presence says how often a field can be there, and whether its being there is
// known where it has the empty value.
type presence string

const (
	implicit presence = "without presence" // the empty value and no value are one
	explicit presence = "optional"
	required presence = "required"
	repeated presence = "repeated"
	mapped   presence = "a map"
)

func presenceOf(f field) presence {
	switch {
	case f.IsMap():
		return mapped
	case f.IsList():
		return repeated
	case f.Cardinality() == protoreflect.Required:
		return required
	case f.HasPresence():
		return explicit
	}
	return implicit
}

// onWire returns what cannot be told apart in bytes, and inJSON what cannot in JSON.
func (p presence) onWire() presence {
	if p == mapped {
		return repeated
	}
	return p.inJSON()
}

func (p presence) inJSON() presence {
	if p == explicit {
		return implicit
	}
	return p
}

func isRequired(f field) bool { return presenceOf(f) == required }

// requiredRisk says what it does that a field is required on one side only: a
// reader that insists on it fails on data without it.
func requiredRisk(was, now field) (r risk) {
	if isRequired(was) && !isRequired(now) {
		r |= wireNew | jsonNew
	}
	if !isRequired(was) && isRequired(now) {
		r |= wireOld | jsonOld
	}
	return r
}

// presence compares how often two fields of one type can be there.
func (d *differ) presence(f, g field, s scope, peers []peer) {
	a, b := presenceOf(f), presenceOf(g)
	if a == b {
		return
	}
	c := d.kept(f, g)
	c.From, c.To = string(a), string(b)
	single := func(p presence) bool { return p == implicit || p == explicit }
	switch {
	case single(a) && single(b) && (oneofName(f) == "") != (oneofName(g) == ""): // a part of the move, which is told
	case single(a) && b == explicit:
		c.Detail = fmt.Sprintf("%s is optional now: whether it was set is known", short(f))
		d.report(presenceAdded, s, 0, peers, c)
	case single(a) && single(b):
		c.Detail = fmt.Sprintf("%s is no longer optional: the empty value and none are one", short(f))
		d.report(presenceRemoved, s, valueLost|wireOld|jsonNew, peers, c)
	case single(a) && b == required:
		c.Detail = fmt.Sprintf("%s is required now", short(f))
		d.report(s.required(), s, wireOld|jsonOld, peers, c)
	case a == required && single(b):
		c.Detail = fmt.Sprintf("%s is no longer required", short(f))
		d.report(s.notRequired(), s, wireNew|jsonNew, peers, c)
	default:
		c.From, c.To = typeOf(f), typeOf(g)
		c.Detail = fmt.Sprintf("%s: %s became %s", short(f), c.From, c.To)
		d.report(cardinalityChanged, s, d.compare(f, g)|requiredRisk(f, g), peers, c)
	}
}

// required returns the rule for what became required: it refuses old data, and
// consumers that send data are refused.
func (s scope) required() *change.Rule {
	if s.used&isSent != 0 {
		return requestRequiredAdded
	}
	return requiredAdded
}

func (s scope) notRequired() *change.Rule {
	if s.used&isRead != 0 {
		return requiredRemoved
	}
	return requestRequiredRemoved
}

// defaults compares what two fields of one type read as where they are not set.
func (d *differ) defaults(f, g field, s scope, peers []peer) {
	a, b := defaultOf(f), defaultOf(g)
	if a == b || !canDefault(f) || !canDefault(g) {
		return
	}
	c := d.kept(f, g)
	c.From, c.To = a, b
	c.Detail = fmt.Sprintf("%s: what is not set reads as %s instead of %s", short(f), orZero(b), orZero(a))
	if f.HasDefault() == g.HasDefault() && !f.HasDefault() {
		return // the first value of the enum is another one, and that is told there
	}
	d.report(defaultChanged, s, valueLost, peers, c)
}

func orZero(text string) string {
	if text == "" {
		return "the empty value"
	}
	return text
}

func canDefault(f field) bool { return f.Cardinality() != protoreflect.Repeated && f.Message() == nil }

// defaultOf returns what f reads as where it is not set, in a text that is the same
// for the same value of any numeric type; empty for the empty value.
func defaultOf(f field) string {
	if !canDefault(f) {
		return ""
	}
	v := f.Default()
	switch f.Kind() {
	case protoreflect.StringKind:
		return nonEmpty(strconv.Quote(v.String()))
	case protoreflect.BytesKind:
		return nonEmpty(strconv.Quote(string(v.Bytes())))
	case protoreflect.EnumKind:
		return nonZero(itoa(v.Enum()))
	case protoreflect.BoolKind:
		if v.Bool() {
			return "1"
		}
		return ""
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		if n := v.Float(); math.Trunc(n) == n && math.Abs(n) < 1<<53 {
			return nonZero(strconv.FormatInt(int64(n), 10))
		}
		return strconv.FormatFloat(float64(float32(v.Float())), 'g', -1, 32)
	}
	return nonZero(v.String())
}

func nonZero(text string) string {
	if text == "0" {
		return ""
	}
	return text
}

func nonEmpty(text string) string {
	if text == `""` {
		return ""
	}
	return text
}

var presenceAdded = &change.Rule{
	ID: "protobuf/field-presence-added", Idea: "field-presence-added",
	Title:  "A field is optional now",
	Class:  change.Risky,
	Breaks: change.Code,
	Why: `Data stays as it is, and a reader with the old schema reads what it read before. Generated code of some languages has
another type for the field, such as a pointer.`,
	Fix:  `Tell the consumers that generate code; nobody else has to do anything.`,
	Also: also(sameCard...),
}

var presenceRemoved = &change.Rule{
	ID: "protobuf/field-presence-removed", Idea: "field-presence-removed",
	Title:  "A field is no longer optional, so the empty value and none are one",
	Class:  change.Risky,
	Breaks: change.Value | change.JSON | change.Replay | change.Request | change.Code,
	Why: `The writer no longer sends an empty value: a consumer that asks whether the field is set is told no, where it
was told yes and 0 before.`,
	Fix:  `Keep the field optional. If absence shall be impossible, say so in a comment.`,
	Also: also(sameCard...),
}

var requiredAdded = &change.Rule{
	ID: "protobuf/field-required-added", Idea: "field-required-added",
	Title:  "A field is required now",
	Class:  change.Risky,
	Breaks: change.Replay | change.Code,
	Why:    `A reader with the new schema refuses old data that has no value for the field, as a whole.`,
	Fix:    `Leave the field optional, and have readers check what they need.`,
	Also:   also(slices.Concat(sameCard, sameOneof)...),
}

var requestRequiredAdded = &change.Rule{
	ID: "protobuf/request-field-required-added", Idea: "field-required-added",
	Title:  "A field is required now in what consumers send",
	Class:  change.Breaking,
	Breaks: change.Replay | change.Request | change.Code,
	Why:    `What consumers send without the field is refused, as a whole, from the first day on.`,
	Fix:    `Leave the field optional, and have the service check it once all consumers send it.`,
	Also:   also(slices.Concat(sameCard, sameOneof)...),
}

var requiredRemoved = &change.Rule{
	ID: "protobuf/field-required-removed", Idea: "field-required-removed",
	Title:  "A field is no longer required",
	Class:  change.Breaking,
	Breaks: change.Wire | change.JSON | change.Code,
	Why:    `A reader with the old schema refuses every message in which the field is not set.`,
	Fix:    `Keep setting the field. Drop the label only when no consumer reads with the old schema any more.`,
	Also:   also(slices.Concat(sameCard, sameOneof)...),
}

var requestRequiredRemoved = &change.Rule{
	ID: "protobuf/request-field-required-removed", Idea: "field-required-removed",
	Title:  "A field is no longer required in what consumers send",
	Class:  change.Compatible,
	Breaks: change.Code,
	Why:    `What consumers send today is still accepted.`,
	Fix:    `Nothing has to be done.`,
	Also:   also(slices.Concat(sameCard, sameOneof)...),
}

var cardinalityChanged = &change.Rule{
	ID: "protobuf/field-cardinality-changed", Idea: "field-cardinality-changed",
	Title:  "A field became a list, a map or a single value",
	Class:  change.Breaking,
	Breaks: change.Wire | change.JSON | change.Replay | change.Request | change.Code,
	Why: `Generated code and JSON have another shape. On the wire a reader that wants one value keeps the last of a
list, or none at all where numbers are packed together.`,
	Fix:  `Add a second field of the new shape and fill both, until nobody reads the first.`,
	Also: also(slices.Concat(sameCard, sameOneof, sameType, goneEntry)...),
}

var defaultChanged = &change.Rule{
	ID: "protobuf/field-default-changed", Idea: "field-default-changed",
	Title:  "A field that is not set reads as another value",
	Class:  change.Risky,
	Breaks: change.Value | change.Request | change.Code,
	Why: `No default is ever sent: a consumer with the old schema reads the old one where the writer means the
new one, and neither can tell.`,
	Fix:  `Write the value instead of leaving it out, or add a field with the new default.`,
	Also: also("FIELD_SAME_DEFAULT"),
}
