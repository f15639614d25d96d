package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/consumer/files"
	"github.com/breakwater-data/breakwater/checker/consumer/scan"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/formats/sql/query"
	"github.com/spf13/cobra"
)

// A register is one run of breakwater register.
type register struct {
	*cli
	port     string // as it was asked for
	from     []string
	repo     string
	contract string
	output   string
	id       string
	critical string
	yes      bool
	dry      bool
	asked    bool
}

func (c *cli) registerCommand() *cobra.Command {
	r := &register{cli: c}
	cmd := c.command("register PORT", "Write down what this repository reads of a port",
		`Register looks through this repository for what it reads of a port (SQL, dbt, code,
GraphQL and Pact files), and writes it to `+files.Own+`: which fields, where each was
seen, whom to ask. The producer's checks protect what stands there.

Say where the producer is with --repo or --contract; without, no fields can be found,
and the registration counts for the whole port. What stands in the file stays as it is.`,
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			r.port = args[0]
			return r.run(ctx)
		})
	c.look(cmd, "text")
	f := cmd.Flags()
	f.StringArrayVar(&r.from, "from", nil, "a file or folder to look through (default: all of the repository); may be repeated")
	f.StringVar(&r.repo, "repo", "", "the producer's repository: a folder or an address, @REV behind it if need be")
	f.StringVar(&r.contract, "contract", "", "the port's contract, a file")
	f.StringVar(&r.output, "output", files.Own, "the file to write, in this repository")
	f.StringVar(&r.id, "consumer", "", "what this consumer is called (default: TEAM.REPOSITORY)")
	f.StringVar(&r.critical, "criticality", "", "how bad a break is: low, medium, high or critical")
	f.BoolVar(&r.yes, "yes", false, "ask nothing")
	f.BoolVar(&r.dry, "dry-run", false, "print the file instead of writing it")
	c.completes(cmd, "criticality", "low", "medium", "high", "critical")
	cmd.MarkFlagsMutuallyExclusive("repo", "contract")
	return cmd
}

func (r *register) run(ctx context.Context) error {
	if r.critical != "" {
		if err := oneOf("--criticality", r.critical, []string{"low", "medium", "high", "critical"}); err != nil {
			return usageError{err}
		}
	}
	tree, done, err := r.tree(ctx, ".")
	if err != nil {
		return err
	}
	defer done()
	home, err := siteOf(ctx, ".", tree)
	if err != nil {
		return err
	}
	defer home.top.Close()
	if !filepath.IsLocal(r.output) || path.Ext(r.output) != ".yaml" && path.Ext(r.output) != ".yml" {
		return usagef("--output: want a YAML file in this repository, got %q", r.output)
	}
	r.output = filepath.ToSlash(filepath.Clean(r.output))
	for i, from := range r.from {
		if r.from[i], err = home.inside(from); err != nil {
			return err
		}
	}
	held, err := r.held(ctx)
	if err != nil {
		return err
	}
	found := new(scan.Found)
	if held != nil {
		found = scan.Scan(tree, r.from, held.Outline, sqlReads)
	}
	for _, e := range found.Unread {
		fmt.Fprintln(r.stderr, report.Plain(e.Error()))
	}
	d := r.draft(held, found)
	r.show(held, found, d)
	d.Consumer = r.consumer(tree, home, found)
	return r.write(home, d)
}

// sqlReads reads SQL for a scan. Of what a column is used for, that it is selected goes
// without saying.
func sqlReads(file string, text []byte, columns func(string) ([]string, bool)) []scan.Table {
	var tables []scan.Table
	known := func(table []string) ([]string, bool) { return columns(table[len(table)-1]) }
	for _, reading := range query.Read(file, text, query.Generic, known) {
		if reading.Hidden {
			tables = append(tables, scan.Table{At: reading.At, Why: reading.Why})
		}
		for _, t := range reading.Tables {
			read := scan.Table{Name: t.Name[len(t.Name)-1], Star: t.All, At: t.Span}
			if !reading.Understood {
				read.Why = t.Why
			}
			for _, c := range t.Columns {
				if c.Uses == query.Carried {
					continue // it would not be missed
				}
				var uses []string
				for i, word := range []string{"join", "filter", "group", "order"} {
					if c.Uses&(query.Join<<i) != 0 {
						uses = append(uses, word)
					}
				}
				read.Columns = append(read.Columns, scan.Column{Name: c.Name, Uses: uses, At: c.Span})
			}
			tables = append(tables, read)
		}
	}
	return tables
}

// inside returns where a file or folder is in the repository.
func (s site) inside(name string) (string, error) {
	whole, err := filepath.Abs(name)
	if err == nil {
		if real, e := filepath.EvalSymlinks(whole); e == nil {
			whole = real
		}
	}
	top := s.dir
	if real, e := filepath.EvalSymlinks(top); e == nil {
		top = real
	}
	if top, err = filepath.Abs(top); err != nil {
		return "", usageError{err}
	}
	at, err := filepath.Rel(top, whole)
	if err != nil || !filepath.IsLocal(at) {
		return "", usagef("--from: %q is not in this repository", name)
	}
	return filepath.ToSlash(at), nil
}

