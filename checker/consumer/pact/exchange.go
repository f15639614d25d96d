package pact

import (
	"net/url"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// exchange reads a request and its response.
func (r *reader) exchange(n *document.Node) {
	request, response := r.member(n, "request"), r.member(n, "response")
	if request == nil || response == nil {
		r.fail(n.At(), `want a "request" and a "response"`)
		return
	}
	method, path := request.Get("method"), request.Get("path")
	switch {
	case method.String() == "":
		r.fail(request.At(), `want a "method" for this request`)
		return
	case !strings.HasPrefix(path.String(), "/") || len(path.Text) > maxName:
		r.fail(place(request, "path"), `want a "path" that begins with / and has at most %d bytes`, maxName)
		return
	}
	call := consumer.Call{Method: strings.ToUpper(clip(method.Text)), Path: path.Text, Span: path.Span}
	if before, query, ok := strings.Cut(path.Text, "?"); ok {
		call.Path = before
		call.Sends = r.queryText(path.Span, query)
	}
	call.Sends = append(call.Sends, r.query(request)...)
	headers := r.headers(request)
	call.SentAs = r.typeOf(headers, request)
	for _, h := range headers {
		switch name := strings.ToLower(h.name.Text); name {
		case "accept", "content-type", "authorization": // which descriptions of APIs say elsewhere
		case "cookie":
			for _, text := range h.values {
				call.Sends = append(call.Sends, r.cookies(h.name.Span, text)...)
			}
		default:
			call.Sends = r.part(call.Sends, h.name.Span, h.values, "header", h.name.Text)
		}
	}
	sent := body{reader: r, rules: r.rules(request, "body"), at: "request.body"}
	call.Sends = append(call.Sends, sent.read(request.Get("body"), call.SentAs)...)

	call.Statuses = r.statuses(response)
	headers = r.headers(response)
	call.ReadAs = r.typeOf(headers, response)
	for _, h := range headers {
		if !strings.EqualFold(h.name.Text, "content-type") {
			call.Reads = r.part(call.Reads, h.name.Span, h.values, "header", h.name.Text)
		}
	}
	read := body{reader: r, rules: r.rules(response, "body"), at: "body"}
	call.Reads = append(call.Reads, read.read(response.Get("body"), call.ReadAs)...)
	r.calls = append(r.calls, call)
}

// part adds the element with these names. A name or a path that is too long is refused.
func (r *reader) part(parts []consumer.Part, at source.Span, values []string, names ...string) []consumer.Part {
	var p change.Path
	for _, name := range names {
		if len(name) > maxName {
			r.fail(at, "the name has %d bytes; the most is %d", len(name), maxName)
			return parts
		}
		p = p.Join(change.Name(name))
	}
	values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return len(v) > maxValue })
	return append(parts, consumer.Part{Path: p, Values: values, Span: at})
}

// query reads parameters: a text before version 3, a map of lists since.
func (r *reader) query(request *document.Node) (parts []consumer.Part) {
	n := request.Get("query")
	switch {
	case n.IsNull():
	case n.Kind == document.Scalar:
		return r.queryText(n.Span, n.Text)
	case n.Kind == document.List:
		r.fail(n.Span, `want "query" as a text or as a map of keys and values`)
	default:
		for i, key := range n.Keys {
			parts = r.part(parts, key.Span, r.texts(n.Items[i]), "query", key.Text)
		}
	}
	return parts
}

func (r *reader) queryText(at source.Span, text string) (parts []consumer.Part) {
	values, err := url.ParseQuery(text)
	if err != nil {
		r.fail(at, "want a query such as page=1&size=20, got %q", clip(text))
	}
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		parts = r.part(parts, at, values[name], "query", name)
	}
	return parts
}

func (r *reader) cookies(at source.Span, text string) (parts []consumer.Part) {
	for one := range strings.SplitSeq(text, ";") {
		if name, value, ok := strings.Cut(strings.TrimSpace(one), "="); ok {
			parts = r.part(parts, at, []string{value}, "cookie", name)
		}
	}
	return parts
}

// A header is one of a request or response.
type header struct {
	name   *document.Node
	values []string
}

func (r *reader) headers(n *document.Node) (all []header) {
	m := r.member(n, "headers")
	if m == nil {
		return nil
	}
	for i, key := range m.Keys {
		all = append(all, header{key, r.texts(m.Items[i])})
	}
	return all
}

// texts returns a text, or those of a list.
func (r *reader) texts(n *document.Node) (all []string) {
	items := []*document.Node{n}
	if n.Kind == document.List {
		items = n.Items
	}
	for _, item := range items {
		if item.Kind != document.Scalar {
			r.fail(item.Span, "want a text, or a list of texts, got %s", thing(item))
			continue
		}
		all = append(all, item.Text)
	}
	return all
}

// typeOf returns the media type of a body: what the body says itself, as of version 4, or
// the header.
func (r *reader) typeOf(headers []header, n *document.Node) string {
	for _, h := range headers {
		if strings.EqualFold(h.name.Text, "content-type") && len(h.values) > 0 {
			return h.values[0]
		}
	}
	if r.isFourth {
		return n.Get("body").Get("contentType").String()
	}
	return ""
}

// The classes of statuses that a matcher can name.
func classesOf(name string) []string {
	return map[string][]string{
		"info": {"1XX"}, "success": {"2XX"}, "redirect": {"3XX"}, "clientError": {"4XX"}, "serverError": {"5XX"},
		"nonError": {"1XX", "2XX", "3XX"}, "error": {"4XX", "5XX"},
	}[name]
}

// statuses reads which statuses the consumer waits for, the recorded one first.
func (r *reader) statuses(response *document.Node) []string {
	isStatus := func(text string) bool {
		return len(text) == 3 && text[0] >= '1' && text[0] <= '5' && strings.Trim(text, "0123456789") == ""
	}
	n := response.Get("status")
	all := []string{"200"}
	if n != nil {
		if !isStatus(n.String()) {
			r.fail(n.Span, `want "status" as a number such as 200, got %s`, thing(n))
			return all
		}
		all[0] = n.Text
	}
	rule := r.member(response, "matchingRules").Get("status")
	rules := []*document.Node{rule}
	if rule.Get("matchers") == nil && rule != nil && rule.Kind == document.Map { // below a path
		rules = rule.Items
	}
	for _, rule := range rules {
		for _, m := range rule.Get("matchers").List() {
			switch s := m.Get("status"); {
			case s == nil:
			case s.Kind == document.List:
				for _, one := range s.Items {
					if isStatus(one.String()) {
						all = append(all, one.Text)
					}
				}
			default:
				all = append(all, classesOf(s.String())...)
			}
		}
	}
	return all
}
