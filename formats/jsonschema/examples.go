package jsonschema

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/valueset"
)

// Limits of the example data of one port.
const (
	maxExamples     = 100
	maxExampleBytes = 4 << 20
)

// An example is a document of data that the schema should accept.
type example struct {
	file string
	root root
	text string // as JSON
	why  string // the validator refuses it; empty: it accepts it
}

// readExamples reads the example data of a port and asks the validator about each.
func (p *port) readExamples(r schema.Request) error {
	if len(r.Examples) > maxExamples {
		return source.Errorf(source.Top(r.Examples[maxExamples]), "the port has %d examples; the most that are read is %d", len(r.Examples), maxExamples)
	}
	validators := make(map[change.Path]func(string) error)
	for _, name := range r.Examples {
		of, err := p.exampleOf(name)
		if err != nil {
			return err
		}
		text, err := fs.ReadFile(r.FS, name)
		if err != nil {
			return source.Errorf(source.Top(name), "%w", err)
		}
		if len(text) > maxExampleBytes {
			return source.Errorf(source.Top(name), "the example has %d bytes; the most that is read is %d", len(text), maxExampleBytes)
		}
		doc, err := document.Parse(name, text)
		if err != nil {
			return err
		}
		data, ok := valueset.ValueOf(doc)
		if !ok {
			return source.Errorf(source.Top(name), "want example data in JSON or YAML, with one document in the file")
		}
		value := data.String()
		e := example{file: name, root: of, text: value}
		validate, ok := validators[of.name]
		if !ok {
			validate = p.validator(of)
			validators[of.name] = validate
		}
		if validate == nil {
			return source.Errorf(source.Top(name), "the validator cannot read the schema %s, so nobody can say whether it accepts this example", of.file)
		}
		if refusal := validate(value); refusal != nil {
			e.why = why(refusal)
		}
		p.examples = append(p.examples, e)
	}
	return nil
}

// exampleOf returns the schema that an example is of: the only one, or the one whose
// name the example's begins with, order for order.paid.json; the longest of several.
func (p *port) exampleOf(name string) (root, error) {
	fits := slices.Clone(p.roots)
	if len(fits) != 1 {
		base := path.Base(name)
		fits = slices.DeleteFunc(fits, func(r root) bool {
			rest, ok := strings.CutPrefix(base, stemOf(r.file))
			return !ok || rest == "" || !strings.ContainsAny(rest[:1], ".-_")
		})
		slices.SortFunc(fits, func(a, b root) int { return cmp.Compare(len(stemOf(b.file)), len(stemOf(a.file))) })
	}
	if len(fits) == 0 {
		return root{}, source.Errorf(source.Top(name), "no schema of the port has a name that this example begins with; call it SCHEMA.NAME.json")
	}
	return fits[0], nil
}

// diffExamples reports examples that the schema refuses now. One that it refused before
// tells nothing new.
func diffExamples(base, head *port) (changes []change.Change) {
	before := make(map[string]example)
	for _, e := range base.examples {
		before[e.file] = e
	}
	for _, now := range head.examples {
		was, known := before[now.file]
		if now.why == "" || known && was.why != "" && was.text == now.text {
			continue
		}
		c := change.Change{
			Rule: exampleRefused, Path: now.root.name, Key: now.file, From: "accepted", To: now.why, Head: source.Top(now.file),
			Detail: fmt.Sprintf("the example %s is refused: %s", path.Base(now.file), now.why),
		}
		switch {
		case !known:
			c.From, c.Detail = "", fmt.Sprintf("the new example %s is refused: %s", path.Base(now.file), now.why)
		case was.why != "":
			c.From = was.why
			c.Base = source.Top(was.file)
		default:
			c.Base = source.Top(was.file)
		}
		changes = append(changes, c)
	}
	return changes
}

var exampleRefused = &change.Rule{
	ID: "jsonschema/example-refused", Idea: "example-refused",
	Title: "The schema refuses an example of its data",
	Class: change.Risky, Breaks: change.Replay | change.Request,
	Why: `The example stands for data that is there, or that consumers send. Whatever is like it
is refused from now on.`,
	Fix: "Let the schema accept it, or, where no data is like it any more, mend the example.",
}
