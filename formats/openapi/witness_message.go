package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A message is a request, or a response if it has a status.
type message struct {
	method   string
	template string
	path     map[string]string // by the place of the parameter: {0}
	query    query
	header   http.Header
	hasBody  bool
	body     string
	status   int
	token    map[string][]string // the scopes that the caller has, by security scheme
	used     []used              // what it was made of
	asides   []aside             // values of parameters that are not written as they would be sent
}

// An aside is a parameter whose value is told beside the message.
type aside struct{ in, name, text string }

// A used is a part of a message and its value.
type used struct {
	part  part
	value any
}

func (m *message) isResponse() bool {
	return len(m.used) > 0 && m.used[0].part.isResponse() || m.status != 0
}

func newMessage(method, template string) *message {
	return &message{method: strings.ToUpper(method), template: template, path: make(map[string]string), header: make(http.Header)}
}

// A query keeps the order in which it was written.
type query [][2]string

func (q query) encode() string {
	parts := make([]string, len(q))
	for i, one := range q {
		parts[i] = url.QueryEscape(one[0]) + "=" + url.QueryEscape(one[1])
	}
	return strings.Join(parts, "&")
}

// pathFor names the parameters of the path as another template does.
func (m *message) pathFor(template string) map[string]string {
	named := make(map[string]string)
	for _, name := range placeholders(template) {
		if text, ok := m.path[placeholder(template, name)]; ok {
			named[name] = text
		}
	}
	return named
}

// placeholders lists the names of the parameters in a template.
func placeholders(template string) (names []string) {
	for part := range strings.SplitSeq(template, "{") {
		if name, _, ok := strings.Cut(part, "}"); ok {
			names = append(names, name)
		}
	}
	return names
}

// String writes the message in a line for people.
func (m *message) String() string {
	var b strings.Builder
	if m.status != 0 {
		fmt.Fprintf(&b, "%d from %s %s", m.status, m.method, m.template)
	} else {
		fmt.Fprintf(&b, "%s %s", m.method, m.target())
	}
	for _, name := range slices.Sorted(maps.Keys(m.header)) {
		if name == "Content-Type" && m.header.Get(name) == "application/json" {
			continue
		}
		if slices.ContainsFunc(m.asides, func(a aside) bool { return strings.EqualFold(a.name, name) }) {
			continue
		}
		fmt.Fprintf(&b, " %s: %s", name, strings.Join(m.header[name], ", "))
	}
	if m.hasBody {
		b.WriteString(" " + m.body)
	}
	for _, a := range m.asides {
		fmt.Fprintf(&b, " with %s %s = %s", a.in, a.name, a.text)
	}
	return b.String()
}

// target is what the request asks for.
func (m *message) target() string {
	target, asked := m.template, query{}
	for _, one := range m.query {
		if !slices.ContainsFunc(m.asides, func(a aside) bool { return a.in == "query" && a.name == one[0] }) {
			asked = append(asked, one)
		}
	}
	for name, text := range m.pathFor(m.template) {
		target = strings.ReplaceAll(target, "{"+name+"}", url.PathEscape(text))
	}
	if len(asked) > 0 {
		target += "?" + asked.encode()
	}
	return target
}

// plain makes text of a value that is no list and no object.
func plain(v any) (text string, ok bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case json.Number:
		return v.String(), true
	}
	return "", false
}

// flat makes texts of a list, or of the names and values of an object.
func flat(v any, between string) (texts []string, ok bool) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			text, ok := plain(one)
			if !ok || strings.ContainsAny(text, ",|; .") {
				return nil, false
			}
			texts = append(texts, text)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			text, ok := plain(v[name])
			if !ok || strings.ContainsAny(name+text, ",|; .=") {
				return nil, false
			}
			if between == "" {
				texts = append(texts, name, text)
			} else {
				texts = append(texts, name+between+text)
			}
		}
	default:
		text, ok := plain(v)
		return []string{text}, ok
	}
	return texts, len(texts) > 0
}