// held finds the port at its producer; nil: nobody said where that is.
func (r *register) held(ctx context.Context) (*checker.Held, error) {
	spec := cmp.Or(r.repo, r.contract)
	if spec == "" {
		spec = "." // the producer may be here
	}
	p, err := r.producer(ctx, spec)
	if p == nil {
		return nil, err
	}
	h := portOf(p, r.port)
	switch {
	case h == nil && r.repo == "" && r.contract == "":
		if !strings.Contains(r.port, "/") && !strings.Contains(r.port, ":") {
			return nil, usagef("port %q: want PRODUCT/PORT or a contract's id, or --repo to look it up", r.port)
		}
		return nil, nil
	case h == nil:
		return nil, errors.Join(unknownPort(r.port, p.Inventory), err)
	case len(h.Outline.Decls) == 0:
		return nil, fmt.Errorf("port %s: nothing can be read of it", h.ID)
	}
	return h, nil
}

// draft puts together what is to be written.
func (r *register) draft(held *checker.Held, found *scan.Found) files.Draft {
	d := files.Draft{Port: r.port}
	if held == nil {
		if strings.Contains(r.port, ":") {
			d.Port, d.Contract = "", r.port
		}
		return d
	}
	switch {
	case strings.Contains(r.port, "/") && r.port != held.ContractID:
	case held.Product == "" && held.ContractID != "":
		d.Port, d.Contract = "", held.ContractID
	default:
		d.Port = held.ID
	}
	for _, f := range found.Fields {
		d.Fields = append(d.Fields, files.Field{Path: spelled(f.Path, held.Outline), Uses: f.Uses, Seen: f.Where()})
	}
	if found.Star != nil {
		d.SelectAll, d.Star, d.Fields = true, found.Star.Where(), nil
	}
	for _, b := range found.SLO {
		seen := fmt.Sprintf("%s:%d", b.At.File, b.At.Start.Line)
		if !slices.ContainsFunc(d.SLO, func(p files.Promise) bool { return p.Property == b.Property }) {
			d.SLO = append(d.SLO, files.Promise{Property: b.Property, AtMost: b.AtMost, Seen: seen})
		}
	}
	return d
}

// spelled writes a path without its namespace, unless that means something else, too.
func spelled(p change.Path, o *schema.Outline) string {
	short := o.Short(p)
	if full, err := (schema.Places{Base: o, Head: o}).Resolve(short); err == nil && full == p {
		return string(short)
	}
	return string(p)
}

// show says what was found, and where.
func (r *register) show(held *checker.Held, found *scan.Found, d files.Draft) {
	if r.quiet || r.dry {
		return
	}
	if held == nil {
		fmt.Fprintf(r.stdout, "%s is not in this repository; --repo or --contract says where its fields are looked up\n", report.Plain(r.port))
		return
	}
	widest := 0
	for _, f := range d.Fields {
		widest = max(widest, len([]rune(f.Path)))
	}
	fmt.Fprintf(r.stdout, "%s   %s · %s\n", report.Plain(held.ID), held.Kind, held.Format)
	for _, f := range d.Fields {
		fmt.Fprintf(r.stdout, "  %-*s  %s\n", widest, report.Plain(f.Path), report.Plain(f.Seen))
	}
	if d.SelectAll {
		fmt.Fprintf(r.stdout, "  every column  %s\n", report.Plain(d.Star))
	}
	for _, p := range d.SLO {
		fmt.Fprintf(r.stdout, "  %s within %s  %s\n", p.Property, report.Plain(p.AtMost), report.Plain(p.Seen))
	}
	if len(d.Fields) == 0 && !d.SelectAll {
		fmt.Fprintf(r.stdout, "  none of its fields was seen in %d files; the registration counts for the whole port\n", found.Files)
	}
}

// consumer says who registers: what the flags say, else what the repository and its
// owners are called.
func (r *register) consumer(tree *revision.Tree, home site, found *scan.Found) consumer.Consumer {
	c := consumer.Consumer{ID: r.id, Criticality: r.critical, Contacts: found.Contacts}
	c.Repo = repoName(home.remotes)
	at := files.Own
	if len(found.Fields) > 0 {
		at = found.Fields[0].At.File
	} else if found.Star != nil {
		at = found.Star.At.File
	}
	for _, owner := range readCodeowners(tree).of(at) {
		if name, ok := strings.CutPrefix(owner, "@"); ok {
			c.Owners = append(c.Owners, owner)
			if _, team, ok := strings.Cut(name, "/"); ok && c.Team == "" {
				c.Team = team
			}
			c.Contacts = append(c.Contacts, consumer.Contact{Channel: "github", Target: owner})
		} else {
			c.Contacts = append(c.Contacts, consumer.Contact{Channel: "email", Target: owner})
		}
	}
	if c.ID == "" && c.Repo != "" {
		c.ID = path.Base(c.Repo)
		if c.Team != "" && c.Team != c.ID {
			c.ID = c.Team + "." + c.ID
		}
	}
	return c
}

// repoName returns ORG/NAME out of the address of a remote.
func repoName(remotes []string) string {
	for _, address := range remotes {
		if !revision.IsRemote(address) {
			continue
		}
		_, at, ok := strings.Cut(revision.Anonymous(address), ":")
		if _, hosted, isURL := strings.Cut(revision.Anonymous(address), "://"); isURL {
			_, at, ok = strings.Cut(hosted, "/")
		}
		steps := strings.Split(strings.TrimSuffix(strings.Trim(at, "/"), ".git"), "/")
		if ok && len(steps) >= 2 {
			return strings.Join(steps[len(steps)-2:], "/")
		}
	}
	return ""
}
