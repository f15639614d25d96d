package openapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/getkin/kin-openapi/openapi3"
)

// maxValidated is how many values a description may have, with the files that it refers
// to, to be validated: the validator reads each part once for each level above it.
const maxValidated = 300_000

// invalid is reported only where formats.openapi.validate asks for it.
var invalid = newRule("invalid", "", change.Risky, read|change.Request,
	"The description is not valid any more",
	"It says something that OpenAPI does not allow, so tools read it in different ways or not at all. The comparison went on with what it could read.",
	"Mend what the validator names; breakwater doctor lists all of it.")

// validate says what in the description is not valid, each with where it stands: what is
// wrong in a component is not said again of the operations that refer to it. It
// reads nothing but what load read. Examples and defaults are not held against their
// schemas, nor are patterns against Go's syntax.
func validate(ctx context.Context, p *port) error {
	if p == nil || p.root == nil {
		return nil
	}
	type mistake struct {
		at   source.Span
		text string
	}
	var problems document.Problems
	all := p.lib.invalid(ctx)
	inComponents, told := make(map[string]bool), make(map[mistake]bool)
	isComponent := func(err error) bool {
		_, is := errors.AsType[*openapi3.ComponentValidationError](err)
		return is
	}
	for _, e := range all {
		if isComponent(e) {
			inComponents[plainError(e)] = true
		}
	}
	for _, e := range all {
		m := mistake{p.lib.where(e), plainError(e)}
		if told[m] || inComponents[m.text] && !isComponent(e) {
			continue
		}
		told[m] = true
		problems.Addf(m.at, "%s", m.text)
	}
	return limited(problems.Err())
}

// invalid asks the validator.
func (l *library) invalid(ctx context.Context) (all openapi3.MultiError) {
	nodes := 0
	for _, n := range l.files {
		nodes += count(n)
	}
	if nodes > maxValidated {
		return openapi3.MultiError{fmt.Errorf("not validated: it has more than %d values", maxValidated)}
	}
	err := guarded(func() error {
		loader := &openapi3.Loader{Context: ctx, IsExternalRefsAllowed: true, ReadFromURIFunc: l.read}
		text, err := json.Marshal(plainly(l.files[l.entry]))
		if err != nil {
			return err
		}
		doc, err := loader.LoadFromDataWithPath(text, &url.URL{Path: l.entry})
		if err != nil {
			return err
		}
		return doc.Validate(ctx, openapi3.EnableMultiError(), openapi3.DisableExamplesValidation(), openapi3.DisableSchemaDefaultsValidation(), openapi3.DisableSchemaPatternValidation())
	})
	if err != nil && !errors.As(err, &all) {
		all = openapi3.MultiError{err}
	}
	return all
}

// read gives the validator a file that load read, and no other.
func (l *library) read(_ *openapi3.Loader, location *url.URL) ([]byte, error) {
	n := l.files[location.Path]
	if location.Scheme != "" || location.Host != "" || n == nil {
		return nil, fmt.Errorf("%q is not read", short(location.String()))
	}
	return json.Marshal(plainly(n))
}

func count(n *document.Node) int {
	if n == nil {
		return 0
	}
	total := 1
	for _, item := range n.Items {
		total += count(item)
	}
	return total
}

// plainly turns a tree into what encoding/json writes. Numbers stay as written.
func plainly(n *document.Node) any {
	switch {
	case n == nil || n.IsNull():
		return nil
	case n.Kind == document.List:
		all := make([]any, len(n.Items))
		for i, item := range n.Items {
			all[i] = plainly(item)
		}
		return all
	case n.Kind == document.Map:
		all := make(jsonObject, len(n.Items))
		for i, key := range n.Keys {
			all[key.Text] = plainly(n.Items[i])
		}
		return all
	case n.Tag == document.Bool:
		return truth(n)
	case n.Tag == document.Int || n.Tag == document.Float:
		if json.Valid([]byte(n.Text)) {
			return json.Number(n.Text)
		}
	}
	return n.Text
}

// where finds what an error is about: the validator says in which section, path,
// operation or component.
func (l *library) where(err error) source.Span {
	at := l.files[l.entry]
	span := top(at)
	into := func(names ...string) {
		for _, name := range names {
			key := at.Key(name)
			if key == nil {
				return
			}
			span = key.At()
			at, _ = l.deref(at.Get(name))
		}
	}
	for ; err != nil; err = errors.Unwrap(err) {
		switch e := err.(type) {
		case *openapi3.SectionValidationError:
			into(e.Section)
		case *openapi3.PathValidationError:
			into(e.Path)
		case *openapi3.WebhookValidationError:
			into(e.Name)
		case *openapi3.OperationValidationError:
			into(strings.ToLower(e.Method))
		case *openapi3.PathParametersError:
			into(e.Path, strings.ToLower(e.Method))
		case *openapi3.DuplicateOperationIDError:
			method, path, _ := strings.Cut(e.Endpoint2, " ")
			into(path, strings.ToLower(method))
		case *openapi3.ComponentValidationError:
			into(sections[e.Section], e.Name)
		case *openapi3.ParameterFieldValidationError:
			into("parameters")
		}
	}
	return span
}

// sections are the members of components, by what the validator calls one of each.
var sections = map[string]string{
	"schema": "schemas", "parameter": "parameters", "header": "headers", "request body": "requestBodies", "response": "responses",
	"security scheme": "securitySchemes", "example": "examples", "link": "links", "callback": "callbacks",
}

// plainError is what an error says, without where it stands.
func plainError(err error) string {
	for {
		switch e := err.(type) {
		case *openapi3.SectionValidationError:
			err = e.Cause
		case *openapi3.PathValidationError:
			err = e.Cause
		case *openapi3.OperationValidationError:
			err = e.Cause
		case *openapi3.ComponentValidationError:
			err = e.Cause
		default:
			text, _, _ := strings.Cut(err.Error(), "\n")
			if runes := []rune(text); len(runes) > maxShown {
				text = string(runes[:maxShown]) + "…"
			}
			return text
		}
	}
}

// validity reports what is not valid in the head and was in the base, if the settings
// ask for it. What base has, too, is told by doctor.
func (d *differ) validity() {
	if !d.head.settings.validate {
		return
	}
	ctx := context.Background() // nothing is read
	was := make(map[string]bool)
	for _, e := range source.Errors(validate(ctx, d.base)) {
		was[e.Msg] = true
	}
	for _, e := range source.Errors(validate(ctx, d.head)) {
		if !was[e.Msg] {
			d.report(change.Change{
				Rule: invalid, Path: change.Path("").Join(change.Name("info")), Key: e.Msg, Detail: "not valid: " + e.Msg, Base: top(d.base.root), Head: e.Span,
			})
		}
	}
}
