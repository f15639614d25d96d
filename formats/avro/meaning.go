package avro

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// meaning compares the logical types of two schemas whose data resolves.
func (d *differ) meaning(at place, b, h *typ) {
	if b.logical == h.logical {
		d.ignored(at, b, h)
		return
	}
	from, to := b.logical, h.logical
	was, _ := meanings(from.name)
	now, _ := meanings(to.name)
	report := func(rule *change.Rule, format string, args ...any) {
		d.add(rule, at, 0, "", from.String(), to.String(), "%s: "+format, append([]any{at.name}, args...)...)
	}
	switch {
	case from.name == "":
		report(logicalTypeAdded, "%s is %s now", b.kind, to)
	case to.name == "":
		report(logicalTypeRemoved, "%s is no longer %s", h.kind, from)
	case from.name == to.name:
		if from.scale != to.scale {
			report(decimalScaleChanged, "the scale %d became %d; the old reader takes 1.00 for another number", from.scale, to.scale)
		}
		if from.scale == to.scale || from.precision-from.scale < to.precision-to.scale {
			d.precision(at, from, to)
		}
	case was.what == now.what && was.unit != now.unit:
		report(timeUnitChanged, "%s became %s; the old reader takes %s for %s", from, to, now.unit, was.unit)
	case was.what == now.what && was.zone != now.zone:
		report(timeZoneChanged, "%s became %s", from, to)
	default:
		report(logicalTypeChanged, "%s became %s", from, to)
	}
}

func (d *differ) precision(at place, from, to logical) {
	rule := decimalPrecisionLowered
	if to.precision > from.precision {
		rule = decimalPrecisionRaised
	}
	d.add(rule, at, 0, "", from.String(), to.String(), "%s: %d digits became %d", at.name, from.precision, to.precision)
}

// ignored compares logical types that readers do not know, or that are not valid where
// they stand.
func (d *differ) ignored(at place, b, h *typ) {
	if b.logical.name != "" {
		return
	}
	for _, key := range []string{"logicalType", "precision", "scale"} {
		d.property(at, key, b.props.Get(key), h.props.Get(key))
	}
}

// The members that the specification gives a meaning, which are compared elsewhere.
var (
	typeKeys  = []string{"type", "name", "namespace", "aliases", "doc", "fields", "symbols", "default", "size", "items", "values", "logicalType", "precision", "scale"}
	fieldKeys = []string{"name", "type", "default", "aliases", "doc", "order"}
)

// properties compares what the specification does not define. Labels and deprecation
// have rules.
func (d *differ) properties(at place, b, h *document.Node, known []string) {
	if !custom(b, known) && !custom(h, known) {
		return
	}
	d.labels(at, b, h)
	d.deprecation(at, b, h)
	keys := append(slices.Clone(known), labelKeys[:]...)
	keys = append(keys, "deprecated")
	for _, n := range []*document.Node{b, h} {
		if n == nil || n.Kind != document.Map {
			continue
		}
		for _, key := range n.Keys {
			if !slices.Contains(keys, key.Text) {
				keys = append(keys, key.Text)
				d.property(at, key.Text, b.Get(key.Text), h.Get(key.Text))
			}
		}
	}
}

// custom reports whether n has a member that is not known.
func custom(n *document.Node, known []string) bool {
	return n != nil && n.Kind == document.Map && slices.ContainsFunc(n.Keys, func(key *document.Node) bool { return !slices.Contains(known, key.Text) })
}

// property compares one that nobody here understands.
func (d *differ) property(at place, key string, b, h *document.Node) {
	if document.Equal(b, h) {
		return
	}
	from, to := "", ""
	if b != nil {
		from, at.base = written(b), b.Span
	}
	if h != nil {
		to, at.head = written(h), h.Span
	}
	c := d.change(notCompared, at, 0, "", from, to)
	c.Key = key
	d.say(c, "%s: the property %q changed from %s to %s, and what it means is not known", at.name, clip(key), orNone(from), orNone(to))
}

// sorted compares the sort order of two fields.
func (d *differ) sorted(at place, b, h *document.Node) {
	from, to := cmp.Or(b.Get("order").String(), "ascending"), cmp.Or(h.Get("order").String(), "ascending")
	if from != to {
		d.add(sortOrderChanged, at, 0, "", from, to, "%s: the sort order %s became %s", at.name, from, to)
	}
}

// labelKeys are the properties that people write labels of classification in.
var labelKeys = [...]string{"classification", "pii", "tags", "confluent:tags"}

// classOf returns the label that n gives, and whether it marks personal data.
func classOf(n *document.Node) (label string, personal bool) {
	label = n.Get("classification").String()
	personal = strings.EqualFold(n.Get("pii").String(), "true") || strings.EqualFold(label, "pii")
	for _, key := range labelKeys[2:] {
		for _, tag := range n.Get(key).List() {
			personal = personal || strings.EqualFold(tag.String(), "pii")
		}
	}
	return label, personal
}

// labels compares classification.
func (d *differ) labels(at place, b, h *document.Node) {
	from, wasPersonal := classOf(b)
	to, isPersonal := classOf(h)
	was, known1 := schema.Sensitivity(from)
	now, known2 := schema.Sensitivity(to)
	report := func(rule *change.Rule) {
		d.add(rule, at, 0, "", labelled(from, wasPersonal), labelled(to, isPersonal), "%s: classification %s became %s", at.name, labelled(from, wasPersonal), labelled(to, isPersonal))
	}
	switch {
	case isPersonal && !wasPersonal, from == "" && to != "", known1 && known2 && now > was:
		report(classificationRaised)
	case wasPersonal && !isPersonal, from != "" && to == "", known1 && known2 && now < was:
		report(classificationLowered)
	case from != to && !(known1 && known2):
		report(classificationChanged)
	case wasPersonal == isPersonal:
		for _, key := range labelKeys[1:] {
			d.property(at, key, b.Get(key), h.Get(key))
		}
	}
}

func labelled(label string, personal bool) string {
	switch {
	case personal && label != "" && !strings.EqualFold(label, "pii"):
		return label + " and pii"
	case personal:
		return "pii"
	}
	return orNone(label)
}

// deprecated reports whether a property says that n is; a text may say what to use
// instead.
func deprecated(n *document.Node) (is bool, instead string) {
	v := n.Get("deprecated")
	if v.IsNull() || v.Kind != document.Scalar || v.Text == "" || strings.EqualFold(v.Text, "false") {
		return false, ""
	}
	if v.Tag == document.String && !strings.EqualFold(v.Text, "true") {
		instead = v.Text
	}
	return true, instead
}

func (d *differ) deprecation(at place, b, h *document.Node) {
	was, before := deprecated(b)
	is, instead := deprecated(h)
	switch {
	case is && !was:
		rule := fieldDeprecated
		if h.Get("fields") != nil || h.Get("symbols") != nil || h.Get("size") != nil {
			rule = typeDeprecated
		}
		said := ""
		if instead != "" {
			said = fmt.Sprintf(": %s", clip(instead))
		}
		d.add(rule, at, 0, "", "", instead, "%s is deprecated%s", at.name, said)
	case was && !is:
		d.add(undeprecated, at, 0, "", "", "", "%s is no longer deprecated", at.name)
	case before != instead:
		d.described(at, before, instead)
	}
}
