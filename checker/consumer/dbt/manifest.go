package dbt

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/source"
)

// Limits of one manifest. Those of large projects have tens of megabytes, which is
// more than a contract may have, so they are not read into a tree.
const (
	MaxBytes  = 256 << 20
	MaxErrors = 20 // that are told
	newest    = 12 // the last version of the format that is known
)

// A manifest is what dbt writes to target/manifest.json, as far as it matters here.
type manifest struct {
	file  string
	text  []byte
	lines *source.Lines
	errs  []error

	project string
	made    time.Time
	nodes   map[string]*node // by unique id
	order   []string         // of nodes, as they stand in the file
}

// A node is a model, a source, an exposure, or what else a manifest calls so.
type node struct {
	id      string
	section string
	span    source.Span // of its key
	at      int         // where its value begins

	ResourceType string `json:"resource_type"`
	Package      string `json:"package_name"`
	Name         string
	SourceName   string `json:"source_name"`
	Alias        string
	Identifier   string
	Database     string
	Schema       string
	RelationName string `json:"relation_name"`
	ColumnName   string `json:"column_name"` // of a test
	DependsOn    struct {
		Nodes []string
	} `json:"depends_on"`
	Meta   json.RawMessage
	Config struct {
		Meta json.RawMessage
	}
	Owner struct {
		Name  texts
		Email texts
	}
	Maturity    string
	URL         string
	Label       string
	Description string
	Freshness   struct {
		WarnAfter  threshold `json:"warn_after"`
		ErrorAfter threshold `json:"error_after"`
	}
	Language     string
	CompiledCode string `json:"compiled_code"`
	RawCode      string `json:"raw_code"`
	CompiledSQL  string `json:"compiled_sql"` // before v7
	RawSQL       string `json:"raw_sql"`
}

// A threshold is how late a source may be.
type threshold struct {
	Count  *json.Number
	Period string
}

// texts is one text or a list of them.
type texts []string

// UnmarshalJSON implements json.Unmarshaler.
func (t *texts) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	if data[0] == '[' {
		var list []string
		err := json.Unmarshal(data, &list)
		*t = list
		return err
	}
	var one string
	err := json.Unmarshal(data, &one)
	*t = texts{one}
	return err
}

// table returns what queries call n.
func (n *node) table() consumer.Table {
	if t := consumer.ParseTable(n.RelationName); t != nil {
		return t
	}
	var t consumer.Table
	for _, part := range []string{n.Database, n.Schema} {
		if part != "" {
			t = append(t, part)
		}
	}
	for _, name := range []string{n.Identifier, n.Alias, n.Name} {
		if name != "" {
			return append(t, name)
		}
	}
	return nil
}

// sql returns the text that n runs: compiled, or else with its templates.
func (n *node) sql() string {
	for _, text := range []string{n.CompiledCode, n.CompiledSQL, n.RawCode, n.RawSQL} {
		if text != "" {
			return text
		}
	}
	return ""
}

// schemaVersion takes the number out of https://schemas.getdbt.com/dbt/manifest/v12.json.
var schemaVersion = regexp.MustCompile(`/manifest/v([0-9]{1,4})\.json$`)

// parse reads a manifest. It returns what it could read together with its errors.
func parse(file string, text []byte) (*manifest, error) {
	m := &manifest{file: file, text: text, nodes: make(map[string]*node)}
	if len(text) > MaxBytes {
		return m, source.Errorf(source.Top(file), "the file has %d bytes; the most that is read is %d", len(text), MaxBytes)
	}
	m.text = bytes.TrimPrefix(text, []byte("\ufeff"))
	m.lines = source.NewLines(m.text)
	dec := json.NewDecoder(bytes.NewReader(m.text))
	known := false
	err := members(dec, func(key string, at int) error {
		switch key {
		case "metadata":
			known = true
			return m.metadata(dec, at)
		case "nodes", "sources", "exposures", "metrics", "semantic_models", "saved_queries":
			return m.section(dec, key)
		}
		var skipped json.RawMessage
		return dec.Decode(&skipped)
	})
	if err != nil {
		return m, errors.Join(append(m.errs, m.broken(dec, err))...)
	}
	if !known {
		m.problem(0, "want a manifest of dbt, with metadata.dbt_schema_version")
	}
	return m, errors.Join(m.errs...)
}

// members calls each for every member of the object that dec is at, with its key and
// where that ends.
func members(dec *json.Decoder, each func(key string, at int) error) error {
	open, err := dec.Token()
	if err != nil {
		return err
	}
	if open != json.Delim('{') {
		return errNoObject
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		if err := each(key.(string), int(dec.InputOffset())); err != nil {
			return err
		}
	}
	_, err = dec.Token()
	return err
}

