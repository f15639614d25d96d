package protobuf

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/semantic"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Options that mean nothing to a consumer, or that are compared where they take
// effect: features as they are resolved, packing never, since every parser takes
// both forms.
var judged = map[protoreflect.Name][]protoreflect.Name{
	"FileOptions":      append([]protoreflect.Name{"deprecated", "features", "java_string_check_utf8", "java_generate_equals_and_hash"}, codeOptions...),
	"MessageOptions":   {"deprecated", "features", "map_entry", "no_standard_descriptor_accessor"},
	"FieldOptions":     {"deprecated", "features", "packed", "lazy", "unverified_lazy", "jstype", "ctype"},
	"OneofOptions":     {"features"},
	"EnumOptions":      {"deprecated", "features", "allow_alias"},
	"EnumValueOptions": {"deprecated", "features"},
	"ServiceOptions":   {"deprecated", "features"},
	"MethodOptions":    {"deprecated", "features", "idempotency_level"},
}

// Features of single languages that are compared where they take effect.
var judgedFeatures = []name{"pb.cpp.string_type", "pb.java.utf8_validation"}

// options reports that an element is deprecated now, or no longer, and that it has
// options which nobody here understands and which differ. c says where it stands.
func (d *differ) options(was, now decl, c change.Change, s scope) {
	base, head := was.Options().ProtoReflect(), now.Options().ProtoReflect()
	if !base.IsValid() && !head.IsValid() {
		return
	}
	d.deprecation(was, base, head, c, s)
	d.contractOptions(was, base, head, c, s)
	d.meanings(base, head, c, s)
	d.http(was, base, head, c, s)
	d.otherOptions(was, d.head.optionTexts(was, base), d.head.optionTexts(now, head), c, s)
}

// meanings reports that an element means something else, as the options say that the
// contract lists for it.
func (d *differ) meanings(base, head protoreflect.Message, c change.Change, s scope) {
	of := d.head.contract
	for _, m := range semantic.Diff(c.Path, of.meanings(base, c.Base), of.meanings(head, c.Head), c.Base, c.Head) {
		if s.used == 0 {
			d.report(m.Rule, s, 0, nil, m)
			continue
		}
		d.changes = append(d.changes, m)
	}
}

// otherOptions reports options that are not compared, if their texts differ.
func (d *differ) otherOptions(was decl, base, head map[string]string, c change.Change, s scope) {
	var from, to, words []string
	for _, option := range slices.Sorted(maps.Keys(union(base, head))) {
		a, b := base[option], head[option]
		switch {
		case a == b:
			continue
		case a == "":
			words = append(words, fmt.Sprintf("%s is new: %s", option, clip(b, mostShown)))
		case b == "":
			words = append(words, fmt.Sprintf("%s is gone: it was %s", option, clip(a, mostShown)))
		default:
			words = append(words, fmt.Sprintf("%s was %s and is %s", option, clip(a, mostShown), clip(b, mostShown)))
		}
		from, to = append(from, option+" = "+a), append(to, option+" = "+b)
	}
	if len(words) == 0 {
		return
	}
	c.From, c.To = strings.Join(from, "; "), strings.Join(to, "; ")
	c.Detail = fmt.Sprintf("%s has options that are not compared: %s", label(was), strings.Join(words, ", "))
	d.report(notCompared, s, valueLost|wireNew|wireOld|jsonNew|byName, nil, c)
}

// mostShown bounds how much of a value a sentence shows.
const mostShown = 80

