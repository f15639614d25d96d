package document

import (
	"fmt"
	"strings"
	"testing"
)

func parse(t *testing.T, file, text string) *Node {
	t.Helper()
	n, err := Parse(file, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestParse(t *testing.T) {
	n := parse(t, "breakwater.yaml", "ports:\n  - id: checkout/orders\n")
	id := n.Get("ports").Items[0].Get("id")
	if id.Text != "checkout/orders" || id.Span.String() != "breakwater.yaml:2:9" {
		t.Errorf("got %q at %s", id.Text, id.Span)
	}
	if n.Get("policy").Get("rules") != nil || !n.Get("policy").IsNull() {
		t.Error("an absent value is there")
	}
}

// Every scalar of both languages has the span of its text.
func TestSpans(t *testing.T) {
	tests := []struct{ name, file, text, want string }{
		{"a plain scalar", "x.yaml", "a: 25h # late", "3-6 25h"},
		{"double quotes", "x.yaml", `a: "2\"5"`, `3-9 2"5`},
		{"single quotes", "x.yaml", "a: '2''5'", "3-9 2'5"},
		{"after an umlaut, in bytes", "x.yaml", "ä: 25h", "4-7 25h"},
		{"within a flow", "x.yaml", "{a: 25h, b: 1}", "4-7 25h"},
		{"a block, by its head", "x.yaml", "a: |\n  x\n  y\n", "3-4 x\ny\n"},
		{"folded plain, by its line", "x.yaml", "a: x\n  y\n", "3-4 x y"},
		{"an alias, where it points", "x.yaml", "a: &v 25h\nb: *v", "3-9 25h"},
		{"a version that is no float", "x.yaml", "a: 1.10", "3-7 1.10"},
		{"JSON text", "x.json", `{"a": "2\u00e45"}`, "6-16 2ä5"},
		{"JSON number", "x.json", `{"a": -1.50e3 }`, "6-13 -1.50e3"},
		{"JSON in a YAML file", "x.yaml", "{\t\"a\": true}", "7-11 true"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := parse(t, tt.file, tt.text).Items[0]
			got := fmt.Sprintf("%d-%d %s", n.Span.Start.Column-1, n.Span.End.Column-1, n.Text)
			if got != tt.want || n.Span.Start.Line != 1 || n.Span.End.Line != 1 {
				t.Errorf("got %q on lines %d to %d, want %q", got, n.Span.Start.Line, n.Span.End.Line, tt.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	deep := strings.Repeat("[", MaxDepth+2)
	wide := strings.Repeat(`{"a":1,"b":2},`, MaxNodes/5+1)
	wide = "[" + wide + "{}]"
	bomb := "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
	for i := range 8 {
		bomb += fmt.Sprintf("a%d: &a%d [%s*a%d]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 9), i)
	}
	tests := []struct{ name, file, text, want string }{
		{"a key twice", "x.yaml", "a: 1\na: 2", `x.yaml:2:1: key "a" is given twice`},
		{"a key twice in JSON", "x.json", "{\"a\": 1,\n\"a\": 2}", `x.json:2:1: key "a" is given twice`},
		{"an alias to itself", "x.yaml", "a: &a {b: *a}\n", "x.yaml:1:4: the document is nested more than 200 deep"},
		{"an alias bomb", "x.yaml", bomb, "the document has more than 3000000 keys and values, aliases followed"},
		{"too many values in JSON", "x.json", "[" + strings.Repeat("1,", MaxNodes) + "1]", "the document has more than 3000000 keys and values"},
		{"too many members in JSON", "x.json", wide, "the document has more than 3000000 keys and values"},
		{"too many members in YAML", "x.yaml", wide, "the document has more than 3000000 keys and values"},
		{"too much of rare YAML", "x.yaml", "a: &a 1\nb: [" + strings.Repeat("1,", MaxMarks) + "1]", "x.yaml:1:1: the YAML has anchors, tags"},
		{"too many bytes", "x.yaml", strings.Repeat(" ", MaxBytes+1), "x.yaml:1:1: the file has 50331649 bytes; the most that is read is 50331648"},
		{"depth in JSON", "x.json", deep, "x.json:1:202: the document is nested more than 200 deep"},
		{"depth in YAML", "x.yaml", "a: " + deep, "x.yaml:1:"},
		{"a comma too many", "x.json", `[1,]`, "x.json:1:4: want a value, got ']'"},
		{"a second value", "x.json", "1\n2", "x.json:2:1: want the end of the file, got '2'"},
		{"a comment in JSON", "x.json", "{// no\n}", "x.json:1:2: want a name in quotes, got '/'"},
		{"a leading zero", "x.json", "[01]", "x.json:1:3: a number does not begin with 0"},
		{"an open string", "x.json", `["a`, "x.json:1:2: a string is not closed"},
		{"broken YAML", "x.yaml", "a: [1\nb: 2\n", "x.yaml:1:1: the YAML cannot be read: did not find expected ',' or ']'"},
		{"a tab for indentation", "x.yaml", "a:\n\tb: 1", "x.yaml:2:1: the YAML cannot be read: found character that cannot start any token"},
		{"another encoding", "x.yaml", "a: b\nc: \xe4", "x.yaml:2:4: byte 0xe4 is not UTF-8; save the file in that encoding"},
		{"two documents", "x.yaml", "a: 1\n---\nb: 1", "x.yaml:3:1: the file holds 2 documents; one is wanted"},
		{"a map as key", "x.yaml", "? {a: 1}\n: 2", "x.yaml:1:3: a key is a word, not a list or a map"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Parse(tt.file, []byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestNothing(t *testing.T) {
	for file, text := range map[string]string{"x.json": " \n", "x.yaml": "# nothing\n", "y.yaml": "---\n---\n", "z.yaml": "null\n"} {
		if n, err := Parse(file, []byte(text)); n != nil || err != nil {
			t.Errorf("%s: got %v, %v", file, n, err)
		}
	}
}

func TestEqual(t *testing.T) {
	tests := []struct {
		name, a, b string
		want       bool
	}{
		{"members in another order", "{a: 1, b: [x]}", "{b: [x], a: 1}", true},
		{"a null member", "{a: 1, b: null}", "{a: 1}", true},
		{"quotes", "{a: 4, b: yes, c: 1.10}", `{"a": "4", "b": "yes", "c": "1.10"}`, true},
		{"a number in another spelling", "[4, 1e3, 0x10]", "[4.0, 1000, 16]", true},
		{"a date as text", "{a: 2023-01-02T03:04:05}", `{a: "2023-01-02 03:04:05"}`, true},
		{"block and flow, comments", "a:\n  - 1 # one\n", "{a: [1]}", true},
		{"merged and written out", "x: &x {k: 1, l: 2}\ny: {<<: *x, l: 3}", "x: {k: 1, l: 2}\ny: {k: 1, l: 3}", true},
		{"texts that are equal as numbers", `{a: "1.10"}`, `{a: "1.1"}`, false},
		{"items in another order", "[1, 2]", "[2, 1]", false},
		{"a member more", "{a: 1}", "{a: 1, b: 2}", false},
		{"another kind", "{a: [1]}", "{a: 1}", false},
		{"another text", "{a: b}", "{a: c}", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, b := parse(t, "a.yaml", tt.a), parse(t, "b.yaml", tt.b)
			if Equal(a, b) != tt.want || Equal(b, a) != tt.want {
				t.Errorf("%s equals %s: want %v", tt.a, tt.b, tt.want)
			}
		})
	}
}

func TestFields(t *testing.T) {
	var p Problems
	f := p.Fields(parse(t, "c.yaml", "version: 1\nkinds: stream\nkind: strem\nfiles: a.proto\nopen: maybe\nlist: [{a: 1, b: 2}]\n"), "the configuration")
	f.Text("version")
	f.OneOf("kind", "stream", "api", "sql")
	f.Texts("files")
	f.Bool("open")
	f.Required("id")
	for _, e := range f.Each("list") {
		e.Text("a")
		e.Done()
	}
	f.Done()
	want := strings.Join([]string{
		`c.yaml:3:7: want api, sql or stream for "kind", got "strem"; did you mean "stream"?`,
		`c.yaml:4:8: want a list for "files", got "a.proto"`,
		`c.yaml:5:7: want true or false for "open", got "maybe"`,
		`c.yaml:1:1: want a value for "id"`,
		`c.yaml:6:15: unknown key "b"; known: a`,
		`c.yaml:2:1: unknown key "kinds"; did you mean "kind"?`,
	}, "\n")
	if got := fmt.Sprint(p.Err()); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