// put writes a value as a parameter, or a header of a response, says. It is false for
// what cannot be written so.
func (m *message) put(n *document.Node, in, name, key string, v any) bool {
	if n.Get("content") != nil {
		text, err := json.Marshal(v)
		return err == nil && m.set(in, name, key, string(text))
	}
	style, rest, _ := strings.Cut(serialisation(param{in: in, node: n}), ", ")
	explode := strings.HasPrefix(rest, "explode")
	_, isObject := v.(map[string]any)
	_, isList := v.([]any)
	if in == "query" && (isObject || isList) && (explode || style == "deepObject") {
		return m.spread(style, name, v)
	}
	between := ""
	if explode {
		between = "="
	}
	texts, ok := flat(v, between)
	separator := map[string]string{"spaceDelimited": " ", "pipeDelimited": "|", "label": ".", "matrix": ","}[style]
	if separator == "" || style == "label" && !explode {
		separator = ","
	}
	text := strings.Join(texts, separator)
	switch {
	case style == "label":
		text = "." + text
	case style == "matrix" && explode && isObject:
		text = ";" + strings.Join(texts, ";")
	case style == "matrix" && explode && isList:
		text = ";" + name + "=" + strings.Join(texts, ";"+name+"=")
	case style == "matrix":
		text = ";" + name + "=" + text
	}
	return ok && m.set(in, name, key, text)
}

// spread writes a list or an object as several members of a query.
func (m *message) spread(style, name string, v any) bool {
	if list, ok := v.([]any); ok {
		for _, one := range list {
			text, ok := plain(one)
			if !ok {
				return false
			}
			m.query = append(m.query, [2]string{name, text})
		}
		return len(list) > 0
	}
	members, _ := v.(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(members)) {
		text, ok := plain(members[key])
		if !ok {
			return false
		}
		if style == "deepObject" {
			key = name + "[" + key + "]"
		}
		m.query = append(m.query, [2]string{key, text})
	}
	return len(members) > 0
}

func (m *message) set(in, name, key, text string) bool {
	switch in {
	case "query":
		m.query = append(m.query, [2]string{name, text})
	case "path":
		m.path[key] = text
		return text != "" && !strings.Contains(text, "/")
	case "cookie":
		return !strings.ContainsAny(text, ";, \"") && m.set("header", "Cookie", "", name+"="+text)
	case "header":
		m.header.Add(name, text)
		return !strings.ContainsAny(text, "\r\n")
	default:
		return false
	}
	return true
}

// fill writes a value as the body in a media type.
func (m *message) fill(media string, v any) bool {
	m.hasBody = true
	concrete := strings.ReplaceAll(strings.ReplaceAll(media, "*/*", "application/json"), "/*", "/json")
	m.header.Set("Content-Type", concrete)
	bare, _, _ := strings.Cut(strings.ToLower(concrete), ";")
	switch bare = strings.TrimSpace(bare); {
	case bare == "application/x-www-form-urlencoded":
		form, ok := v.(map[string]any)
		var inner message
		ok = ok && inner.spread("form", "", form)
		m.body = inner.query.encode()
		return ok
	case bare == "multipart/form-data":
		return m.multipart(v)
	case isTyped(media):
		text, err := json.Marshal(v)
		m.body = string(text)
		return err == nil
	default:
		text, ok := plain(v)
		m.body = text
		return ok && text != ""
	}
}

func (m *message) multipart(v any) bool {
	form, ok := v.(map[string]any)
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if !ok || w.SetBoundary("part") != nil {
		return false
	}
	for _, name := range slices.Sorted(maps.Keys(form)) {
		header := textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf("form-data; name=%q", name)}}
		text, ok := plain(form[name])
		if !ok {
			body, err := json.Marshal(form[name])
			if err != nil {
				return false
			}
			text, header["Content-Type"] = string(body), []string{"application/json"}
		}
		part, err := w.CreatePart(header)
		if err != nil {
			return false
		}
		fmt.Fprint(part, text)
	}
	m.body = ""
	if w.Close() == nil {
		m.body = b.String()
	}
	m.header.Set("Content-Type", w.FormDataContentType())
	return len(form) > 0
}
