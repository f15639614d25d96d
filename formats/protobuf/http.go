package protobuf

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// httpOption is where a method is served over HTTP.
const httpOption name = "google.api.http"

// http reports the places over HTTP at which a method is served no more, or anew. A
// place is a verb and a path; what a variable of the path is called does not show in it.
func (d *differ) http(was decl, base, head protoreflect.Message, c change.Change, s scope) {
	a, b := bindingsOf(base), bindingsOf(head)
	for _, place := range slices.Sorted(maps.Keys(a)) {
		c := c
		c.Key, c.From, c.To = place, place+a[place], place+b[place]
		switch shape, ok := b[place]; {
		case !ok:
			c.To = ""
			c.Detail = label(was) + " is no longer served at " + clip(place, mostShown)
			d.report(httpBindingRemoved, s, valueLost|wireOld|byName, nil, c)
		case shape != a[place]:
			c.Detail = label(was) + " is served at " + clip(place, mostShown) + " with another body: " + clip(orWhole(a[place])+" became "+orWhole(shape), mostShown)
			d.report(httpBindingRemoved, s, valueLost|wireOld|byName, nil, c)
		}
	}
	for _, place := range slices.Sorted(maps.Keys(b)) {
		if _, before := a[place]; !before {
			c := c
			c.Key, c.From, c.To = place, "", place+b[place]
			c.Detail = label(was) + " is served at " + clip(place, mostShown) + " as well"
			d.report(httpBindingAdded, s, 0, nil, c)
		}
	}
}

func orWhole(shape string) string {
	if shape == "" {
		return "none"
	}
	return strings.TrimSpace(shape)
}

// A variable of a path, and its pattern if it has one of its own.
var variable = regexp.MustCompile(`\{[^{}=]*(?:=([^{}]*))?\}`)

// bindingsOf lists the places of a method's option, each with the bodies that it takes
// and gives.
func bindingsOf(opts protoreflect.Message) map[string]string {
	all := make(map[string]string)
	var add func(rule protoreflect.Message, depth int)
	add = func(rule protoreflect.Message, depth int) {
		var place, shape []string
		var more []protoreflect.Message
		rule.Range(func(fd field, v protoreflect.Value) bool {
			switch fd.Name() {
			case "selector":
			case "additional_bindings":
				for i := 0; fd.IsList() && fd.Message() != nil && i < v.List().Len(); i++ {
					more = append(more, v.List().Get(i).Message())
				}
			case "body", "response_body":
				shape = append(shape, " "+string(fd.Name())+" "+text(fd, v))
			default: // the verb, or a custom one
				path := variable.ReplaceAllStringFunc(text(fd, v), func(v string) string {
					if pattern := variable.FindStringSubmatch(v)[1]; pattern != "" {
						return "{" + pattern + "}"
					}
					return "{*}"
				})
				place = append(place, strings.ToUpper(string(fd.Name()))+" "+strings.Trim(path, `"`))
			}
			return true
		})
		slices.Sort(shape) // options come in no order
		slices.Sort(place)
		all[strings.Join(place, " ")] = strings.Join(shape, "")
		for _, m := range more {
			if depth < maxDepth {
				add(m, depth+1)
			}
		}
	}
	opts.Range(func(fd field, v protoreflect.Value) bool {
		if fd.IsExtension() && fd.FullName() == httpOption && fd.Message() != nil && !fd.IsList() {
			add(v.Message(), 0)
		}
		return true
	})
	return all
}

var httpBindingRemoved = &change.Rule{
	ID: "protobuf/http-binding-removed", Idea: "http-binding-removed",
	Title:  "A method is no longer served at an HTTP path, or takes another body there",
	Class:  change.Breaking,
	Breaks: change.Value | change.Request | change.Query,
	Why:    `A consumer that calls the path gets an error, or sends a body that is not read.`,
	Fix:    `Keep the old path among additional_bindings until nobody calls it.`,
}

var httpBindingAdded = &change.Rule{
	ID: "protobuf/http-binding-added", Idea: "http-binding-added",
	Title:  "A method is served at another HTTP path as well",
	Class:  change.Compatible,
	Breaks: change.Code,
	Why:    `Nobody calls it yet, and the other paths stay.`,
	Fix:    `Nothing has to be done.`,
}
