package report

import (
	"context"
	"strings"

	"github.com/breakwater-data/breakwater/checker/schema"
	"golang.org/x/tools/txtar"
)

// proof looks for a value that shows the example of a rule at work; nil if there is
// none, or if the rule belongs to no format.
func (c Catalogue) proof(e entry) *schema.Witness {
	ctx := context.Background() // it reads nothing but the example
	for _, f := range c.Formats {
		if !e.of(f) {
			continue
		}
		base, err1 := load(ctx, f, e.example, "before/")
		head, err2 := load(ctx, f, e.example, "after/")
		if err1 != nil || err2 != nil {
			continue
		}
		changes, err := f.Diff(base, head)
		for _, change := range changes {
			if change.Rule == e.Rule && err == nil {
				return f.Prove(ctx, base, head, change)
			}
		}
	}
	return nil
}

// of reports whether e is a rule of f.
func (e entry) of(f schema.Format) bool {
	for _, rules := range f.Rules {
		if _, ok := rules.Example(e.Rule); ok {
			return true
		}
	}
	return false
}

// load reads the files of an example that stand in a folder as one port.
func load(ctx context.Context, f schema.Format, example *txtar.Archive, folder string) (schema.Schema, error) {
	side, r := new(txtar.Archive), schema.Request{}
	for _, file := range example.Files {
		if name, ok := strings.CutPrefix(file.Name, folder); ok {
			side.Files, r.Paths = append(side.Files, txtar.File{Name: name, Data: file.Data}), append(r.Paths, name)
		}
	}
	fsys, err := txtar.FS(side)
	if err != nil {
		return schema.Schema{}, err
	}
	r.FS = fsys
	return f.Load(ctx, r)
}
