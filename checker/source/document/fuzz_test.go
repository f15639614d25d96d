package document

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// What encoding/json accepts we accept, with the same meaning, and nothing else;
// our limits apart.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,-0.5e+3,true,null,"\u00e4\ud83d\ude00\n"]}`, `[[]`, `"\x"`, "\ufeff{}", `{"a":1,"a":2}`, `{"":{}}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := Parse("x.json", []byte(text))
		if err != nil {
			ours := strings.Contains(err.Error(), "nested") || strings.Contains(err.Error(), "twice") || strings.Contains(err.Error(), "UTF-8") || strings.HasPrefix(text, "\ufeff")
			if json.Valid([]byte(text)) && !ours {
				t.Errorf("%q is refused: %v", text, err)
			}
			return
		}
		text = strings.TrimPrefix(text, "\ufeff")
		if n == nil {
			return
		}
		if !json.Valid([]byte(text)) {
			t.Errorf("%q is accepted", text)
		}
		if n.Kind == Scalar && n.Tag == String {
			var want string
			if json.Unmarshal([]byte(text), &want); n.Text != want {
				t.Errorf("%q reads as %q, want %q", text, n.Text, want)
			}
		}
		if !Equal(n, n) {
			t.Errorf("%q differs from itself", text)
		}
	})
}

// Whatever the bytes, reading ends with a tree whose spans lie in the file, or
// with an error that has a place.
func FuzzYAML(f *testing.F) {
	for _, s := range []string{"a: [1, {b: c}]\n", "a: &x 1\nb: *x\n<<: {c: d}\n", "? x\n: |\n  y\n", "a: 'b''c'\n---\nd: \"e\\\"\"", "\t", "%YAML 1.1\n--- !!str x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		docs, err := ParseAll("x.yaml", []byte(text))
		if err != nil {
			return
		}
		lines := strings.Count(text, "\n") + 1
		var visit func(*Node)
		visit = func(n *Node) {
			if s := n.Span; s.File == "" || s.Start.Line < 1 || s.Start.Column < 1 || s.End.Line > lines || s.End.Compare(s.Start) < 0 {
				t.Fatalf("%q stands at %+v", n.Text, s)
			}
			if !utf8.ValidString(n.Text) {
				t.Fatalf("%q is not UTF-8", n.Text)
			}
			for _, k := range n.Keys {
				visit(k)
			}
			for _, i := range n.Items {
				visit(i)
			}
		}
		for _, n := range docs {
			visit(n)
			if !Equal(n, n) {
				t.Fatal("a document differs from itself")
			}
		}
	})
}
