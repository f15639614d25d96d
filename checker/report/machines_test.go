package report_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/ruletest"
)

// A command is what a workflow runner makes of a line.
type command struct {
	name       string
	properties map[string]string
	message    string
}

// parseCommand reads a line as GitHub's runner does.
func parseCommand(t *testing.T, line string) command {
	t.Helper()
	rest, ok := strings.CutPrefix(line, "::")
	head, message, closed := strings.Cut(rest, "::")
	name, properties, _ := strings.Cut(head, " ")
	if !ok || !closed {
		t.Fatalf("no command: %q", line)
	}
	c := command{name: name, properties: make(map[string]string)}
	c.message = strings.NewReplacer("%0D", "\r", "%0A", "\n", "%25", "%").Replace(message)
	for p := range strings.SplitSeq(properties, ",") {
		key, value, _ := strings.Cut(p, "=")
		if _, again := c.properties[key]; again {
			t.Errorf("%s is given twice in %q", key, line)
		}
		c.properties[key] = strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%").Replace(value)
	}
	return c
}

// However a stranger names things, each line is one annotation and nothing else.
func TestGitHubCommands(t *testing.T) {
	files := make(map[string]int)
	for line := range strings.Lines(render(t, report.Options{}.GitHub, rich(t))) {
		c := parseCommand(t, strings.TrimSuffix(line, "\n"))
		if c.name != "error" && c.name != "warning" {
			t.Errorf("command %q in %q", c.name, line)
		}
		for key := range c.properties {
			if !strings.Contains(" file line endLine col endColumn title ", " "+key+" ") {
				t.Errorf("property %q in %q", key, line)
			}
		}
		if strings.Contains(c.message, "\r") || strings.Contains(c.properties["title"], "\n") {
			t.Errorf("a line break of a stranger's in %q", line)
		}
		files[c.properties["file"]]++
	}
	if files["hostile/a b%20#<i>,é=1.odcs.yaml"] != 3 {
		t.Errorf("the file's name does not come through: %v", files)
	}
}

// drop returns the result of n columns that go.
func drop(t *testing.T, n int) *checker.Result {
	base, head := dropping(n)
	return checkTrees(t, base, head)
}

// dropping returns both sides of n columns that go. One of them is read.
func dropping(n int) (base, head map[string][]byte) {
	contract := func(columns string) []byte {
		return []byte("apiVersion: v3.1.0\nkind: DataContract\nid: o\nversion: 1.0.0\nstatus: active\nschema:\n  - name: orders\n    properties:\n      - {name: id, logicalType: string}\n" + columns)
	}
	var columns strings.Builder
	for i := range n {
		fmt.Fprintf(&columns, "      - {name: c%d, logicalType: string}\n", i)
	}
	config := []byte("version: 1\nports: [{id: shop/orders, files: [o.odcs.yaml]}]\n")
	consumer := []byte("apiVersion: breakwater/v1\nkind: Consumption\nconsumer: {id: late.reader}\nconsumes: [{port: shop/orders, needs: {fields: [c1], slo: []}}]\n")
	base = map[string][]byte{"o.odcs.yaml": contract(columns.String()), "breakwater.yaml": config, "consumers/a.yaml": consumer}
	head = map[string][]byte{"o.odcs.yaml": contract(""), "breakwater.yaml": config, "consumers/a.yaml": consumer}
	return base, head
}

// GitHub keeps ten annotations of a level and drops the others without a word.
func TestGitHubKeepsTheWorst(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(render(t, report.Options{}.GitHub, drop(t, 25))), "\n")
	if len(lines) != 10 {
		t.Fatalf("%d annotations, want 10", len(lines))
	}
	if c := parseCommand(t, lines[0]); !strings.Contains(c.message, "Hits late.reader") {
		t.Errorf("what hits somebody does not come first: %q", lines[0])
	}
	if c := parseCommand(t, lines[9]); !strings.HasSuffix(c.message, "\nAnd 15 more errors in the summary.") {
		t.Errorf("the last one does not say how many are left out: %q", c.message)
	}
}

type gitlabIssue struct {
	Fingerprint string
	Location    struct {
		Path  string
		Lines struct{ Begin int }
	}
}

func gitlab(t *testing.T, text string) map[string]gitlabIssue {
	t.Helper()
	var issues []gitlabIssue
	if err := json.Unmarshal([]byte(text), &issues); err != nil {
		t.Fatal(err)
	}
	byPrint := make(map[string]gitlabIssue)
	for _, i := range issues {
		if _, again := byPrint[i.Fingerprint]; again || i.Location.Path == "" || i.Location.Lines.Begin < 1 {
			t.Errorf("twice, or without a place: %+v", i)
		}
		byPrint[i.Fingerprint] = i
	}
	return byPrint
}

