package consumer

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
)

// api is an outline as descriptions of HTTP APIs have it: each line is a declaration and
// its edges, STEP:TYPE>DECLARATION, a type that ends in ? being optional.
func api(t *testing.T, text string) *schema.Outline {
	t.Helper()
	o := &schema.Outline{Decls: make(map[change.Path][]schema.Edge)}
	path := func(text string) change.Path {
		p, err := change.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		decl := path(words[0])
		if len(decl.Steps()) == 1 && strings.HasPrefix(words[0], `"/`) {
			o.Roots = append(o.Roots, decl)
		}
		o.Decls[decl] = nil
		for _, word := range words[1:] {
			word, to, _ := strings.Cut(word, ">")
			step, typ, _ := strings.Cut(word, ":")
			typ, values, _ := strings.Cut(typ, "=")
			e := schema.Edge{Step: path(step).Steps()[0], Type: strings.TrimSuffix(typ, "?"), Optional: strings.HasSuffix(typ, "?")}
			if values != "" {
				e.Values = strings.Split(values, ",")
			}
			if to != "" {
				e.Decl = path(to)
			}
			o.Decls[decl] = append(o.Decls[decl], e)
		}
	}
	return o
}

const orders = `
	"/v1/orders/{}"                  get:operation>"/v1/orders/{}".get
	"/v1/orders/{}".get              path:path?>"/v1/orders/{}".get.path query:query?>"/v1/orders/{}".get.query "200":response?>"/v1/orders/{}".get."200" "4XX":response?>Problem default:response?>Problem
	"/v1/orders/{}".get.path         id:string
	"/v1/orders/{}".get.query        page:integer? filter:string?
	"/v1/orders/{}".get."200"        header:header?>"/v1/orders/{}".get."200".header body:body>"/v1/orders/{}".get."200".body
	"/v1/orders/{}".get."200".header X-Next:string?
	"/v1/orders/{}".get."200".body   "application/json":body?>Order "text/csv":body?
	"/v1/orders/search"              get:operation>"/v1/orders/search".get
	"/v1/orders/search".get          "200":response?
	"/v1/orders"                     post:operation>"/v1/orders".post
	"/v1/orders".post                request:request?>"/v1/orders".post.request header:header?>"/v1/orders".post.header "201":response?>"/v1/orders".post."201"
	"/v1/orders".post."201"
	"/v1/orders".post.header         X-Shop:string?
	"/v1/orders".post.request        body:body>request.Order
	request.Order                    qty:integer gift:object?>request.Gift kind:string?=a,b
	request.Gift                     wrap:string
	Order                            id:string total:number lines:array?>Order.lines tags:object?>Order.tags state:string=paid,shipped
	Order.lines                      []:object?>Line
	Order.tags                       {}:string
	Line                             sku:string
	Problem                          body:body>Problem.body
	Problem.body                     title:string
	"/{}/{}"                         get:operation>"/{}/{}".get
	"/{}/{}".get                     "200":response?
	"/a/{}"                          get:operation>"/a/{}".get
	"/a/{}".get                      "200":response?
	"/{}/b"                          get:operation>"/{}/b".get
	"/{}/b".get                      "200":response?
	"/files/{}.{}"                   get:operation>"/files/{}.{}".get
	"/files/{}.{}".get               "200":response?
`

func call(method, path, status string, parts ...string) Call {
	c := Call{Method: method, Path: path, Statuses: []string{status}, Span: source.Top("pact.json")}
	for _, text := range parts {
		text, value, _ := strings.Cut(text, "=")
		sent, isSent := strings.CutPrefix(text, "!")
		p, err := change.Parse(sent)
		if err != nil {
			panic(err)
		}
		part := Part{Path: p}
		if value != "" {
			part.Values = strings.Split(value, "|")
		}
		if isSent {
			c.Sends = append(c.Sends, part)
		} else {
			c.Reads = append(c.Reads, part)
		}
	}
	return c
}

