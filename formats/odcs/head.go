package odcs

import (
	"bytes"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/odcs/modern"
)

// A head is what the top level of a document says: the texts of its plain
// members, and "" for those that hold more. It is read without parsing the rest,
// because every YAML and JSON file of a repository is looked at.
type head map[string]string

// has reports whether every key is there.
func (h head) has(keys ...string) bool {
	for _, key := range keys {
		if _, ok := h[key]; !ok {
			return false
		}
	}
	return true
}

// isContract reports whether h begins a contract that this package reads.
func (h head) isContract() bool { return h.standard() != modern.Unknown }

// standard tells what a contract is written in. Before v2.2.1 of ODCS, its version was
// not said, and v2 goes by its own words.
func (h head) standard() modern.Standard {
	version, spec := version(h["apiVersion"]), version(h["dataContractSpecification"])
	switch {
	case h.has("dataContractSpecification"):
		if hasPrefix(spec, "0.9.", "1.0.", "1.1.", "1.2.") {
			return modern.Specification
		}
	case h["kind"] != "DataContract":
	case strings.HasPrefix(version, "3."):
		return modern.ODCS3
	case strings.HasPrefix(version, "2."), version == "" && (h.has("dataset") || h.has("datasetName") || h.has("uuid")):
		return modern.ODCS2
	}
	return modern.Unknown
}

func hasPrefix(text string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(text, p) })
}

// isProduct reports whether h begins a data product that this package reads.
func (h head) isProduct() bool {
	v := version(h["apiVersion"])
	return h["kind"] == "DataProduct" && hasPrefix(v, "0.9.", "1.0.")
}

// version drops the v of v3.1.0 and completes v3.1.
func version(text string) string {
	v := strings.TrimPrefix(strings.ToLower(text), "v")
	if strings.Count(v, ".") < 2 && v != "" {
		v += "."
	}
	return v
}

// marksOfOurs are words of which one stands in every document that is read.
var marksOfOurs = []string{"DataContract", "DataProduct", "dataContractSpecification"}

func claims(name string, text []byte) bool {
	if !containsAny(text, marksOfOurs) {
		return false
	}
	for _, h := range heads(name, text) {
		if h.isContract() || h.isProduct() {
			return true
		}
	}
	return false
}

// heads reads the head of every document in a file. Of a file that cannot be read
// it returns what it found.
func heads(name string, text []byte) []head {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	begins := bytes.TrimLeft(text, " \t\r\n")
	switch {
	case len(begins) == 0 || len(text) > document.MaxBytes:
		return nil
	case begins[0] == '{':
		if h, ok := jsonHead(begins); ok || strings.EqualFold(path.Ext(name), ".json") {
			return []head{h}
		}
		return flowHeads(name, text)
	}
	return blockHeads(text)
}

// jsonHead reads the members of one JSON object.
func jsonHead(text []byte) (head, bool) {
	h := make(head)
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	dec.Token() // the brace
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return h, false
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return h, false
		}
		var plain string
		if json.Unmarshal(value, &plain) != nil && !bytes.ContainsAny(value[:1], "{[") {
			plain = string(value)
		}
		h[key.(string)] = plain
	}
	return h, true
}

// flowHeads parses a YAML document in braces, which has no lines to go by.
func flowHeads(name string, text []byte) (all []head) {
	docs, _ := document.ParseAll(name, text)
	for _, n := range docs {
		all = append(all, headOf(n))
	}
	return all
}

func headOf(n *document.Node) head {
	h := make(head)
	for i, key := range n.Keys {
		h[key.Text] = n.Items[i].String()
	}
	return h
}

// blockHeads finds the top-level keys of YAML by their indentation.
func blockHeads(text []byte) []head {
	h := make(head)
	all := []head{h}
	indent := -1
	for line := range bytes.Lines(text) {
		line = bytes.TrimRight(line, " \t\r\n")
		words := bytes.TrimLeft(line, " ")
		switch {
		case len(words) == 0 || words[0] == '#' || words[0] == '%':
			continue
		case bytes.HasPrefix(line, []byte("---")):
			h, indent = make(head), -1
			all = append(all, h)
			continue
		case indent < 0:
			indent = len(line) - len(words)
		}
		if len(line)-len(words) != indent {
			continue
		}
		key, value, ok := bytes.Cut(words, []byte(":"))
		if k := unquote(key); ok && (len(value) == 0 || value[0] == ' ' || value[0] == '\t') && !h.has(k) {
			h[k] = unquote(value)
		}
	}
	return all
}

// unquote returns the plain text of a YAML scalar on one line.
func unquote(scalar []byte) string {
	s := strings.TrimSpace(string(scalar))
	if s != "" && (s[0] == '"' || s[0] == '\'') {
		if end := strings.IndexByte(s[1:], s[0]); end >= 0 {
			return s[1 : end+1]
		}
	}
	if i := strings.Index(s, " #"); i >= 0 {
		s = strings.TrimSpace(s[:i])
	}
	return s
}
