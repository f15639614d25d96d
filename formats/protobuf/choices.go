package protobuf

import (
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/bufbuild/protocompile/protoutil"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// Options and features that are compared by what they come to: an edition, a file
// and a field can each set them, and only the outcome counts.

// A choice is something that came to another value.
type choice struct {
	what, from, to string
	peer           string // what buf calls it; two words if it is both
}

// codeChoices compares how generated code shows a field: jstype, and the string
// type of C++.
func codeChoices(was, now field) (all []choice) {
	a, _ := was.Options().(*descriptorpb.FieldOptions)
	b, _ := now.Options().(*descriptorpb.FieldOptions)
	if a.GetJstype() != b.GetJstype() && scalars[was.Kind()].text && scalars[now.Kind()].text {
		all = append(all, choice{"jstype", a.GetJstype().String(), b.GetJstype().String(), "FIELD_SAME_JSTYPE"})
	}
	if isText(was) && isText(now) && !inEntry(was) && !inEntry(now) {
		from, to := cppString(was, a), cppString(now, b)
		if from != to && !(from == "STRING_PIECE" && to == "STRING") { // which C++ never told apart
			all = append(all, choice{"the string type of C++", from, to, "FIELD_SAME_CPP_STRING_TYPE"})
		}
	}
	return all
}

func isText(f field) bool {
	return f.Kind() == protoreflect.StringKind || f.Kind() == protoreflect.BytesKind
}

func inEntry(f field) bool { return f.ContainingMessage().IsMapEntry() }

// cppString returns what C++ keeps the field in.
func cppString(f field, opts *descriptorpb.FieldOptions) string {
	if opts != nil && opts.Ctype != nil {
		return opts.GetCtype().String()
	}
	if said := languageFeature(f, "pb.cpp", "string_type"); said != "" {
		return said
	}
	return "STRING"
}

// textChecks compares whether a string field is checked to be UTF-8.
func textChecks(was, now field) []choice {
	if was.Kind() != protoreflect.StringKind || now.Kind() != protoreflect.StringKind {
		return nil
	}
	from, to := feature(was, "utf8_validation"), feature(now, "utf8_validation")
	inJava := choice{"in Java", javaCheck(was, from), javaCheck(now, to), "FIELD_SAME_JAVA_UTF8_VALIDATION"}
	general := choice{"", from, to, "FIELD_SAME_UTF8_VALIDATION"}
	switch javaToo := inJava.from != inJava.to; {
	case from != to && javaToo: // Java does as all do
		general.peer += " " + inJava.peer
		return []choice{general}
	case from != to:
		return []choice{general}
	case javaToo:
		return []choice{inJava}
	}
	return nil
}

// javaCheck returns what Java does where the language says as general.
func javaCheck(f field, general string) string {
	opts, _ := f.ParentFile().Options().(*descriptorpb.FileOptions)
	if opts.GetJavaStringCheckUtf8() || languageFeature(f, "pb.java", "utf8_validation") == "VERIFY" {
		return "VERIFY"
	}
	return general
}

// What the features come to in files that cannot set them.
var fixedFeatures = map[protoreflect.Syntax]map[protoreflect.Name]string{
	protoreflect.Proto2: {"utf8_validation": "NONE", "json_format": "LEGACY_BEST_EFFORT"},
	protoreflect.Proto3: {"utf8_validation": "VERIFY", "json_format": "ALLOW"},
}

// feature returns the value that a feature of the language itself comes to at d.
func feature(d decl, feature protoreflect.Name) string {
	if fixed := fixedFeatures[d.ParentFile().Syntax()]; fixed != nil {
		return fixed[feature]
	}
	fd := (*descriptorpb.FeatureSet)(nil).ProtoReflect().Descriptor().Fields().ByName(feature)
	v, err := protoutil.ResolveFeature(d, fd)
	if err != nil {
		return "" // an edition without the feature
	}
	return string(fd.Enum().Values().ByNumber(v.Enum()).Name())
}

// languageFeature returns what d, or the nearest thing around it, says of a
// feature that belongs to one target language; empty if nothing says anything.
func languageFeature(d decl, language name, feature protoreflect.Name) (said string) {
	if d.ParentFile().Syntax() != protoreflect.Editions {
		return ""
	}
	for ; d != nil && said == ""; d = d.Parent() {
		opts := d.Options().ProtoReflect()
		set := opts.Descriptor().Fields().ByName("features")
		if set == nil || !opts.Has(set) {
			continue
		}
		opts.Get(set).Message().Range(func(ext field, v protoreflect.Value) bool {
			if ext.FullName() == language && ext.Message() != nil {
				if fd := ext.Message().Fields().ByName(feature); fd != nil && v.Message().Has(fd) {
					said = scalarText(fd, v.Message().Get(fd))
				}
			}
			return true
		})
	}
	return said
}

// fieldChoices reports, together, what generated code shows in another way.
func (d *differ) fieldChoices(f, g field, s scope, peers []peer) {
	c := d.kept(f, g)
	var from, to, words []string
	for _, one := range codeChoices(f, g) {
		from, to = append(from, one.what+" = "+one.from), append(to, one.what+" = "+one.to)
		words = append(words, fmt.Sprintf("%s was %s and is %s", one.what, one.from, one.to))
	}
	if len(words) > 0 {
		c.From, c.To = strings.Join(from, "; "), strings.Join(to, "; ")
		c.Detail = fmt.Sprintf("%s: %s", short(f), list(words))
		d.report(fieldOptionChanged, s, 0, peers, c)
	}
}

// checksOfText reports the strings of a message that are now checked to be UTF-8,
// or no longer; mostly all of them change at once, with the file.
func (d *differ) checksOfText(was, now message, s scope) {
	head := fieldsByNumber(now)
	var changed checkChanges
	for i := range was.Fields().Len() {
		f := was.Fields().Get(i)
		switch g := head[f.Number()]; {
		case g == nil:
		case f.IsMap() && g.IsMap():
			checks := append(textChecks(f.MapKey(), g.MapKey()), textChecks(f.MapValue(), g.MapValue())...)
			for i := range checks {
				if f.Name() != g.Name() { // the message behind the map has another name too
					checks[i].peer = ""
				}
			}
			changed.add(f.Name(), checks)
		default:
			changed.add(f.Name(), textChecks(f, g))
		}
	}
	d.reportChecks(short(was), changed, d.kept(was, now), s)
}

// A checkChanges holds, for each way in which checks changed, the fields of which
// that is so.
type checkChanges struct {
	order  []choice
	fields map[choice][]string
}

func (c *checkChanges) add(f protoreflect.Name, choices []choice) {
	for _, one := range choices {
		if c.fields == nil {
			c.fields = make(map[choice][]string)
		}
		if c.fields[one] == nil {
			c.order = append(c.order, one)
		}
		if !slices.Contains(c.fields[one], string(f)) {
			c.fields[one] = append(c.fields[one], string(f))
		}
	}
}

// mostNamed bounds how many fields a sentence lists.
const mostNamed = 3

func (d *differ) reportChecks(of string, changed checkChanges, c change.Change, s scope) {
	for _, one := range changed.order {
		fields := changed.fields[one]
		if len(fields) > mostNamed {
			fields = append(fields[:mostNamed], fmt.Sprintf("%d more", len(fields)-mostNamed))
		}
		c.Key, c.From, c.To = strings.TrimSpace(one.what+" "+one.to), one.from, one.to
		verb, k := "are no longer checked", wireNew
		if one.to == "VERIFY" {
			verb, k = "are now checked", wireOld
		}
		if one.what != "" { // the data is what it was
			verb, k = verb+" "+one.what, 0
		}
		c.Detail = fmt.Sprintf("strings of %s %s to be UTF-8: %s", of, verb, list(fields))
		d.report(textCheckChanged, s, k, buf(strings.Fields(one.peer)...), c)
	}
}

// jsonFormat reports that a message or an enum is no longer held to having a JSON form.
func (d *differ) jsonFormat(was, now decl, s scope, id string) {
	from, to := feature(was, "json_format"), feature(now, "json_format")
	if from != "ALLOW" || to == "ALLOW" {
		return
	}
	c := d.kept(was, now)
	c.From, c.To = from, to
	c.Detail = fmt.Sprintf("%s has a JSON form only as far as it goes", short(was))
	d.report(jsonFormatChanged, s, jsonNew|jsonOld, buf(id), c)
}

// accessor reports that generated code loses the standard way to a descriptor.
func (d *differ) accessor(was, now message, s scope) {
	a, _ := was.Options().(*descriptorpb.MessageOptions)
	b, _ := now.Options().(*descriptorpb.MessageOptions)
	if a.GetNoStandardDescriptorAccessor() || !b.GetNoStandardDescriptorAccessor() {
		return
	}
	c := d.kept(was, now)
	c.From, c.To = "false", "true"
	c.Detail = fmt.Sprintf("%s has no standard descriptor accessor any more", short(was))
	d.report(accessorRemoved, s, 0, buf("MESSAGE_NO_REMOVE_STANDARD_DESCRIPTOR_ACCESSOR"), c)
}

var fieldOptionChanged = &change.Rule{
	ID: "protobuf/field-option-changed", Idea: "field-option-changed",
	Title:  "Generated code shows a field in another way",
	Class:  change.Risky,
	Breaks: change.Code,
	Why:    `In one language the field has another type. Data stays as it is.`,
	Fix:    `Change it together with the consumers that generate code in that language, or leave it.`,
	Also:   also("FIELD_SAME_JSTYPE", "FIELD_SAME_CPP_STRING_TYPE"),
}

var textCheckChanged = &change.Rule{
	ID: "protobuf/utf8-validation-changed", Idea: "utf8-validation-changed",
	Title:  "Strings are checked to be UTF-8 now, or no longer",
	Class:  change.Risky,
	Breaks: change.Wire | change.Replay | change.Request | change.Code,
	Why: `The side that checks refuses a message with a string that is not UTF-8: old data, where the check is new;
new data, where it is gone and an old reader still checks.`,
	Fix:  `Keep the check as it was, or make sure that everything that was ever written is UTF-8.`,
	Also: also("FIELD_SAME_UTF8_VALIDATION", "FIELD_SAME_JAVA_UTF8_VALIDATION"),
}

var jsonFormatChanged = &change.Rule{
	ID: "protobuf/json-format-changed", Idea: "json-format-changed",
	Title:  "A message or an enum is no longer held to having a JSON form",
	Class:  change.Risky,
	Breaks: change.JSON | change.Request | change.Code,
	Why:    `Names may clash in JSON from now on, and the compiler no longer objects.`,
	Fix:    `Leave json_format at ALLOW if anybody reads the data as JSON.`,
	Also:   also("MESSAGE_SAME_JSON_FORMAT", "ENUM_SAME_JSON_FORMAT"),
}

var accessorRemoved = &change.Rule{
	ID: "protobuf/descriptor-accessor-removed", Idea: "descriptor-accessor-removed",
	Title:  "Generated code has no standard descriptor accessor any more",
	Class:  change.Risky,
	Breaks: change.Code,
	Why:    `Code that asks the message for its descriptor no longer compiles.`,
	Fix:    `Leave the option off, unless a field has to be called descriptor.`,
	Also:   also("MESSAGE_NO_REMOVE_STANDARD_DESCRIPTOR_ACCESSOR"),
}
