package pact_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/consumer/pact"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"golang.org/x/tools/txtar"
)

func read(t *testing.T, text string) (consumer.Imported, error) {
	t.Helper()
	said, err := pact.Read("web.json", []byte(text), consumer.Import{Kind: consumer.Pact}, nil)
	for _, e := range source.Errors(err) {
		if e.Span.File != "web.json" || e.Span.Start.Line == 0 {
			t.Errorf("an error without a place: %v", e)
		}
	}
	return said, err
}

func file(interactions string) string {
	return `{"consumer": {"name": "web"}, "provider": {"name": "orders"}, "interactions": [` + interactions + `]}`
}

func exchange(body, rules string) string {
	return `{"request": {"method": "GET", "path": "/a"}, "response": {"status": 200, "body": ` + body + `, "matchingRules": ` + rules + `}}`
}

// Whatever is in a file, its consumer stays: it needs some elements, or all.
func TestHostileFiles(t *testing.T) {
	long := strings.Repeat("k", 2000)
	nested := func(key string, n int, inner string) string {
		return strings.Repeat(`{"`+key+`": `, n) + inner + strings.Repeat("}", n)
	}
	wide := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"f%d": 1, `, i)
		}
		return "{" + strings.TrimSuffix(b.String(), ", ") + "}"
	}
	many := func(n int, one string) string { return strings.TrimSuffix(strings.Repeat(one+",", n), ",") }
	tests := []struct{ name, text, wantErr, wantWhy string }{
		{"a long name", file(exchange(`{"`+long+`": 1}`, "{}")), "the name has 2000 bytes", ""},
		{"a long path of an operation", file(`{"request": {"method": "GET", "path": "/` + long + `"}, "response": {}}`), `begins with / and has at most 1024 bytes`, ""},
		{"a body that is nested deep", file(exchange(nested("a", 150, "1"), "{}")), "", ""},
		{"a body that is nested too deep for a document", file(exchange(nested("a", 500, "1"), "{}")), "nested", ""},
		{"paths that are long all together", file(exchange(nested(strings.Repeat("k", 1000), 8, "1"), "{}")), "", "nests it deeper than is read"},
		{"a body with many members", file(exchange(wide(6000), "{}")), "", `has a pact whose body has more than 5000 elements`},
		{"an expression that would never end", file(exchange(`{"a": "x"}`, `{"body": {"$.a": {"matchers": [{"match": "regex", "regex": "^(((a+)+)+)+$"}]}}}`)), "", ""},
		{"rules with many wildcards", file(exchange(nested("a", 60, "1"), `{"body": {"$`+strings.Repeat(".*", 60)+`": {"matchers": [{"match": "type"}]}}}`)), "", ""},
		{"a rule whose path is none", file(exchange(`{"a": 1}`, `{"body": {"$[": {"matchers": [{"match": "type"}]}, "": {}, "$..a": {"matchers": 7}}}`)), "", ""},
		{"50,000 interactions", file(many(50_000, exchange(`{"a": 1}`, "{}"))), "", ""},
		{"more errors than anybody reads", file(many(1000, "1")), "980 more things are wrong", ""},
		{"a body of another kind", file(`{"request": {"method": "GET", "path": "/a", "body": "<a/>", "headers": {"Content-Type": "application/xml"}}, "response": {}}`), "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			said, err := read(t, tt.text)
			if tt.wantErr == "" && err != nil || tt.wantErr != "" && (err == nil || !strings.Contains(err.Error(), tt.wantErr)) {
				t.Fatalf("got %v, want %q", err, tt.wantErr)
			}
			if len(said.Readings) == 0 && !strings.Contains(tt.wantErr, "nested") {
				t.Fatal("nobody is registered")
			}
			for _, r := range said.Readings {
				switch {
				case err != nil && (r.Unclear == "" || r.Calls != nil):
					t.Errorf("got %d calls and unclear %q of a file that is wrong", len(r.Calls), r.Unclear)
				case tt.wantWhy != "" && !strings.Contains(r.Calls[0].Reads[0].Why, tt.wantWhy):
					t.Errorf("got %+v, want %q", r.Calls[0].Reads[0], tt.wantWhy)
				}
			}
		})
	}
}

func TestValuesThatAreHandled(t *testing.T) {
	rule := func(kind string) string { return `{"body": {"$.a": {"matchers": [` + kind + `]}}}` }
	tests := []struct{ name, rules, want string }{
		{"a value without a rule", `{}`, `["x"] false`},
		{"one that has to be equal", rule(`{"match": "equality"}`), `["x"] false`},
		{"one of a type", rule(`{"match": "type"}`), `[] false`},
		{"a list of words", rule(`{"match": "regex", "regex": "^(x|y)$"}`), `["x" "y"] true`},
		{"a list of words that is not held", rule(`{"match": "regex", "regex": "^(?:x|y)$"}`), `["x" "y"] true`},
		{"one word", rule(`{"match": "regex", "regex": "^x$"}`), `["x"] true`},
		{"words that may stand in others", rule(`{"match": "regex", "regex": "x|y"}`), `["x" "y"] false`},
		{"words whose ends differ", rule(`{"match": "regex", "regex": "^x|y$"}`), `["x" "y"] false`},
		{"an expression", rule(`{"match": "regex", "regex": "^(x+|y)$"}`), `[] false`},
		{"an empty alternative", rule(`{"match": "regex", "regex": "^(x|)$"}`), `[] false`},
		{"one of several rules", rule(`{"match": "regex", "regex": "^(x|y)$"}, {"match": "type"}`), `[] false`},
		{"a rule of what encloses it", `{"body": {"$": {"matchers": [{"match": "type"}]}}}`, `[] false`},
		{"its own rule before that of what encloses it", `{"body": {"$": {"matchers": [{"match": "type"}]}, "$['a']": {"matchers": [{"match": "equality"}]}}}`, `["x"] false`},
		{"a rule of any member", `{"body": {"$.*": {"matchers": [{"match": "type"}]}}}`, `[] false`},
		{"a rule of another member", `{"body": {"$.b": {"matchers": [{"match": "type"}]}}}`, `["x"] false`},
		{"a rule of version 2", `{"$.body.a": {"match": "regex", "regex": "^(x|y)$"}}`, `["x" "y"] true`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			said, err := read(t, file(exchange(`{"a": "x"}`, tt.rules)))
			if err != nil {
				t.Fatal(err)
			}
			p := said.Readings[0].Calls[0].Reads[0]
			if got := fmt.Sprintf("%q %t", p.Values, p.Exhaustive); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestWhatIsSentSometimes(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"in one item and not in another", `{"lines": [{"sku": 1, "qty": 1}, {"sku": 2}]}`, "qty"},
		{"in the items of one list and not of another", `{"orders": [{"lines": [{"sku": 1}]}, {"lines": [{"id": 1}]}]}`, "id sku"},
		{"in every item of several lists", `{"orders": [{"lines": [{"sku": 1}]}, {"lines": [{"sku": 2}, {"sku": 3}]}]}`, ""},
		{"below what is in one item only", `{"lines": [{"gift": {"wrap": 1}}, {"id": 1}]}`, "id wrap"},
		{"no list", `{"gift": {"wrap": 1}}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			said, err := read(t, file(`{"request": {"method": "POST", "path": "/a", "body": `+tt.body+`}, "response": {}}`))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range said.Readings[0].Calls[0].Sends {
				if _, name := p.Path.Split(); p.Sometimes {
					got = append(got, string(name))
				}
			}
			slices.Sort(got)
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestPortsOfAProvider(t *testing.T) {
	const message = `{"type": "Asynchronous/Messages", "contents": {}, "metadata": {"topic": "paid"}}`
	text := []byte(file(message))
	said, err := pact.Read("web.json", text, consumer.Import{Kind: consumer.Pact}, nil)
	if got := fmt.Sprint(said.Readings[0].Ports, said.Readings[0].Given, err); got != "[orders/paid paid orders] false <nil>" {
		t.Errorf("got %s", got)
	}
	given := consumer.Import{Kind: consumer.Pact, Ports: []consumer.Provider{{Name: "orders", Ports: []string{"a/b", "c/d"}}}}
	said, err = pact.Read("web.json", text, given, nil)
	if got := fmt.Sprint(said.Readings[0].Ports, said.Readings[0].Given, err); got != "[a/b c/d] true <nil>" {
		t.Errorf("got %s", got)
	}
}

// What is not read may be of another port than the messages beside it.
func TestWhatIsNotReadIsOfAnyPort(t *testing.T) {
	const message = `{"type": "Asynchronous/Messages", "contents": {}, "metadata": {"topic": "paid"}}`
	for _, other := range []string{`{"type": "Synchronous/Messages"}`, `{"type": "Unheard/Of"}`} {
		said, _ := read(t, file(message+","+other))
		if !slices.ContainsFunc(said.Readings, func(r consumer.Reading) bool { return slices.Equal(r.Ports, []string{"orders"}) && r.Unclear != "" }) {
			t.Errorf("%s: got %+v", other, said.Readings)
		}
	}
}

// Reading a file of 10,000 interactions, and the floor: only parsing it.
func BenchmarkRead(b *testing.B) {
	one := exchange(`{"id": "17", "total": 12.5, "lines": [{"sku": "a", "qty": 1}]}`, `{"body": {"$.lines[*].sku": {"matchers": [{"match": "type"}]}}}`)
	text := []byte(file(strings.TrimSuffix(strings.Repeat(one+",", 10_000), ",")))
	for _, way := range []struct {
		name string
		read func() error
	}{
		{"pact", func() error { _, err := pact.Read("web.json", text, consumer.Import{}, nil); return err }},
		{"floor", func() error { _, err := document.ParseJSON("web.json", text); return err }},
	} {
		b.Run(way.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if err := way.read(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Whatever a stranger's file calls, what it needs is in the port, and who needs nothing
// called nothing that the port lists.
func FuzzNeeded(f *testing.F) {
	ar, err := txtar.ParseFile("../testdata/imports/pact.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range ar.Files {
		f.Add(file.Data)
	}
	edge := func(step change.Step, typ string, decl change.Path) schema.Edge {
		return schema.Edge{Step: step, Type: typ, Decl: decl, Optional: true}
	}
	api := &schema.Outline{Roots: []change.Path{`"/v1/orders/{}"`, `"/orders"`, `"/{}/{}.{}"`}, Decls: map[change.Path][]schema.Edge{
		`"/v1/orders/{}"`:           {edge("get", schema.Operation, `"/v1/orders/{}".get`), edge("delete", schema.Operation, "")},
		`"/v1/orders/{}".get`:       {edge("query", "query", `"/v1/orders/{}".get.query`), edge(`"200"`, "response", "Answer"), edge(`"4XX"`, "response", "Answer")},
		`"/v1/orders/{}".get.query`: {edge("page", "integer", ""), edge("fields", "string", "")},
		`"/orders"`:                 {edge("post", schema.Operation, `"/orders".post`)},
		`"/orders".post`:            {edge("request", "request", `"/orders".post.request`), edge("default", "response", "Answer")},
		`"/orders".post.request`:    {edge("body", "body", "Order")},
		`"/{}/{}.{}"`:               {edge("get", schema.Operation, "")},
		"Answer":                    {edge("header", "header", "Answer.header"), edge("body", "body", "Answer.body")},
		"Answer.header":             {edge("ETag", "string", "")},
		"Answer.body":               {edge(`"application/json"`, "body", "Order"), edge(`"text/csv"`, "body", "")},
		"Order":                     {edge("total", "number", ""), edge("lines", "array", "Order.lines"), edge("names", "object", "Order.names"), edge("state", "string", "")},
		"Order.lines":               {edge(change.Items, "object", "Order")},
		"Order.names":               {edge(change.Values, "string", "")},
	}}
	messages := &schema.Outline{Roots: []change.Path{"Order"}, Decls: map[change.Path][]schema.Edge{"Order": {edge("order_id", "string", ""), edge("lines", "array", "")}}}
	f.Fuzz(func(t *testing.T, text []byte) {
		said, _ := pact.Read("web.json", text, consumer.Import{Kind: consumer.Pact}, nil)
		for _, r := range said.Readings {
			for _, o := range []*schema.Outline{api, messages} {
				n := consumer.NeededBy(r.Calls, o)
				at := schema.Places{Base: o, Head: o}
				for _, need := range n.Needs {
					if full, err := at.Resolve(need.Path); err != nil || full != need.Path {
						t.Errorf("%s is nothing in the port: %s, %v", need.Path, full, err)
					}
				}
				if len(n.Needs) == 0 && !n.Over && slices.Contains(n.Unlisted, false) {
					t.Errorf("what is listed needs nothing: %+v", r.Calls)
				}
			}
		}
	})
}
