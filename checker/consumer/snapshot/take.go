package snapshot

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker/consumer/files"
	"github.com/breakwater-data/breakwater/checker/product"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// From is where a snapshot was taken.
type From struct {
	Git    string `json:"git"` // an address without a password
	Rev    string `json:"rev"`
	Commit string `json:"commit"`
}

// Take copies the registrations in tree as they are at now. A file that is no
// registration is an error: half a copy would pass for all there is.
func Take(tree *revision.Tree, from From, now time.Time) (text []byte, registrations int, err error) {
	var names []string
	for _, pattern := range files.Patterns {
		names = append(names, product.Match(tree, pattern)...)
	}
	slices.Sort(names)
	all := []any{}
	var errs []error
	for _, name := range slices.Compact(names) {
		text, err := tree.ReadFile(name)
		if err == nil {
			_, err = files.Parse(name, text)
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		docs, err := document.ParseAll(name, text)
		errs = append(errs, err)
		for _, d := range docs {
			all = append(all, value(d))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, 0, err
	}
	if len(all) == 0 {
		return nil, 0, fmt.Errorf("it registers nothing: there is no file in consumers/, nor %s", files.Own)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err = e.Encode(struct {
		APIVersion    string    `json:"apiVersion"`
		Kind          string    `json:"kind"`
		TakenAt       time.Time `json:"takenAt"`
		From          From      `json:"from"`
		Registrations []any     `json:"registrations"`
	}{"breakwater/v1", "Snapshot", now.UTC(), from, all})
	return b.Bytes(), len(all), err
}

// value is what n says, for JSON. A number stays as it was written where JSON has
// such a number.
func value(n *document.Node) any {
	switch {
	case n.IsNull():
		return nil
	case n.Kind == document.Map:
		m := make(map[string]any, len(n.Keys))
		for i, key := range n.Keys {
			m[key.Text] = value(n.Items[i])
		}
		return m
	case n.Kind == document.List:
		list := make([]any, len(n.Items))
		for i, item := range n.Items {
			list[i] = value(item)
		}
		return list
	case n.Tag == document.Bool && strings.EqualFold(n.Text, "true"):
		return true
	case n.Tag == document.Bool && strings.EqualFold(n.Text, "false"):
		return false
	case (n.Tag == document.Int || n.Tag == document.Float) && json.Valid([]byte(n.Text)):
		return json.Number(n.Text)
	}
	return n.Text
}