func TestGitLabFingerprints(t *testing.T) {
	gitlab(t, render(t, report.Options{Verbose: true}.GitLab, rich(t)))
	if got := render(t, report.Options{}.GitLab, checkTrees(t, nil, nil)); got != "[]\n" {
		t.Errorf("of nothing: %q", got)
	}
	base, head := dropping(3)
	was := gitlab(t, render(t, report.Options{}.GitLab, checkTrees(t, base, head)))
	head["o.odcs.yaml"] = append([]byte("# a line above all\n"), head["o.odcs.yaml"]...)
	delete(head, "consumers/a.yaml")
	now := gitlab(t, render(t, report.Options{}.GitLab, checkTrees(t, base, head)))
	for print, i := range was {
		if moved, ok := now[print]; !ok || moved.Location.Lines.Begin != i.Location.Lines.Begin+1 {
			t.Errorf("line %d is not known again a line below", i.Location.Lines.Begin)
		}
	}
}

// No report that is shown to whoever comes by says how to reach a person; those that
// other programs show never do.
func TestNoContacts(t *testing.T) {
	for name, write := range report.Writers(report.Options{Verbose: true, Repository: forge}) {
		r := rich(t)
		if name == "text" || name == "json" || name == "markdown" || name == "html" {
			r = report.Public(r)
		}
		text := render(t, write, r)
		for _, private := range []string{"finance-data", "@acme/", "#churn", "@org/everyone", "&lt;b&gt;t&lt;", "javascript:"} {
			if strings.Contains(text, private) {
				t.Errorf("%s holds %q", name, private)
			}
		}
		if !strings.Contains(text, "finance.kpi") {
			t.Errorf("%s does not name the consumer", name)
		}
	}
}

// Names, owners and texts come from strangers.
func FuzzWriters(f *testing.F) {
	f.Add("::error file=a::x", "\x1b[2J\u202e", "a\r\n##[group]b")
	f.Add("</style><script>", "]]>", "\ufffe\x00")
	f.Fuzz(func(t *testing.T, name, consumer, file string) {
		r := drop(t, 2)
		for i := range r.Findings {
			d := &r.Findings[i]
			d.Detail, d.Fix, d.Base.File, d.Head.File = name, consumer, file, file
			for j := range d.Hits {
				d.Hits[j].Use.ID, d.Hits[j].Why = consumer, name
			}
		}
		for i := range r.Ports {
			r.Ports[i].ID, r.Ports[i].Owner, r.Ports[i].Texts[0].Head = name, consumer, file
		}
		for format, write := range report.Writers(report.Options{Verbose: true, Repository: "https://forge.example/" + name}) {
			got := render(t, write, r)
			switch format {
			case "markdown": // what it holds of Markdown has a test of its own
				got = strings.ReplaceAll(render(t, report.Options{Verbose: true}.Markdown, r), "\u200b", "_")
			case "github":
				for line := range strings.Lines(got) {
					parseCommand(t, strings.TrimSuffix(line, "\n"))
				}
				continue
			case "sarif", "gitlab", "json":
				if !json.Valid([]byte(got)) {
					t.Errorf("%s is no JSON: %s", format, got)
				}
			case "junit":
				for d := xml.NewDecoder(strings.NewReader(got)); ; {
					if _, err := d.Token(); err == io.EOF {
						break
					} else if err != nil {
						t.Fatalf("%v\n%s", err, got)
					}
				}
			}
			ruletest.Harmless(t, got)
		}
	})
}

// What the forge's API takes is what a workflow's commands say, and all of it.
func TestRemarksSayWhatCommandsSay(t *testing.T) {
	r := rich(t)
	said := make(map[string]bool)
	blocks := 0
	remarks := report.Remarks(r)
	for i, m := range remarks {
		said[fmt.Sprintf("%s:%d %s", m.File, m.Line, m.Title)] = true
		if m.File == "" || m.Line < 1 || m.EndLine < m.Line || m.Title == "" || m.Message == "" {
			t.Errorf("a remark that the forge refuses: %+v", m)
		}
		if m.Column > 0 && (m.EndLine != m.Line || m.EndCol < m.Column) {
			t.Errorf("columns of several lines: %+v", m)
		}
		if m.Blocks && i != blocks {
			t.Errorf("what blocks stands behind what does not: %+v", m)
		} else if m.Blocks {
			blocks++
		}
		if strings.ContainsAny(m.Title+m.Message, "\r\u202e") {
			t.Errorf("a stranger's marks: %+v", m)
		}
	}
	if blocks == 0 || blocks == len(remarks) {
		t.Errorf("%d of %d remarks block", blocks, len(remarks))
	}
	for line := range strings.Lines(render(t, report.Options{}.GitHub, r)) {
		c := parseCommand(t, strings.TrimSuffix(line, "\n"))
		if key := fmt.Sprintf("%s:%s %s", c.properties["file"], c.properties["line"], c.properties["title"]); c.properties["file"] != "" && !said[key] {
			t.Errorf("no remark says %s", key)
		}
	}
}
