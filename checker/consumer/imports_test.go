package consumer_test

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/consumer/agreements"
	"github.com/breakwater-data/breakwater/checker/consumer/backstage"
	"github.com/breakwater-data/breakwater/checker/consumer/dbt"
	"github.com/breakwater-data/breakwater/checker/consumer/openlineage"
	"github.com/breakwater-data/breakwater/checker/consumer/pact"
	"github.com/breakwater-data/breakwater/checker/consumer/querylog"
	"github.com/breakwater-data/breakwater/checker/consumer/snapshot"
	"github.com/breakwater-data/breakwater/checker/consumer/sqlfiles"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/source"
	"golang.org/x/tools/txtar"
)

type importer func(string, []byte, consumer.Import, consumer.Queries) (consumer.Imported, error)

func importers() map[string]importer {
	return map[string]importer{
		consumer.Agreement: agreements.Read, consumer.Backstage: backstage.Read, consumer.DBT: dbt.Read, consumer.OpenLineage: openlineage.Read,
		consumer.Pact: pact.Read, consumer.QueryLog: querylog.Read, consumer.Snapshot: snapshot.Read, consumer.SQL: sqlfiles.Read,
	}
}

var statement = regexp.MustCompile(`(?is)select (.*?) from ([^\s;]+)`)

// queries reads SQL of the plainest kind: select a, b from t.
func queries(file string, text []byte, _ string) (reads []consumer.TableRead, hiding []consumer.Hiding) {
	for _, found := range statement.FindAllSubmatch(text, -1) {
		read := consumer.TableRead{Table: consumer.ParseTable(string(found[2])), Span: source.Top(file)}
		for name := range strings.SplitSeq(string(found[1]), ",") {
			if name = strings.TrimSpace(name); name == "*" {
				read.All, read.Star, read.Why = true, true, "selects *"
			}
			read.Columns = append(read.Columns, consumer.Column{Name: name, Uses: []string{"select"}})
		}
		reads = append(reads, read)
	}
	if strings.Contains(string(text), "pivot") {
		hiding = append(hiding, consumer.Hiding{Span: source.Top(file), Why: "has SQL that is not understood"})
	}
	return reads, hiding
}

// TestImports reads the files in testdata/imports/*.txtar, each in a folder that is
// called after its kind, and holds what they say against want. SQL is read where
// the comment says so.
func TestImports(t *testing.T) {
	names, err := filepath.Glob("testdata/imports/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var q consumer.Queries
			if strings.Contains(string(ar.Comment), "SQL is read") {
				q = queries
			}
			var got strings.Builder
			want := -1
			for i, f := range ar.Files {
				if f.Name == "want" {
					want = i
					continue
				}
				kind := path.Dir(f.Name)
				from := consumer.Import{Kind: kind}
				if kind == consumer.SQL {
					from.Consumer.ID = "finance.kpi"
				}
				fmt.Fprintf(&got, "%s\n", f.Name)
				said, err := importers()[kind](path.Base(f.Name), f.Data, from, q)
				describe(&got, said, err)
			}
			if want < 0 {
				ar.Files, want = append(ar.Files, txtar.File{Name: "want"}), len(ar.Files)
			}
			if ruletest.Update() {
				ar.Files[want].Data = []byte(got.String())
				if err := os.WriteFile(name, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got.String() != string(ar.Files[want].Data) {
				t.Errorf("got:\n%s\nwant:\n%s", got.String(), ar.Files[want].Data)
			}
		})
	}
}

// describe writes readings, notes and errors, one on each line.
func describe(w *strings.Builder, said consumer.Imported, err error) {
	for _, r := range said.Readings {
		var words []string
		add := func(label, text string) {
			if text != "" {
				words = append(words, label+text)
			}
		}
		add("", r.ID)
		add("team ", r.Team)
		add("", r.Criticality)
		add("repo ", r.Repo)
		add("owners ", strings.Join(r.Owners, " "))
		for _, c := range r.Contacts {
			add(c.Channel+" ", c.Target)
		}
		add("reads ", r.Table.String())
		add("port ", r.Port)
		add("contract ", r.ContractID)
		add("version ", r.Version)
		add("port called ", strings.Join(r.Ports, " or "))
		var columns []string
		for _, c := range r.Columns {
			columns = append(columns, strings.TrimSpace(c.Name+" "+strings.Join(append(c.Uses, c.Values...), "+")))
		}
		add("columns ", strings.Join(columns, " · "))
		if len(r.Columns) == 0 && len(r.Fields) == 0 && len(r.Calls) == 0 {
			add("all: ", r.Unclear)
		}
		for _, n := range r.Fields {
			add("field ", string(n.Path))
		}
		for _, c := range r.Calls {
			add("calls ", describeCall(c))
		}
		for _, b := range r.SLO {
			add("needs ", fmt.Sprintf("%s %s", b.Property, b.Raw))
		}
		if r.SelectAll {
			add("", "star")
		}
		if r.Guess {
			add("", "guess")
		}
		add("for ", r.Purpose)
		add("doubt: ", r.Evidence.Doubt)
		add("by ", r.Evidence.Source)
		if !r.Evidence.ObservedAt.IsZero() {
			add("seen ", r.Evidence.ObservedAt.Format(time.DateOnly))
		}
		if !r.Until.IsZero() {
			add("until ", r.Until.Format(time.DateOnly))
		}
		fmt.Fprintf(w, "  %s: %s\n", r.Span, strings.Join(words, ", "))
	}
	for _, n := range said.Notes {
		fmt.Fprintf(w, "  note %v\n", n)
	}
	for _, e := range source.Errors(err) {
		fmt.Fprintf(w, "  error %v\n", e)
	}
}