func TestCallsAreFoundByTheirShape(t *testing.T) {
	tests := []struct{ name, method, path, want string }{
		{"a parameter", "GET", "/v1/orders/17", `"/v1/orders/{}".get`},
		{"another case of the method", "get", "/v1/orders/17", `"/v1/orders/{}".get`},
		{"the more concrete of two", "GET", "/v1/orders/search", `"/v1/orders/search".get`},
		{"without what goes before the paths", "GET", "/orders/17", `"/v1/orders/{}".get "/{}/{}".get`},
		{"behind the address of a server", "GET", "/api/v1/orders/17", `"/v1/orders/{}".get`},
		{"none of two is more concrete", "GET", "/a/b", `"/a/{}".get "/{}/b".get`},
		{"a slash at the end", "POST", "/v1/orders/", `"/v1/orders".post`},
		{"an escaped segment", "GET", "/v1/%6Frders/1%2F7", `"/v1/orders/{}".get`},
		{"several parameters in a segment", "GET", "/files/report.pdf", `"/files/{}.{}".get`},
		{"a parameter that would be empty", "GET", "/files/.pdf", `"/{}/{}".get`},
		{"another method", "PUT", "/v1/orders/17", `"/v1/orders/{}"`},
		{"nothing like it", "GET", "/bills", ""},
		{"nothing like it but parameters", "GET", "/bills/1/2/3", ""},
	}
	o := api(t, orders)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := NeededBy([]Call{call(tt.method, tt.path, "200")}, o)
			var got []string
			places := schema.Places{Base: o, Head: o}
			for _, need := range n.Needs {
				op := places.OperationOf(need.Path)
				if op == "" {
					op = need.Path
				}
				if !slices.Contains(got, string(op)) {
					got = append(got, string(op))
				}
			}
			slices.Sort(got)
			if strings.Join(got, " ") != tt.want || n.Unlisted[0] != (tt.want == "") {
				t.Errorf("got %s, unlisted %t; want %s", got, n.Unlisted[0], tt.want)
			}
		})
	}
}

func TestPartsOfCallsAreElements(t *testing.T) {
	get := func(parts ...string) Call { return call("GET", "/v1/orders/17", "200", parts...) }
	post := func(parts ...string) Call { return call("POST", "/v1/orders", "201", parts...) }
	csv := get("body")
	csv.ReadAs = "text/csv; charset=utf-8"
	json := get("body.total")
	json.ReadAs = "application/json; charset=utf-8"
	const id = `"/v1/orders/{}".get.path.id always; `
	at := `"/v1/orders/{}".get."200"`
	tests := []struct {
		name  string
		calls []Call
		want  string
	}{
		{"a field in the one media type", []Call{json}, id + at + `.body."application/json".total`},
		{"a field, the media type unsaid", []Call{get("body.total")}, id + at + `.body."application/json".total; ` + at + `.body."text/csv" for uses body.total, which is not listed,`},
		{"items", []Call{func() Call { c := json; c.Reads = get("body.lines[].sku").Reads; return c }()}, id + at + `.body."application/json".lines[].sku`},
		{"a key of a map", []Call{func() Call { c := json; c.Reads = get("body.tags.blue").Reads; return c }()}, id + at + `.body."application/json".tags{}`},
		{"what is not listed is its nearest, and nothing inside", []Call{func() Call { c := json; c.Reads = get("body.colour").Reads; return c }()},
			id + at + `.body."application/json" itself for uses body.colour, which is not listed,`},
		{"a body in whole", []Call{csv}, id + at + `.body`},
		{"a header in another case", []Call{get("header.x-next")}, id + at + `.header.X-Next`},
		{"a status", []Call{get()}, id + at + ` itself`},
		{"a status among its hundred", []Call{call("GET", "/v1/orders/17", "404", "body.title")}, `"/v1/orders/{}".get.path.id; "/v1/orders/{}".get."4XX".body.title`},
		{"the rest", []Call{call("GET", "/v1/orders/17", "500", "body.title")}, `"/v1/orders/{}".get.path.id; "/v1/orders/{}".get.default.body.title`},
		{"a status that is not listed", []Call{call("POST", "/v1/orders", "204")}, `"/v1/orders".post for waits for 204, which is not listed,`},
		{"a member of a parameter", []Call{get(`!query."filter[state]"`)}, id + `"/v1/orders/{}".get.query.filter always; ` + at + ` itself`},
		{"what every call sends, and what some do", []Call{post("!request.body.qty", "!request.body.gift.wrap"), post("!request.body.qty")},
			`"/v1/orders".post.request.body.qty always; "/v1/orders".post.request.body.gift.wrap; "/v1/orders".post."201" itself`},
		{"a call that has to fail leaves out what it likes", []Call{post("!request.body.qty"), call("POST", "/v1/orders", "400", "!request.body.kind")},
			`"/v1/orders".post.request.body.qty always; "/v1/orders".post."201" itself; "/v1/orders".post.request.body.kind; "/v1/orders".post for waits for 400, which is not listed,`},
		{"values of what has a list of them", []Call{post("!request.body.kind=a", "!request.body.qty=1")},
			`"/v1/orders".post.request.body.kind always a seen; "/v1/orders".post.request.body.qty always; "/v1/orders".post."201" itself`},
	}
	o := api(t, orders)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, n := range NeededBy(tt.calls, o).Needs {
				text := string(n.Path)
				for _, mark := range []struct {
					is   bool
					text string
				}{{n.Rows, " itself"}, {n.Always, " always"}, {len(n.Values) > 0, " " + strings.Join(n.Values, "|")}, {n.Exhaustive, " only"}, {n.Seen, " seen"}, {n.Why != "", " for " + n.Why}} {
					if mark.is {
						text += mark.text
					}
				}
				got = append(got, text)
			}
			if strings.Join(got, "; ") != tt.want {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "; "), tt.want)
			}
		})
	}
}