var errNoObject = errors.New("want an object of keys and values")

// broken says where a text is no JSON. What was read before that counts.
func (m *manifest) broken(dec *json.Decoder, err error) error {
	at := int(dec.InputOffset())
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = max(at, min(int(syntax.Offset), len(m.text))-1)
	}
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		at, err = len(m.text), errors.New("the file ends too early")
	}
	return source.Errorf(m.span(at), "no manifest of dbt can be read: %w", err)
}

func (m *manifest) span(at int) source.Span {
	pos := m.lines.Pos(max(at, 0))
	return source.Span{File: m.file, Start: pos, End: pos}
}

// problem notes what is wrong at an offset.
func (m *manifest) problem(at int, format string, args ...any) {
	m.add(source.Errorf(m.span(at), format, args...))
}

func (m *manifest) add(err error) {
	if err != nil && len(m.errs) < MaxErrors {
		m.errs = append(m.errs, err)
	}
}

func (m *manifest) metadata(dec *json.Decoder, at int) error {
	var meta struct {
		Version string    `json:"dbt_schema_version"`
		Made    time.Time `json:"generated_at"`
		Project string    `json:"project_name"`
	}
	if err := m.decode(dec, at, &meta); err != nil {
		return err
	}
	m.project, m.made = meta.Project, meta.Made
	found := schemaVersion.FindStringSubmatch(meta.Version)
	if found == nil {
		m.problem(at, "want the version of the manifest in metadata.dbt_schema_version, got %q", meta.Version)
		return nil
	}
	if version, _ := strconv.Atoi(found[1]); version < 1 || version > newest {
		m.problem(at, "manifests of version %d are not read; v1 to v%d are", version, newest)
	}
	return nil
}

// decode reads one value, which begins at an offset. A part of it that is of another
// kind than is wanted is an error there, and the text goes on behind it.
func (m *manifest) decode(dec *json.Decoder, at int, into any) error {
	err := dec.Decode(into)
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		m.problem(at, "want %s for %q, got %s", words[kind.Type.Kind()], kind.Field, kind.Value)
		return nil
	}
	if when, ok := errors.AsType[*time.ParseError](err); ok {
		m.problem(at, "want a time such as 2026-11-20T08:00:00Z, got %s", when.Value)
		return nil
	}
	return err
}

// words say what a value of a kind is in JSON.
var words = map[reflect.Kind]string{reflect.String: "a text", reflect.Slice: "a list", reflect.Struct: "a map of keys and values"}

func (m *manifest) section(dec *json.Decoder, section string) error {
	return members(dec, func(id string, at int) error {
		n := &node{id: id, section: section, at: at}
		n.span = source.Span{File: m.file, Start: m.lines.Pos(max(at-len(id)-2, 0)), End: m.lines.Pos(at)}
		if err := m.decode(dec, at, n); err != nil {
			return err
		}
		if named := fromID(id); named != nil {
			n.Package, n.SourceName, n.Name = cmp.Or(n.Package, named.Package), cmp.Or(n.SourceName, named.SourceName), cmp.Or(n.Name, named.Name)
		}
		if _, twice := m.nodes[id]; !twice {
			m.order = append(m.order, id)
		}
		m.nodes[id] = n
		return nil
	})
}

// fromID returns what the id of a node says of it: model.PROJECT.NAME,
// model.PROJECT.NAME.v2, source.PROJECT.SOURCE.NAME. It is nil if that is no name.
func fromID(id string) *node {
	steps := strings.SplitN(id, ".", 4)
	if len(steps) < 3 || slices.Contains(steps, "") {
		return nil
	}
	n := &node{id: id, Package: steps[1], Name: steps[2]}
	if len(steps) == 4 && steps[0] == "source" {
		n.SourceName, n.Name = steps[2], steps[3]
	}
	return n
}

// breakwater returns what somebody wrote for us: meta.breakwater of n, and where it
// stands in the file.
func (n *node) breakwater(m *manifest) (raw []byte, at int) {
	for _, meta := range []json.RawMessage{n.Meta, n.Config.Meta} {
		var ours struct{ Breakwater json.RawMessage }
		if json.Unmarshal(meta, &ours) == nil && len(ours.Breakwater) > 0 && string(ours.Breakwater) != "null" {
			i := bytes.Index(m.text[n.at:], ours.Breakwater)
			return ours.Breakwater, n.at + max(i, 0)
		}
	}
	return nil, 0
}
