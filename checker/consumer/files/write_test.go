package files

import (
	"errors"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/ruletest"
)

const head = "apiVersion: breakwater/v1\nkind: Consumption\nconsumer: {id: a}\n"

func TestNewIsRead(t *testing.T) {
	valid := ruletest.JSONSchema(t, "../../../docs/consumption.schema.json")
	for _, name := range []string{"finance.kpi", "true", "1.5", "-", "a: b", "a # b", `a"b\`, "a\nb", "\u202e\x00\x1b", "{a}", "*", "@acme/x", "é", "'", "no", strings.Repeat("x", 300)} {
		d := Draft{
			Consumer: consumer.Consumer{ID: name, Team: name, Repo: name, Owners: []string{name}, Criticality: "high", Contacts: []consumer.Contact{{Channel: name, Target: name}}},
			Port:     name, Fields: []Field{{Path: "Order.id", Uses: []string{name}, Seen: name}}, SLO: []Promise{{"freshness", "26h", name}},
		}
		text := New(d)
		if err := valid(string(text)); err != nil {
			t.Errorf("%q: %v\n%s", name, err, text)
		}
		uses, err := Parse("consumes.yaml", text)
		if err != nil || len(uses) != 1 {
			t.Fatalf("%q: %v\n%s", name, err, text)
		}
		u := uses[0]
		if u.ID != name || u.Port != name || u.Contacts[0].Target != name || u.Owners[0] != name || u.Fields[0].Uses[0] != name || u.SLO[0].Raw != "26h" {
			t.Errorf("%q is read as %+v", name, u)
		}
		if strings.ContainsAny(string(text), "\x00\x1b") {
			t.Errorf("%q: the text steers a terminal", name)
		}
	}
}

func TestAdd(t *testing.T) {
	d := Draft{Port: "shop/new", Fields: []Field{{Path: "id", Seen: "q.sql:1"}}}
	tests := []struct {
		name, was, want string // want: what stands behind what was, or in its place if it begins with head
	}{
		{"a list", head + "consumes:\n  - port: p\n", "  - port: shop/new\n    needs:\n      fields:\n        - id  # q.sql:1\n"},
		{"a list at the margin", head + "consumes:\n- port: p\n", "- port: shop/new\n  needs:\n    fields:\n      - id  # q.sql:1\n"},
		{"no list yet", head, "consumes:\n  - port: shop/new\n"},
		{"no newline at the end", head + "consumes:\n  - port: p", "\n  - port: shop/new\n"},
		{"a comment behind the list", head + "consumes:\n  - port: p  # mine\n    # more of mine\n", "  - port: shop/new\n"},
		{"a key behind the list", "apiVersion: breakwater/v1\nkind: Consumption\nconsumes:\n  - port: p\n\n# who\nconsumer: {id: a}\n", ""},
		{"line ends of Windows", strings.ReplaceAll(head+"consumes:\n  - port: p\n", "\n", "\r\n"), "  - port: shop/new\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Add("c.yaml", []byte(tt.was), d)
			if err != nil {
				t.Fatal(err)
			}
			if tt.want != "" && !strings.HasPrefix(string(got), tt.was+tt.want) {
				t.Errorf("got\n%s", got)
			}
			if tt.want == "" && !strings.HasSuffix(string(got), "\n\n# who\nconsumer: {id: a}\n") {
				t.Errorf("got\n%s", got)
			}
			uses, err := Parse("c.yaml", got)
			if err != nil || uses[len(uses)-1].Port != "shop/new" {
				t.Errorf("%v\n%s", err, got)
			}
		})
	}
}

func TestAddLeavesToAPerson(t *testing.T) {
	for _, was := range []string{
		head + "consumes: [{port: p}]\n",
		head + "consumes: []\n",
		head + "consumes: &all\n  - port: p\n---\n" + head,
		`{"apiVersion": "breakwater/v1", "kind": "Consumption", "consumer": {"id": "a"}, "consumes": [{"port": "p"}]}`,
	} {
		if got, err := Add("c.yaml", []byte(was), Draft{Port: "q"}); !errors.Is(err, ErrByHand) {
			t.Errorf("%v\n%s", err, got)
		}
	}
	if _, err := Add("c.yaml", []byte(head+"consumes:\n  - port: p\n    nonsense: 1\n"), Draft{Port: "q"}); err == nil || errors.Is(err, ErrByHand) {
		t.Errorf("a broken file is added to: %v", err)
	}
}

// What stood in a file stands there still, byte for byte and in order.
func FuzzAdd(f *testing.F) {
	f.Add(head+"consumes:\n  - port: p\n", "a/b")
	f.Add(head+"# x\nconsumes:\n    -   port: p\n    # y\ncontacts: []\n", "it's")
	f.Fuzz(func(t *testing.T, was, port string) {
		got, err := Add("c.yaml", []byte(was), Draft{Port: port})
		if err != nil {
			return
		}
		rest := string(got)
		for line := range strings.Lines(was) {
			_, after, ok := strings.Cut(rest, strings.TrimRight(line, "\n"))
			if !ok {
				t.Fatalf("%q is not in\n%s", line, got)
			}
			rest = after
		}
	})
}