func TestMessagesAreOfTheDeclarationThatHasAll(t *testing.T) {
	o := &schema.Outline{Roots: []change.Path{"Order", "Refund"}, Decls: map[change.Path][]schema.Edge{
		"Order":  {{Step: "order_id"}, {Step: "total"}},
		"Refund": {{Step: "order_id"}, {Step: "reason"}},
	}}
	tests := []struct{ name, reads, want string }{
		{"in one", "body.total", "Order.total"},
		{"in both", "body.orderId", "Order.order_id Refund.order_id"},
		{"in none", "body.colour", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := NeededBy([]Call{call("", "", "", tt.reads)}, o)
			var got []string
			for _, need := range n.Needs {
				got = append(got, string(need.Path))
			}
			if strings.Join(got, " ") != tt.want || n.Unlisted[0] != (tt.want == "") {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestACallOfTheHeadAlone(t *testing.T) {
	base, head := api(t, `"/a" get:operation>"/a".get
		"/a".get "200":response?`), api(t, `"/b" get:operation>"/b".get
		"/b".get "200":response?`)
	if n := NeededBy([]Call{call("GET", "/b", "200")}, base, head); n.Unlisted[0] || len(n.Needs) != 1 {
		t.Errorf("got %+v, want what the head lists", n)
	}
}

func TestWhoUsesMoreThanCanBeListedUsesThePort(t *testing.T) {
	var edges []schema.Edge
	var calls []Call
	for i := range MaxNeeds + 1 {
		step := change.Name(fmt.Sprintf("f%d", i))
		edges = append(edges, schema.Edge{Step: step})
		calls = append(calls, call("", "", "", "body."+string(step)))
	}
	o := &schema.Outline{Roots: []change.Path{"Order"}, Decls: map[change.Path][]schema.Edge{"Order": edges}}
	if n := NeededBy(calls, o); !n.Over || n.Needs != nil {
		t.Errorf("got %d needs", len(n.Needs))
	}
}

func TestImpactsOnCallers(t *testing.T) {
	o := api(t, orders)
	at := schema.Places{Base: o, Head: o}
	uses := func(calls ...Call) Use { return Use{Fields: NeededBy(calls, o).Needs} }
	fields := func(paths ...change.Path) (u Use) {
		for _, p := range paths {
			u.Fields = append(u.Fields, Need{Path: p})
		}
		return u
	}
	edit := func(idea change.Idea, path change.Path, key string) change.Change {
		return change.Change{Rule: &change.Rule{Idea: idea, Breaks: change.Request}, Path: path, Key: key}
	}
	read := func(idea change.Idea, path change.Path, key string) change.Change {
		return change.Change{Rule: &change.Rule{Idea: idea, Breaks: change.Value}, Path: path, Key: key}
	}
	const post, get change.Path = `"/v1/orders".post`, `"/v1/orders/{}".get`
	sends := uses(call("POST", "/v1/orders", "201", "!request.body.qty", "!request.body.kind=a"))
	sometimes := uses(call("POST", "/v1/orders", "201", "!request.body.qty"), call("POST", "/v1/orders", "201", "!request.body.kind=a"))
	gives := uses(call("POST", "/v1/orders", "201", "!request.body.gift.wrap"))
	gets := uses(call("GET", "/v1/orders/17", "200"))
	states := uses(call("GET", "/v1/orders/17", "200", "body.state=paid"))
	tests := []struct {
		name string
		use  Use
		edit change.Change
		want Impact
	}{
		{"sends what is not taken any more", sends, edit("request-field-removed", "request.Order.qty", ""), Violated},
		{"lists a request of which a member is not taken any more", fields(post + ".request.body"), edit("request-field-removed", "request.Order.qty", ""), Affected},
		{"does not send what is not taken any more", sends, edit("request-field-removed", "request.Order.gift", ""), Unaffected},
		{"does not send what is asked for now", sends, edit("request-field-required-added", "request.Order.sku", ""), Unaffected}, // no side has it
		{"does not send what is required now", sends, edit("request-field-required", "request.Order.gift", ""), Violated},
		{"always sends what is required now", sends, edit("request-field-required", "request.Order.qty", ""), Unaffected},
		{"sends it in some calls", sometimes, edit("request-field-required", "request.Order.qty", ""), Affected},
		{"sends nothing of an object that asks for more", sends, edit("request-field-required", "request.Gift.wrap", ""), Unaffected},
		{"always sends a member of an object that is required now", gives, edit("request-field-required", "request.Order.gift", ""), Unaffected},
		{"sends no header that is asked for now", sends, edit("parameter-required", post+".header.X-Shop", ""), Violated},
		{"calls something else", gets, edit("parameter-required", post+".header.X-Shop", ""), Unaffected},
		{"lists a field of a response, and calls it without a body", fields(post + `."201"`), edit("request-field-required", "request.Order.qty", ""), Violated},
		{"lists what is required now", fields(post + ".request.body.qty"), edit("request-field-required", "request.Order.qty", ""), Affected},
		{"leaves out what is assumed to be something else", sends, edit("request-default-changed", "request.Order.gift", ""), Affected},
		{"always sends what was assumed", sends, edit("request-default-changed", "request.Order.kind", ""), Unaffected},
		{"sends a value that is refused now", sends, edit("request-enum-value-removed", "request.Order.kind", "a"), Violated},
		{"was not seen to send a value that is refused now", sends, edit("request-enum-value-removed", "request.Order.kind", "b"), Affected},
		{"every caller has to say who it is", gets, edit("anonymous-removed", "security", ""), Affected},
		{"an operation is asked who calls it", gets, edit("anonymous-removed", get, ""), Affected},
		{"another operation is asked who calls it", gets, edit("anonymous-removed", post, ""), Unaffected},
		{"waits for the status, and reads no body", gets, read(change.FieldRemoved, "Order.total", ""), Unaffected},
		{"waits for a status that never comes", gets, read("response-removed", get+`."200"`, ""), Affected},
		{"calls an operation that is gone", gets, read(change.OperationRemoved, get, ""), Violated},
		{"calls another than what is gone", gets, read(change.OperationRemoved, post, ""), Unaffected},
		{"was seen to handle one value, and another is gone", states, read(change.ValueRemoved, "Order.state", "shipped"), Affected},
		{"was seen to handle the value that is gone", states, read(change.ValueRemoved, "Order.state", "paid"), Violated},
		{"was seen to handle some values, and one is new", states, read(change.ValueAdded, "Order.state", "lost"), Affected},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Impacts([]Use{tt.use}, tt.edit, at)[0]; got.Impact != tt.want {
				t.Errorf("got %s (%s), want %s", got.Impact, got.Why, tt.want)
			}
		})
	}
}

func TestANewDemandStandsInTheHeadOnly(t *testing.T) {
	base := api(t, orders)
	head := api(t, strings.Replace(orders, "qty:integer gift", "qty:integer sku:string gift", 1))
	uses := []Use{{Fields: NeededBy([]Call{call("POST", "/v1/orders", "201", "!request.body.qty")}, base).Needs}}
	added := change.Change{Rule: &change.Rule{Idea: "request-field-required-added", Breaks: change.Request}, Path: "request.Order.sku"}
	if h := Impacts(uses, added, schema.Places{Base: base, Head: head})[0]; h.Impact != Violated {
		t.Errorf("got %s (%s)", h.Impact, h.Why)
	}
}

// A file of 50,000 calls, each of another path, against 500 operations.
func BenchmarkNeededBy(b *testing.B) {
	o := &schema.Outline{Decls: make(map[change.Path][]schema.Edge)}
	for i := range 500 {
		root := change.Path("").Join(change.Name(fmt.Sprintf("/v1/things%d/{}", i)))
		o.Roots = append(o.Roots, root)
		o.Decls[root] = []schema.Edge{{Step: "get", Type: schema.Operation, Decl: root.Join("get")}}
		o.Decls[root.Join("get")] = []schema.Edge{{Step: `"200"`, Type: "response", Decl: "Thing"}}
	}
	o.Decls["Thing"] = []schema.Edge{{Step: "body", Type: "body", Decl: "Thing.body"}}
	o.Decls["Thing.body"] = []schema.Edge{{Step: "id"}, {Step: "total"}}
	var calls []Call
	for i := range 50_000 {
		calls = append(calls, call("GET", fmt.Sprintf("/v1/things%d/%d", i%500, i), "200", "body.id", "body.total"))
	}
	for b.Loop() {
		if n := NeededBy(calls, o); n.Over || len(n.Needs) != 1000 {
			b.Fatalf("got %d needs", len(n.Needs))
		}
	}
}
