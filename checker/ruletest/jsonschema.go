package ruletest

import (
	"encoding/json"
	"testing"

	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// JSONSchema compiles the JSON Schema in a file. What it returns holds a YAML or
// JSON text against it, scalars as they are written: a date is a text.
func JSONSchema(t testing.TB, file string) func(text string) error {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	return func(text string) error {
		n, err := document.Parse("text.yaml", []byte(text))
		if err != nil {
			return err
		}
		return schema.Validate(plain(n))
	}
}

// plain turns a tree into what a validator takes.
func plain(n *document.Node) any {
	switch {
	case n.IsNull():
		return nil
	case n.Kind == document.List:
		list := []any{}
		for _, item := range n.Items {
			list = append(list, plain(item))
		}
		return list
	case n.Kind == document.Map:
		m := make(map[string]any)
		for i, key := range n.Keys {
			m[key.Text] = plain(n.Items[i])
		}
		return m
	case n.Tag == document.Bool:
		return n.Text == "true"
	case n.Tag == document.Int || n.Tag == document.Float:
		return json.Number(n.Text)
	}
	return n.Text
}
