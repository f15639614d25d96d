package odcs

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A document of the corpus: one side of a pair, or a file.
type sample struct{ origin, name, text string }

// samples returns every document of the corpus once.
func samples(t testing.TB) (all []sample) {
	t.Helper()
	var history []struct {
		Before     *string `json:"before"`
		After      *string `json:"after"`
		PathBefore string  `json:"path_before"`
		PathAfter  string  `json:"path_after"`
	}
	ruletest.Corpus(t, "odcs/history.json", &history)
	seen := make(map[string]bool)
	add := func(origin, name string, text *string) {
		if text != nil && !seen[*text] {
			seen[*text] = true
			all = append(all, sample{origin, path.Base(name), *text})
		}
	}
	for i, h := range history {
		add(fmt.Sprintf("history[%d].before", i), h.PathBefore, h.Before)
		add(fmt.Sprintf("history[%d].after", i), h.PathAfter, h.After)
	}
	files := os.DirFS(ruletest.CorpusPath(t, "odcs/files"))
	names, err := fs.Glob(files, "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		add("files/"+name, name, &text)
	}
	return all
}

// read loads one document as a port.
func read(t testing.TB, name, text string) (schema.Schema, error) {
	t.Helper()
	return Format.Load(t.Context(), schema.Request{FS: fstest.MapFS{name: {Data: []byte(text)}}, Paths: []string{name}})
}

