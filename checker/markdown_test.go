package checker_test

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	htmlrenderer "github.com/yuin/goldmark/renderer/html"
	"golang.org/x/net/html"
	"golang.org/x/tools/txtar"
)

// Whatever a contract calls its elements, the comment on the pull request mentions
// nobody, links nothing but files, and holds no HTML but our own.
func TestMarkdownIsSafe(t *testing.T) {
	for _, hostile := range []string{
		"@org/team", "`@org`", "``` @org", "<img src=x onerror=alert(1)>", "-->", "</details></summary>", "a|b|c", "\u202egnp.exe", "::error::x",
		"https://evil.example", "www.evil.example", "mail@evil.example", "mailto:a@evil.example", "[a](https://evil.example)", "![a](b.png)", "#123", "GH-123", "acme/x#1", "closes #1",
		"*a*_b_~~c~~", "\\`@org\\`", "a\n\n# b", "&lt;b&gt;", "<!-- breakwater:report -->", "|\n|---|\n|", "- [ ] x", "    code", "$x$", ":tada:", strings.Repeat("`", 400), "xmpp:a@b.example", "ftp://evil.example",
	} {
		for _, o := range []report.Options{{}, {Verbose: true}, {Repository: "https://github.com/acme/x"}, {Limit: 1}, {Limit: 3000}} {
			safe(t, hostileCheck(t, hostile), o)
		}
	}
}

func FuzzMarkdown(f *testing.F) {
	f.Add("@org/team")
	f.Add("`a` <b> https://c.example #1")
	f.Fuzz(func(t *testing.T, name string) {
		safe(t, hostileCheck(t, name), report.Options{Repository: "https://github.com/acme/x"})
	})
}

// hostileCheck is a check of contracts in which everything is called name.
func hostileCheck(t *testing.T, name string) *checker.Result {
	quoted := `"` + strings.Map(escape, strings.ReplaceAll(strings.ReplaceAll(name, "\n", " "), "\r", " ")) + `"`
	contract := func(columns string) []byte {
		return []byte("apiVersion: v3.1.0\nkind: DataContract\nid: " + quoted + "\nversion: " + quoted + "\nstatus: active\nteam: {name: " + quoted + "}\n" +
			"schema:\n  - name: orders\n    properties:\n      - {name: id, logicalType: string}\n" + columns)
	}
	consumer := []byte("apiVersion: breakwater/v1\nkind: Consumption\nconsumer: {id: " + quoted + ", team: " + quoted + ", owners: [" + quoted + "]}\n" +
		"contacts: [{channel: slack, target: " + quoted + "}]\nconsumes: [{port: c}]\n")
	base := map[string][]byte{"c.odcs.yaml": contract("      - {name: " + quoted + ", logicalType: string}\n"), "consumers/a.yaml": consumer}
	head := map[string][]byte{"c.odcs.yaml": contract(""), "consumers/a.yaml": consumer}
	r := checkTrees(t, base, head)
	r.Base.Commit, r.Head.Commit = strings.Repeat("a", 40), strings.Repeat("b", 40)
	return r
}

// pulls is what GitHub takes for a mention or for a reference to an issue.
var pulls = regexp.MustCompile(`(?i)(^|[^\w/])@\w|(^|[^\w&])#\d|\bgh-\d|\w/\w+#\d`)

// elements are those that a comment is made of.
var elements = map[string]string{
	"html": "", "head": "", "body": "", "h3": "", "p": "", "strong": "", "b": "", "code": "class", "pre": "", "sub": "", "ul": "", "ol": "", "li": "", "details": "", "summary": "",
	"table": "", "thead": "", "tbody": "", "tr": "", "th": "", "td": "", "a": "href",
}

func safe(t *testing.T, r *checker.Result, o report.Options) {
	t.Helper()
	text := render(t, o.Markdown, r)
	var page bytes.Buffer
	md := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(htmlrenderer.WithUnsafe()))
	if err := md.Convert([]byte(text), &page); err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(&page)
	if err != nil {
		t.Fatal(err)
	}
	inCode := func(n *html.Node) bool {
		for ; n != nil; n = n.Parent {
			if n.Data == "code" || n.Data == "pre" {
				return true
			}
		}
		return false
	}
	for n := range doc.Descendants() {
		switch n.Type {
		case html.ElementNode:
			allowed, ok := elements[n.Data]
			if !ok {
				t.Fatalf("%q makes <%s> of\n%s", o.Repository, n.Data, text)
			}
			for _, a := range n.Attr {
				if a.Key != allowed || a.Key == "href" && (o.Repository == "" || !strings.HasPrefix(a.Val, o.Repository+"/blob/")) {
					t.Fatalf("<%s %s=%q> in\n%s", n.Data, a.Key, a.Val, text)
				}
			}
		case html.TextNode:
			if !inCode(n) && pulls.MatchString(n.Data) {
				t.Fatalf("somebody is called by %q in\n%s", n.Data, text)
			}
		case html.CommentNode:
			t.Fatalf("a comment in\n%s", text)
		}
	}
}

// What strangers read names consumers by their ids, whatever the format.
func TestPublic(t *testing.T) {
	ar, err := txtar.ParseFile("testdata/consent-of-a-stranger.txtar")
	if err != nil {
		t.Fatal(err)
	}
	base := files(ar, "base/", nil)
	base["consumers/finance.yaml"] = append([]byte("contacts: [{channel: email, target: kpi@acme.example}]\n"), base["consumers/finance.yaml"]...)
	c := newChecker()
	c.Reviews = reviews("")
	r, err := c.Check(t.Context(), checker.Revisions{Base: revision.Memory("base", base), Head: revision.Memory("head", files(ar, "head/", base))})
	if err != nil {
		t.Fatal(err)
	}
	before := render(t, report.JSON, r)
	public := report.Public(r)
	for name, write := range report.Writers(report.Options{Verbose: true}) {
		if whole := render(t, write, r); name != "github" && !strings.Contains(whole, "finance.kpi") {
			t.Errorf("%s does not name the consumer:\n%s", name, whole)
		}
		for _, secret := range []string{"@acme/finance", "@mallory", "kpi@acme.example"} {
			if text := render(t, write, public); strings.Contains(text, secret) {
				t.Errorf("%s tells %s:\n%s", name, secret, text)
			}
		}
	}
	if after := render(t, report.JSON, r); before != after {
		t.Error("the result itself became another one")
	}
}

// A report that has to be short says the most important first, and nothing that
// is not compared is left out before the ports are.
func TestMarkdownShrinks(t *testing.T) {
	names, _ := filepath.Glob("testdata/*.txtar")
	for _, name := range names {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		base := files(ar, "base/", nil)
		r, err := newChecker().Check(t.Context(), checker.Revisions{Base: revision.Memory("base", base), Head: revision.Memory("head", files(ar, "head/", base))})
		if err != nil {
			t.Fatal(err)
		}
		whole := render(t, report.Options{}.Markdown, r)
		title, _, _ := strings.Cut(whole, "\n")
		last := len(whole)
		for limit := len(whole); limit > 100; limit -= 97 {
			text := render(t, report.Options{Limit: limit}.Markdown, r)
			if len(text) > last || !strings.HasPrefix(text, title) {
				t.Fatalf("%s: %d bytes for a limit of %d:\n%s", name, len(text), limit, text)
			}
			last = len(text)
		}
		if last > 700 {
			t.Errorf("%s: the shortest report has %d bytes", name, last)
		}
	}
}