// describeCall writes what a call sends, and what it reads.
func describeCall(c consumer.Call) string {
	text := fmt.Sprintf("%s → %s at line %d", c, strings.Join(c.Statuses, "/"), c.Span.Start.Line)
	for _, parts := range []struct {
		word, media string
		parts       []consumer.Part
	}{{"sends", c.SentAs, c.Sends}, {"reads", c.ReadAs, c.Reads}} {
		if parts.media != "" {
			text += "\n    " + parts.word + " " + parts.media
		}
		for _, p := range parts.parts {
			text += fmt.Sprintf("\n    %s %s line %d", parts.word, p.Path, p.Span.Start.Line)
			if len(p.Values) > 0 {
				text += fmt.Sprintf(" %q", p.Values)
			}
			if p.Exhaustive {
				text += " only"
			}
			if p.Why != "" {
				text += ": " + p.Why
			}
		}
	}
	return text
}

// The real files of the corpus, each with the kind that it is, or is taken for.
var corpus = []struct{ kind, pattern string }{
	{consumer.DBT, "*manifest*.json"},
	{consumer.OpenLineage, "OpenLineage_*.json"},
	{consumer.Agreement, "*datausageagreements*"},
	{consumer.Agreement, "*dataproducts_urn_dataproduct_checkout*"},
	{consumer.Backstage, "*dataproducts_urn_dataproduct_checkout*"},
	{consumer.Snapshot, "*dataproducts_urn_dataproduct_checkout*"},
}

// Every real file is read, or refused at its line.
func TestCorpus(t *testing.T) {
	dir := ruletest.CorpusPath(t, "odcs/files")
	const golden = "testdata/corpus.txt"
	var got strings.Builder
	for _, c := range corpus {
		files, _ := filepath.Glob(filepath.Join(dir, c.pattern))
		if len(files) == 0 {
			t.Errorf("no file is like %s", c.pattern)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			name := filepath.Base(file)
			said, err := importers()[c.kind](name[strings.LastIndex(name, "__")+2:], text, consumer.Import{Kind: c.kind}, nil)
			fmt.Fprintf(&got, "%s %s\n", c.kind, name)
			describe(&got, said, err)
			for _, e := range source.Errors(err) {
				if e.Span.IsZero() {
					t.Errorf("%s: an error without a place: %v", name, e)
				}
			}
		}
	}
	if ruletest.Update() {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil || got.String() != string(want) {
		t.Errorf("%v; got:\n%s", err, got.String())
	}
}

// Whatever a stranger's file holds, it is read or refused, and nothing breaks.
func fuzz(f *testing.F, kind string) {
	names, _ := filepath.Glob("testdata/imports/*.txtar")
	for _, name := range names {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range ar.Files {
			if path.Dir(file.Name) == kind {
				f.Add(file.Data)
			}
		}
	}
	read := importers()[kind]
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, file := range []string{"a.json", "a.yaml", "a.ndjson"} {
			said, err := read(file, text, consumer.Import{Kind: kind, Consumer: consumer.Consumer{ID: "given"}}, queries)
			for _, r := range said.Readings {
				if r.ID == "" && err == nil || len(r.Table) == 0 && r.Port == "" && r.ContractID == "" && len(r.Ports) == 0 {
					t.Errorf("nobody reads, or nothing: %+v", r)
				}
			}
			for _, e := range source.Errors(err) {
				if e.Span.File != file {
					t.Errorf("%v is at no place of the file", errors.Unwrap(e))
				}
			}
		}
	})
}

func FuzzAgreement(f *testing.F)   { fuzz(f, consumer.Agreement) }
func FuzzBackstage(f *testing.F)   { fuzz(f, consumer.Backstage) }
func FuzzDBT(f *testing.F)         { fuzz(f, consumer.DBT) }
func FuzzOpenLineage(f *testing.F) { fuzz(f, consumer.OpenLineage) }
func FuzzPact(f *testing.F)        { fuzz(f, consumer.Pact) }
func FuzzQueryLog(f *testing.F)    { fuzz(f, consumer.QueryLog) }
func FuzzSnapshot(f *testing.F)    { fuzz(f, consumer.Snapshot) }
func FuzzSQL(f *testing.F)         { fuzz(f, consumer.SQL) }
