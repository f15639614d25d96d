package policy

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/consumer/files"
	"github.com/breakwater-data/breakwater/checker/product"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// File is where the configuration stands, at the top of the repository.
const File = "breakwater.yaml"

// A Config is breakwater.yaml as it stands at one revision. The zero Config is
// that of a repository without the file.
type Config struct {
	Ports     []product.Declaration
	Formats   map[string]*document.Node // a format's options, by its name
	Consumers []string                  // patterns of the registrations
	Imports   []consumer.Import         // where else consumers are known
	Policy    Policy
	Span      source.Span // of the document; zero: there is none
	doc       *document.Node
}

// at returns where the value at keys stands, or else the nearest that encloses it.
func (c *Config) at(keys ...string) source.Span {
	at, n := c.Span, c.doc
	for _, key := range keys {
		if n = n.Get(key); n == nil {
			break
		}
		at = n.Span
	}
	return at
}

// Known is what a configuration may name.
type Known struct {
	Formats []schema.Format
	Rules   []change.Rules
	Notify  func(section *document.Node) error // says what is wrong in the notify section; nil: nobody looks
}

// Read reads the configuration in tree. It returns what it could read together
// with all that is wrong in it. Each of sets is a key=value that goes before the
// file: "policy.fail-on=never".
func Read(tree *revision.Tree, file string, known Known, sets []string) (*Config, []*source.Error) {
	var doc *document.Node
	var problems document.Problems
	if tree.Has(file) {
		text, err := tree.ReadFile(file)
		if err == nil {
			doc, err = document.Parse(file, text)
		}
		problems.Add(err)
	}
	for _, s := range sets {
		var err error
		doc, err = set(doc, s)
		problems.Add(err)
	}
	r := reader{Problems: &problems, known: known}
	c := r.config(doc)
	r.presets(tree, c)
	r.approvals(tree, c)
	return c, source.Errors(problems.Err())
}

type reader struct {
	*document.Problems
	known Known
}

func (r reader) config(doc *document.Node) *Config {
	f := r.Fields(doc, "the configuration")
	c := &Config{Consumers: files.Patterns[:], Span: doc.At(), doc: doc}
	if version := f.Text("version"); version != "" && version != "1" {
		f.Problem("version", `want version 1, got %q`, version)
	}
	ports := f.Each("ports")
	ids := make(map[string]source.Span, len(ports))
	c.Ports = make([]product.Declaration, 0, len(ports))
	for _, p := range ports {
		d := r.port(p)
		if at, ok := ids[d.ID]; ok && d.ID != "" {
			e := source.Errorf(p.At("id"), "port %q is declared twice; the other is at %s", d.ID, at)
			e.Also = []source.Span{at}
			r.Add(e)
			continue
		}
		ids[d.ID] = p.At("id")
		if d.ID != "" {
			c.Ports = append(c.Ports, d)
		}
	}
	c.Formats = r.formats(f.Fields("formats"))
	consumers := f.Fields("consumers")
	if consumers.Has("files") {
		c.Consumers = r.patterns(consumers, "files")
	}
	for _, n := range consumers.Each("imports") {
		if im, ok := r.imports(n); ok {
			c.Imports = append(c.Imports, im)
		}
	}
	consumers.Done()
	c.Policy = r.policy(f.Fields("policy"))
	if section := f.Any("notify"); r.known.Notify != nil { // the notifier reads its own section
		r.Add(r.known.Notify(section))
	}
	f.Done()
	return c
}

// The names of compatibility modes.
var compatibilities = []string{"forward", "backward", "full", "none"}