// clip shortens a text to most characters.
func clip(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// label names what an option stands at.
func label(d decl) string {
	if f, ok := d.(protoreflect.FileDescriptor); ok {
		return f.Path()
	}
	return short(d)
}

func union(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// optionTexts returns the options of d that are not compared elsewhere, in canonical text.
func (p *port) optionTexts(d decl, m protoreflect.Message) map[string]string {
	texts := make(map[string]string)
	known := judged[m.Descriptor().Name()]
	m.Range(func(fd field, v protoreflect.Value) bool {
		switch {
		case fd.IsExtension() && p.contract.holds(fd.FullName()):
		case fd.IsExtension():
			texts["("+string(fd.FullName())+")"] = text(fd, v)
		case fd.Name() == "features":
			v.Message().Range(func(ext field, v protoreflect.Value) bool {
				if ext.IsExtension() {
					addFeatures(texts, ext, v)
				}
				return true
			})
		case !slices.Contains(known, fd.Name()):
			texts[string(fd.Name())] = text(fd, v)
		}
		return true
	})
	if len(m.GetUnknown()) > 0 {
		texts["unknown options"] = strconv.Quote(string(m.GetUnknown()))
	}
	if msg, ok := d.(message); ok {
		rangeOptions(texts, msg)
	}
	return texts
}

// addFeatures adds what a language's own features say beyond those that are judged.
func addFeatures(texts map[string]string, ext field, v protoreflect.Value) {
	if ext.Message() == nil || ext.IsList() {
		texts["features.("+string(ext.FullName())+")"] = text(ext, v)
		return
	}
	v.Message().Range(func(fd field, v protoreflect.Value) bool {
		full := ext.FullName() + "." + name(fd.Name())
		if !slices.Contains(judgedFeatures, full) {
			texts["features.("+string(ext.FullName())+")."+string(fd.Name())] = text(fd, v)
		}
		return true
	})
}

// rangeOptions adds the options of a message's extension ranges.
func rangeOptions(texts map[string]string, m message) {
	for i := range m.ExtensionRanges().Len() {
		opts := m.ExtensionRangeOptions(i).ProtoReflect()
		if opts.IsValid() && m.ExtensionRanges().Len() > 0 {
			at := m.ExtensionRanges().Get(i)
			if said := messageText(opts); said != "{}" {
				texts[fmt.Sprintf("extensions %d to %d", at[0], at[1]-1)] = said
			}
		}
	}
}

// text writes an option's value canonically: members by number, keys of maps in order.
func text(fd field, v protoreflect.Value) string {
	switch {
	case fd.IsList():
		var items []string
		for i := range v.List().Len() {
			items = append(items, scalarText(fd, v.List().Get(i)))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case fd.IsMap():
		var items []string
		v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
			items = append(items, fmt.Sprintf("%q: %s", k.String(), scalarText(fd.MapValue(), v)))
			return true
		})
		slices.Sort(items)
		return "{" + strings.Join(items, ", ") + "}"
	}
	return scalarText(fd, v)
}

func scalarText(fd field, v protoreflect.Value) string {
	switch fd.Kind() {
	case protoreflect.MessageKind, protoreflect.GroupKind:
		return messageText(v.Message())
	case protoreflect.EnumKind:
		if value := fd.Enum().Values().ByNumber(v.Enum()); value != nil {
			return string(value.Name())
		}
		return itoa(v.Enum())
	case protoreflect.StringKind:
		return strconv.Quote(v.String())
	case protoreflect.BytesKind:
		return strconv.Quote(string(v.Bytes()))
	}
	return v.String()
}

func messageText(m protoreflect.Message) string {
	type member struct {
		fd field
		v  protoreflect.Value
	}
	var all []member
	m.Range(func(fd field, v protoreflect.Value) bool {
		all = append(all, member{fd, v})
		return true
	})
	slices.SortFunc(all, func(a, b member) int { return int(a.fd.Number() - b.fd.Number()) })
	var items []string
	for _, one := range all {
		items = append(items, one.fd.TextName()+": "+text(one.fd, one.v))
	}
	if len(m.GetUnknown()) > 0 {
		items = append(items, strconv.Quote(string(m.GetUnknown())))
	}
	return "{" + strings.Join(items, ", ") + "}"
}

// deprecation reports that an element is deprecated now, or no longer.
func (d *differ) deprecation(was decl, base, head protoreflect.Message, c change.Change, s scope) {
	a, b := isDeprecated(base), isDeprecated(head)
	switch {
	case a == b:
	case b:
		c.Detail = label(was) + " is deprecated now"
		d.report(deprecated[kindOfElement(was)], s, 0, nil, c)
	default:
		c.Detail = label(was) + " is no longer deprecated"
		d.report(undeprecated, s, 0, nil, c)
	}
}

// isDeprecated reads the option of that name; every kind of element has it but oneofs.
func isDeprecated(opts protoreflect.Message) bool {
	fd := opts.Descriptor().Fields().ByName("deprecated")
	return fd != nil && opts.Get(fd).Bool()
}

// kindOfElement is kindOf for all that can be deprecated.
func kindOfElement(d decl) string {
	switch d.(type) {
	case protoreflect.FileDescriptor:
		return "file"
	case field:
		return "field"
	case protoreflect.EnumValueDescriptor:
		return "enum-value"
	case method:
		return "method"
	}
	return kindOf(d)
}

// deprecated has a rule for each kind of element.
var deprecated = map[string]*change.Rule{
	"file":       newDeprecated("file", "file-deprecated", "A file is deprecated now, with all that it declares"),
	"message":    newDeprecated("message", "type-deprecated", "A message is deprecated now"),
	"field":      newDeprecated("field", "field-deprecated", "A field is deprecated now"),
	"enum":       newDeprecated("enum", "type-deprecated", "An enum is deprecated now"),
	"enum-value": newDeprecated("enum-value", "enum-value-deprecated", "A value of an enum is deprecated now"),
	"service":    newDeprecated("service", "type-deprecated", "A service is deprecated now"),
	"method":     newDeprecated("method", "operation-deprecated", "A method is deprecated now"),
}

func newDeprecated(kind string, idea change.Idea, title string) *change.Rule {
	return &change.Rule{
		ID: "protobuf/" + kind + "-deprecated", Idea: idea,
		Title:    title,
		Class:    change.Risky, // those who read it have to hear of it
		IfNeeded: change.Risky,
		Breaks:   change.Value | change.Code,
		Why:      `It still works, and it is announced that it will go away. The notice period begins when this is merged.`,
		Fix:      `Say in a comment what to use instead, and tell the consumers that read it.`,
	}
}

var undeprecated = &change.Rule{
	ID: "protobuf/undeprecated", Idea: "undeprecated",
	Title:  "An element is no longer deprecated",
	Class:  change.Compatible,
	Breaks: change.Code,
	Why:    `It stays after all. If it is deprecated again, the notice period begins anew.`,
	Fix:    `Nothing has to be done.`,
}

var notCompared = &change.Rule{
	ID: "protobuf/not-compared", Idea: change.NotCompared,
	Title:  "An option differs whose meaning is not compared",
	Class:  change.Risky,
	Breaks: change.Value | change.Wire | change.JSON | change.Replay | change.Request | change.Query | change.Code,
	Why: `An option of your own, or of a library, can change what the data means, how it is checked or where it is
served: a unit, a rule, an HTTP path. Nothing here knows which way is safe, so a person has to look.`,
	Fix: `Look at the two values. If consumers rely on the option, announce the change to them as you would a change of the type.`,
}