func compare(t testing.TB, base, head schema.Schema) []change.Change {
	t.Helper()
	changes, err := Format.Diff(base, head)
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

func details(changes []change.Change) string {
	var b strings.Builder
	for _, c := range changes {
		fmt.Fprintf(&b, "%s: %s %s: %s\n", c.Head, c.Rule.Class, c.Rule.ID, c.Detail)
	}
	return b.String()
}

// Every real document is read, or named as one that is not, or has nothing of a
// contract; and what is refused is refused at a place.
func TestCorpusIsReadOrNamed(t *testing.T) {
	counts := make(map[string]int)
	for _, s := range samples(t) {
		reason, unread := Unread(s.name, []byte(s.text))
		switch claimed := claims(s.name, []byte(s.text)); {
		case claimed && unread:
			t.Errorf("%s is claimed, and named as unread: %s", s.origin, reason)
		case claimed && isProductFile(s.name, []byte(s.text)):
			counts["data product"]++
			if _, err := ports(nil, s.name, []byte(s.text)); err != nil {
				t.Errorf("%s: %v", s.origin, err)
			}
		case claimed:
			_, err := read(t, s.name, s.text)
			if err == nil {
				counts["contract"]++
				continue
			}
			counts["contract refused"]++
			for _, e := range source.Errors(err) {
				if e.Span.IsZero() {
					t.Errorf("%s: an error without a place: %v", s.origin, e)
				}
				t.Logf("%s: %v", s.origin, e)
			}
		case unread:
			counts["unread: "+strings.TrimRight(strings.SplitN(reason, " is ", 2)[0], ".0123456789v")]++
		default:
			counts["unknown"]++
			t.Logf("unknown: %s: %.80q", s.origin, s.text)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%4d %s", counts[kind], kind)
	}
}

// A contract does not differ from itself, however it is written.
func TestCorpusRespelled(t *testing.T) {
	contracts, spellings := 0, 0
	for _, s := range samples(t) {
		if !claims(s.name, []byte(s.text)) || isProductFile(s.name, []byte(s.text)) {
			continue
		}
		base, err := read(t, s.name, s.text)
		if err != nil {
			continue
		}
		contracts++
		if changes := compare(t, base, base); len(changes) > 0 {
			t.Errorf("%s differs from itself:\n%s", s.origin, details(changes))
		}
		docs, err := document.ParseAll(s.name, []byte(s.text))
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range respell(docs) {
			head, err := read(t, name, text)
			if err != nil {
				t.Errorf("%s as %s is refused: %v", s.origin, name, err)
				continue
			}
			spellings++
			if changes := compare(t, base, head); len(changes) > 0 {
				t.Errorf("%s differs from itself as %s:\n%s", s.origin, name, details(changes))
			}
			if changes := compare(t, head, base); len(changes) > 0 {
				t.Errorf("%s as %s differs from itself:\n%s", s.origin, name, details(changes))
			}
		}
	}
	t.Logf("%d contracts in %d other spellings", contracts, spellings)
}

// respell writes documents in other ways: without comments, with the keys in other
// orders, with quotes everywhere, without line breaks, as JSON.
func respell(docs []*document.Node) map[string]string {
	backwards := func(n int) []int {
		order := make([]int, n)
		for i := range order {
			order[i] = n - 1 - i
		}
		return order
	}
	shuffled := func(n int) []int {
		order := make([]int, 0, n)
		for step := range 3 {
			for i := step; i < n; i += 3 {
				order = append(order, i)
			}
		}
		return order
	}
	texts := map[string]string{}
	for name, w := range map[string]writer{
		"backwards.yaml": {order: backwards},
		"quoted.yaml":    {order: shuffled, quote: true},
		"flow.yaml":      {order: shuffled, flow: true},
	} {
		for _, n := range docs {
			w.b.WriteString("---\n")
			w.node(n, 0)
			w.b.WriteByte('\n')
		}
		texts[name] = w.b.String()
	}
	if len(docs) == 1 {
		w := writer{order: backwards, flow: true, quote: true}
		w.node(docs[0], 0)
		texts["json.json"] = w.b.String()
	}
	return texts
}

// A writer writes a document as YAML or JSON.
type writer struct {
	b     strings.Builder
	order func(n int) []int
	quote bool // everything but null
	flow  bool
}

func (w *writer) node(n *document.Node, depth int) {
	switch {
	case n.Kind == document.Scalar:
		w.scalar(n)
	case w.flow || len(n.Items) == 0:
		w.inline(n, depth)
	default:
		w.block(n, depth)
	}
}

func (w *writer) scalar(n *document.Node) {
	octal := len(n.Text) > 1 && n.Text[0] == '0' && '0' <= n.Text[1] && n.Text[1] <= '9' // not in JSON
	if n.Tag == document.String || n.Tag == "!!timestamp" || w.quote && !n.IsNull() || w.flow && octal {
		quoted, _ := json.Marshal(n.Text)
		w.b.Write(quoted)
		return
	}
	text := n.Text
	if n.IsNull() {
		text = "null"
	}
	w.b.WriteString(text)
}

func (w *writer) inline(n *document.Node, depth int) {
	open, end := "[", "]"
	order := make([]int, len(n.Items))
	for i := range order {
		order[i] = i
	}
	if n.Kind == document.Map {
		open, end = "{", "}"
		order = w.order(len(n.Items))
	}
	w.b.WriteString(open)
	for at, i := range order {
		if at > 0 {
			w.b.WriteString(", ")
		}
		if n.Kind == document.Map {
			quoted, _ := json.Marshal(n.Keys[i].Text)
			fmt.Fprintf(&w.b, "%s: ", quoted)
		}
		w.node(n.Items[i], depth+1)
	}
	w.b.WriteString(end)
}

func (w *writer) block(n *document.Node, depth int) {
	indent := strings.Repeat("    ", depth)
	if n.Kind == document.List {
		for _, item := range n.Items {
			fmt.Fprintf(&w.b, "\n%s-", indent)
			w.b.WriteByte(' ')
			w.node(item, depth+1)
		}
		return
	}
	for _, i := range w.order(len(n.Items)) {
		key := n.Keys[i].Text
		if w.quote {
			quoted, _ := json.Marshal(key)
			key = string(quoted)
		}
		fmt.Fprintf(&w.b, "\n%s%s: ", indent, key)
		w.node(n.Items[i], depth+1)
	}
}

// Real edits of contracts are compared without a crash, and what means the same is
// no change that a consumer could notice.
func TestCorpusHistory(t *testing.T) {
	var history []struct {
		Before     string `json:"before"`
		After      string `json:"after"`
		PathBefore string `json:"path_before"`
		PathAfter  string `json:"path_after"`
		Subject    string `json:"subject"`
		Equal      bool   `json:"semantically_equal_yaml"`
	}
	ruletest.Corpus(t, "odcs/history.json", &history)
	pairs, rules := 0, make(map[string]int)
	for i, h := range history {
		if !claims(h.PathBefore, []byte(h.Before)) || !claims(h.PathAfter, []byte(h.After)) || isProductFile(h.PathAfter, []byte(h.After)) {
			continue
		}
		base, err1 := read(t, path.Base(h.PathBefore), h.Before)
		head, err2 := read(t, path.Base(h.PathAfter), h.After)
		if err1 != nil || err2 != nil {
			t.Logf("history[%d]: %v, %v", i, err1, err2)
			continue
		}
		pairs++
		changes := compare(t, base, head)
		for _, c := range changes {
			rules[c.Rule.ID]++
			if h.Equal && c.Rule.Class > change.Compatible {
				t.Errorf("history[%d] (%s) means the same: %s", i, h.Subject, c.Detail)
			}
			if c.Head.IsZero() || c.Base.IsZero() && c.Rule.ID != "slo/added" {
				t.Errorf("history[%d]: %s has no place: base %s, head %s", i, c.Detail, c.Base, c.Head)
			}
		}
		if testing.Verbose() {
			t.Logf("history[%d] %s: %s\n%s", i, h.PathAfter, h.Subject, details(changes))
		}
	}
	t.Logf("%d pairs of contracts", pairs)
	for _, id := range slices.Sorted(maps.Keys(rules)) {
		t.Logf("%5d %s", rules[id], id)
	}
}

// Another tool compares contracts without judging them. Whatever it sees, we see;
// and where it sees nothing, there is nothing.
func TestCorpusSeesWhatOthersSee(t *testing.T) {
	var cases []struct {
		Name     string `json:"name"`
		Source   string `json:"source"`
		Spec     string `json:"spec"`
		Before   string `json:"before"`
		After    string `json:"after"`
		Expected struct {
			Observed []struct {
				ChangeType string `json:"changeType"`
				Path       string `json:"path"`
			} `json:"observed_changes"`
		} `json:"expected"`
	}
	ruletest.Corpus(t, "odcs/datacontract-cli-cases.json", &cases)
	total, says := 0, make(map[string]string)
	for i, c := range cases {
		if !claims("x.yaml", []byte(c.Before)) || !claims("x.yaml", []byte(c.After)) || c.Expected.Observed == nil {
			continue
		}
		total++
		base, err1 := read(t, "x.yaml", c.Before)
		head, err2 := read(t, "x.yaml", c.After)
		if err1 != nil || err2 != nil {
			t.Errorf("%s: %v, %v", c.Name, err1, err2)
			continue
		}
		changes := compare(t, base, head)
		if (len(changes) > 0) != (len(c.Expected.Observed) > 0) {
			says[fmt.Sprintf("%d %s", i, c.Name)] = fmt.Sprintf("%d changes, the other tool sees %d: %s", len(changes), len(c.Expected.Observed), details(changes))
		}
	}
	ruletest.Agree(t, "testdata/changelog.waivers", total, says)
}

// A data product does not differ from itself, however it is written.
func TestCorpusProductsRespelled(t *testing.T) {
	products, spellings := 0, 0
	for _, s := range samples(t) {
		if !claims(s.name, []byte(s.text)) || !isProductFile(s.name, []byte(s.text)) {
			continue
		}
		products++
		docs, err := document.ParseAll(s.name, []byte(s.text))
		if err != nil {
			t.Fatal(err)
		}
		texts := respell(docs)
		texts[s.name] = s.text
		for name, text := range texts {
			compare := declared(schema.Document{Path: s.name, Text: []byte(s.text)}, schema.Document{Path: name, Text: []byte(text)})
			written := declaredIn(t, name, text)
			for id, base := range declaredIn(t, s.name, s.text) {
				spellings++
				if changes := compare(base, written[id], schema.Terms{Status: schema.Active}); len(changes) > 0 {
					t.Errorf("%s differs from itself as %s:\n%s", s.origin, name, details(changes))
				}
			}
		}
	}
	t.Logf("%d products, %d ports in all spellings", products, spellings)
}

// declaredIn lists the output ports of a document by their ids.
func declaredIn(t *testing.T, name, text string) map[string]schema.Port {
	t.Helper()
	found, err := ports(nil, name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]schema.Port)
	for _, p := range found {
		all[p.ID] = p
	}
	return all
}