func (r reader) port(f *document.Fields) product.Declaration {
	d := product.Declaration{
		ID: f.Required("id"), Owner: f.Text("owner"), Kind: schema.Kind(f.OneOf("kind", schema.Kinds()...)),
		Files: r.patterns(f, "files"), Include: f.Texts("include"), Examples: r.patterns(f, "examples"), Format: f.Text("format"), Root: f.Text("root"),
		Status: schema.Status(f.OneOf("status", schema.Statuses()...)), Compatibility: f.OneOf("compatibility", compatibilities...),
		Versions: r.versions(f), SLO: f.Text("slo"), MovedTo: f.Text("movedTo"), Span: f.Node.At(),
	}
	if id := f.Node.Get("id"); id != nil {
		d.Span = id.Span
	}
	d.At = func(key string) source.Span {
		key, index, _ := strings.Cut(key, ".")
		if i, err := strconv.Atoi(index); err == nil && i < len(f.Node.Get(key).List()) {
			return f.Node.Get(key).List()[i].Span
		}
		return f.At(key)
	}
	d.Names = r.names(f)
	direction := f.OneOf("direction", "read", "write", "both")
	d.Direction = map[string]schema.Direction{"write": schema.Write, "both": schema.Both}[direction]
	switch {
	case d.Kind == schema.API && (direction != "" || d.Compatibility != ""):
		f.Problem("kind", "an API says in each place what is read and what is sent; it takes no direction and no compatibility")
	case d.Compatibility == "none" && !d.Versions.IsZero():
		f.Problem("versions", "older versions are kept whole, and compatibility none keeps nothing; want forward, backward or full")
	case direction == "write" && d.Compatibility == "forward":
		f.Problem("compatibility", "forward keeps those who read whole, and this port is written to; want backward, full or none")
	}
	if names := r.formatNames(); d.Format != "" && !slices.Contains(names, d.Format) {
		f.Problem("format", "unknown format %q%s", d.Format, document.Suggest(d.Format, names))
		d.Format = ""
	}
	if complete := f.Fields("registry"); complete.Node != nil {
		if complete.Bool("complete") {
			d.Complete = product.Complete{AsOf: complete.Date("asOf"), By: complete.Required("by")}
			complete.Require("asOf")
		}
		complete.Done()
	}
	f.Done()
	if f.Node != nil && len(d.Files) == 0 && d.MovedTo == "" && d.Status != schema.Retired {
		f.Problem("files", `want "files": which files are this port`)
	}
	return d
}

