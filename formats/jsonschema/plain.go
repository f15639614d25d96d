package jsonschema

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/valueset"
)

// A loader finds no schema besides those of the port: the validator fetches nothing.
type loader struct{ port *port }

func (l loader) Load(url string) (any, error) {
	for _, known := range slices.Sorted(maps.Keys(l.port.beside)) {
		if name, ok := moved(known, l.port.beside[known], url); ok && l.port.files[name] != nil {
			return plainDocument(name, l.port.files[name])
		}
	}
	return nil, fmt.Errorf("%s is not read", url)
}

// moved returns the file that an address stands for, given that another address stands
// for another file.
func moved(known, file, url string) (name string, ok bool) {
	for {
		dir, last := path.Split(strings.TrimSuffix(known, "/"))
		fileDir, fileLast := path.Split(strings.TrimSuffix(file, "/"))
		if last != fileLast || file == "" {
			break
		}
		known, file = dir, fileDir
	}
	rest, ok := strings.CutPrefix(url, known)
	return file + rest, ok
}

// plainDocument reads a document for the validator.
func plainDocument(name string, text []byte) (any, error) {
	n, err := document.Parse(name, text)
	if err != nil {
		return nil, err
	}
	v := plain(n)
	if m, ok := v.(map[string]any); ok {
		// Dialects that extend one that the validator has go by that one.
		if uri, _ := m["$schema"].(string); uri != "" {
			if d, ok := dialectOf(uri); ok {
				m["$schema"] = metaSchemas[d]
			}
		}
	}
	return v, nil
}

var metaSchemas = map[valueset.Dialect]string{
	valueset.Draft202012: "https://json-schema.org/draft/2020-12/schema", valueset.Draft201909: "https://json-schema.org/draft/2019-09/schema",
	valueset.Draft7: "http://json-schema.org/draft-07/schema#", valueset.Draft6: "http://json-schema.org/draft-06/schema#",
	valueset.Draft4: "http://json-schema.org/draft-04/schema#",
}

func plain(n *document.Node) any {
	switch {
	case n == nil:
		return nil
	case n.Kind == document.List:
		list := make([]any, len(n.Items))
		for i, item := range n.Items {
			list[i] = plain(item)
		}
		return list
	case n.Kind == document.Map:
		m := make(map[string]any, len(n.Keys))
		for i, key := range n.Keys {
			m[key.Text] = plain(n.Items[i])
		}
		return m
	}
	switch n.Tag {
	case document.Null:
		return nil
	case document.Bool:
		return n.Text == "true" || n.Text == "True" || n.Text == "TRUE"
	case document.Int, document.Float:
		return json.Number(n.Text)
	}
	return n.Text
}