// versions reads where the older versions of a port stand.
func (r reader) versions(f *document.Fields) (v product.Versions) {
	section := f.Fields("versions")
	if section.Node.IsNull() {
		return v
	}
	v = product.Versions{Tags: section.Text("tags"), Branches: section.Text("branches"), Folder: section.Text("folder")}
	section.Done()
	given := slices.DeleteFunc([]string{v.Tags, v.Branches, v.Folder}, func(s string) bool { return s == "" })
	switch {
	case len(given) != 1:
		f.Problem("versions", `want one of "tags", "branches" and "folder": where the older versions are`)
		return product.Versions{}
	case v.Folder == "" && (strings.ContainsAny(given[0], " ~^:\\") || strings.Contains(given[0], "..") || strings.HasPrefix(given[0], "/")):
		f.Problem("versions", "no tag or branch is called like %q", given[0])
		return product.Versions{}
	case v.Folder != "" && (product.CheckPattern(v.Folder) != nil || strings.ContainsAny(v.Folder, `*?[{\`)):
		f.Problem("versions", "want a folder inside the repository, got %q", v.Folder)
		return product.Versions{}
	}
	if v.Folder != "" {
		v.Folder = path.Clean(v.Folder)
	}
	return v
}

// names reads what the elements of a contract are called in the body beside it.
func (r reader) names(port *document.Fields) (names []product.Name) {
	n := port.Fields("names").Node
	if n == nil {
		return nil
	}
	if !port.Has("slo") {
		port.Problem("names", `want "slo", too: the contract whose elements have these names`)
	}
	path := func(at source.Span, text string) change.Path {
		p, err := change.Parse(text)
		if err != nil {
			r.Addf(at, "%w", err)
		}
		return p
	}
	for i, key := range n.Keys {
		name := product.Name{Contract: path(key.Span, key.Text), Body: path(n.Items[i].At(), n.Items[i].String()), Span: key.Span}
		if name.Contract != "" && name.Body != "" {
			names = append(names, name)
		}
	}
	return names
}

// The dialects of SQL that an import may name.
var dialects = []string{"postgres", "redshift", "snowflake", "bigquery", "databricks", "trino", "duckdb", "mysql", "tsql"}

// providers reads which ports are those of a provider: its name, and one port or a list.
func (r reader) providers(f *document.Fields) (all []consumer.Provider) {
	n := f.Fields("ports").Node
	if n == nil {
		return nil
	}
	for i, key := range n.Keys {
		ids := n.Items[i].List()
		if n.Items[i].Kind != document.List {
			ids = n.Items[i : i+1]
		}
		p := consumer.Provider{Name: key.Text}
		wrong := n.Items[i]
		for _, id := range ids {
			if p.Ports, wrong = append(p.Ports, id.String()), nil; id.String() == "" {
				wrong = id
				break
			}
		}
		if wrong != nil {
			r.Addf(wrong.At(), "want the id of a port for the provider %q, such as checkout/orders", key.Text)
			continue
		}
		all = append(all, p)
	}
	return all
}

// imports reads one of consumers.imports.
func (r reader) imports(f *document.Fields) (im consumer.Import, ok bool) {
	im = consumer.Import{
		Kind: f.OneOf("kind", consumer.Kinds()...), Path: f.Required("path"), ObservedAt: f.Date("observedAt"),
		Dialect: f.OneOf("dialect", dialects...), Span: f.At("path"),
	}
	f.Require("kind")
	im.Git, im.Rev, im.Ports = f.Text("git"), f.Text("rev"), r.providers(f)
	switch {
	case len(im.Ports) > 0 && im.Kind != consumer.Pact:
		f.Problem("ports", "only Pact files name providers; want kind: pact")
	case im.Git == "" && im.Rev != "":
		f.Problem("rev", `want "git", too: the address of the repository`)
	case im.Git != "" && im.Kind != consumer.Snapshot && im.Kind != consumer.Lock:
		f.Problem("git", "only a snapshot or a lock is copied from another repository; want kind: snapshot or lock")
	case im.Git != "" && !revision.IsRemote(im.Git):
		f.Problem("git", "want the address of a repository, such as https://github.com/acme/registry")
	case im.Git != "" && strings.ContainsAny(im.Path, `*?[{\`):
		f.Problem("path", "want one file: the copy is written there")
	}
	who := f.Fields("consumer")
	im.Consumer = consumer.Consumer{
		ID: who.Text("id"), Team: who.Text("team"), Criticality: who.OneOf("criticality", "low", "medium", "high", "critical"),
		Repo: who.Text("repo"), Owners: who.Texts("owners"),
	}
	who.Done()
	f.Done()
	if im.Path != "" {
		if err := product.CheckPattern(im.Path); err != nil {
			f.Problem("path", "%w", err)
			return im, false
		}
	}
	if im.Kind == consumer.SQL && im.Consumer.ID == "" {
		f.Problem("consumer", "want consumer.id: SQL does not say whose it is")
		return im, false
	}
	return im, im.Kind != "" && im.Path != ""
}

func (r reader) formatNames() []string {
	var names []string
	for _, f := range r.known.Formats {
		names = append(names, f.Name)
	}
	return names
}

func (r reader) patterns(f *document.Fields, key string) []string {
	var patterns []string
	for _, n := range f.List(key) {
		if err := product.CheckPattern(n.String()); err != nil {
			r.Addf(n.At(), "%w", err)
			continue
		}
		patterns = append(patterns, n.Text)
	}
	return patterns
}

func (r reader) formats(f *document.Fields) map[string]*document.Node {
	options := make(map[string]*document.Node)
	for _, format := range r.known.Formats {
		n := f.Any(format.Name)
		section := r.Fields(n, format.Name)
		for _, key := range format.Options {
			section.Any(key)
		}
		section.Done()
		options[format.Name] = n
	}
	f.Done()
	return options
}

// presets reads what each format's section, or another tool's configuration in the
// tree, says of how its changes are judged.
func (r reader) presets(tree *revision.Tree, c *Config) {
	found := OtherConfigs(tree, r.known.Formats)
	for _, f := range r.known.Formats {
		if f.Presets == nil {
			continue
		}
		presets, err := f.Presets(tree, found[f.Name], c.Formats[f.Name])
		for i := range presets {
			presets[i].Format = f.Name
		}
		c.Policy.Presets = append(c.Policy.Presets, presets...)
		r.Add(err)
	}
}

// OtherConfigs lists the configurations of other tools in tree that formats read,
// by format.
func OtherConfigs(tree *revision.Tree, formats []schema.Format) map[string][]string {
	found := make(map[string][]string)
	for file := range tree.Files() {
		for _, f := range formats {
			if slices.Contains(f.Configs, path.Base(file.Path)) && !product.Foreign(file.Path) {
				found[f.Name] = append(found[f.Name], file.Path)
			}
		}
	}
	return found
}

func (r reader) policy(f *document.Fields) Policy {
	p := Policy{FailOn: FailOn(f.OneOf("fail-on", string(FailOnBreaking), string(FailOnRisky), string(FailOnNever))), Approvers: f.Texts("approvers"), Override: f.Texts("override")}
	if v := f.OneOf("unregistered", Block.String(), Notify.String(), Pass.String()); v != "" {
		verdict := Verdict(slices.Index([]string{Pass.String(), Notify.String(), Block.String()}, v))
		p.Unregistered = &verdict
	}
	if text := f.Text("notice"); text != "" {
		q, unit, err := slo.ParseQuantity(text)
		if err != nil || unit != "s" {
			f.Problem("notice", "want a time such as P30D, got %q", text)
		} else {
			p.Notice = &q
		}
	}
	rules := f.Fields("rules")
	if rules.Node != nil {
		p.Classes = make(map[string]change.Class)
		names := r.ruleNames()
		for i, key := range rules.Node.Keys {
			if !slices.Contains(names, key.Text) {
				r.Addf(key.Span, "unknown rule %q%s", key.Text, document.Suggest(key.Text, names))
				continue
			}
			class, ok := change.ParseClass(rules.Node.Items[i].String())
			if !ok {
				r.Addf(rules.Node.Items[i].At(), "want breaking, risky or compatible for %q, got %q", key.Text, rules.Node.Items[i].String())
				continue
			}
			p.Classes[key.Text] = class
		}
	}
	for _, w := range f.Each("waivers") {
		p.Approvals = append(p.Approvals, readApproval(w))
		w.Done()
	}
	f.Done()
	return p
}

// ruleNames lists all that a policy may call a class: rules, formats, ideas.
func (r reader) ruleNames() []string {
	var names []string
	for _, rules := range r.known.Rules {
		for _, rule := range rules.List {
			names = append(names, rule.ID, path.Dir(rule.ID)+"/*", "*/"+string(rule.Idea))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Approvals are the places where approvals stand besides the configuration.
const Approvals = ".breakwater/approvals"

func (r reader) approvals(tree *revision.Tree, c *Config) {
	approvals, errs := records(tree, Approvals, "an approval", readApproval)
	for _, e := range errs {
		r.Add(e)
	}
	c.Policy.Approvals = append(c.Policy.Approvals, approvals...)
}

func readApproval(f *document.Fields) Approval {
	a := Approval{
		Finding: f.Required("finding"), Digest: f.Required("digest"), By: f.Required("by"), Reason: f.Required("reason"),
		Until: f.Date("until"), Span: f.At("finding"),
	}
	f.Require("until")
	return a
}

// set puts the value of "key.key=value" into doc.
func set(doc *document.Node, text string) (*document.Node, error) {
	name, value, ok := strings.Cut(text, "=")
	from := "--set " + text
	if !ok || name == "" {
		return doc, fmt.Errorf("%s: want KEY=VALUE", from)
	}
	n, err := document.Parse(from, []byte(value))
	if err != nil || n == nil {
		n = &document.Node{Tag: document.String, Text: value, Span: source.Top(from)}
	}
	return put(doc, strings.Split(name, "."), n), nil
}

// put returns doc with n at keys; doc itself stays as it is.
func put(doc *document.Node, keys []string, n *document.Node) *document.Node {
	if len(keys) == 0 {
		return n
	}
	out := &document.Node{Kind: document.Map, Span: n.Span}
	if doc != nil && doc.Kind == document.Map {
		out.Span, out.Keys, out.Items = doc.Span, slices.Clone(doc.Keys), slices.Clone(doc.Items)
	}
	for i, k := range out.Keys {
		if k.Text == keys[0] {
			out.Items[i] = put(out.Items[i], keys[1:], n)
			return out
		}
	}
	out.Keys = append(out.Keys, &document.Node{Tag: document.String, Text: keys[0], Span: n.Span})
	out.Items = append(out.Items, put(nil, keys[1:], n))
	return out
}
