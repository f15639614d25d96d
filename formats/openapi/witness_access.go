package openapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

func isPlainMethod(method string) bool {
	return slices.Contains([]string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}, method)
}

// maxRoutes is how many operations a router is made of.
const maxRoutes = 5000

// gone shows that a request is not routed any more.
func (p *prover) gone() *schema.Witness {
	if p.spot.operation.event() {
		return nil // nobody sends a request that is not made any more
	}
	m := p.minimal(part{kind: parameterPart}, nil, false)
	if m == nil {
		return nil
	}
	var taken []part
	for _, u := range m.used {
		taken = append(taken, u.part)
	}
	if verdict, fit := p.judge(p.base, m, taken, nil); verdict != nil || !fit {
		return nil
	}
	if err := p.route(m); err != nil {
		return p.witness(m, err.Error())
	}
	return nil
}

// route looks for an operation of the head that takes the request. The error says that
// there is none.
func (p *prover) route(m *message) (missing error) {
	paths, routes := jsonObject{}, 0
	head := p.ports[1]
	for _, one := range itemsOf(head, "paths", "") {
		operations := jsonObject{}
		for _, op := range operationsOf(head.lib, one.node) {
			if routes++; isPlainMethod(op.shape) {
				operations[op.shape] = jsonObject{"responses": jsonObject{"default": jsonObject{"description": ""}}}
			}
		}
		paths[one.key.Text] = operations
	}
	text, err := json.Marshal(jsonObject{"openapi": "3.0.3", "info": jsonObject{"title": "routes", "version": "1"}, "paths": paths})
	if err != nil || routes > maxRoutes {
		return nil
	}
	_ = guarded(func() error {
		doc, err := (&openapi3.Loader{Context: p.ctx, ReadFromURIFunc: readNothing}).LoadFromData(text)
		if err != nil {
			return err
		}
		router, err := gorillamux.NewRouter(doc)
		if err != nil {
			return err
		}
		r, err := http.NewRequestWithContext(p.ctx, m.method, m.target(), nil)
		if err != nil {
			return err
		}
		if _, _, err = router.FindRoute(r); err != nil {
			missing = errors.New(firstLine(err.Error()))
		}
		return nil
	})
	return missing
}

// credentials shows that what let a caller in is not enough.
func (p *prover) credentials() *schema.Witness {
	ways, anonymous := waysOf(p.base.security)
	if p.change.Rule == anonymousRemoved {
		if !anonymous {
			return nil
		}
		return p.letIn(way{})
	}
	for _, w := range ways {
		named := w.name() == p.change.Key
		for scheme := range w.scopes {
			named = named || strings.HasPrefix(p.change.Key, scheme+" ")
		}
		if named {
			if found := p.letIn(w); found != nil {
				return found
			}
		}
	}
	return nil
}

// scheme shows that the credentials of a scheme that changed are not understood, in the
// first operation that takes them.
func (p *prover) scheme() *schema.Witness {
	if p.change.Rule != schemeChanged {
		return nil
	}
	_, name := p.change.Path.Split()
	base, head := p.ports[0], p.ports[1]
	heads := itemsOf(head, "paths", head.settings.stripPrefix)
	for _, b := range itemsOf(base, "paths", base.settings.stripPrefix) {
		h, ok := find(heads, b.shape)
		if !ok {
			continue
		}
		basePath, _ := base.lib.deref(b.node)
		headPath, _ := head.lib.deref(h.node)
		now := operationsOf(head.lib, headPath)
		for _, op := range operationsOf(base.lib, basePath) {
			is, ok := find(now, op.shape)
			if !ok {
				continue
			}
			o := &operation{outer: &pathSide{base: b, head: h}, b: op, h: is, basePath: basePath, headPath: headPath}
			p.sides(o)
			ways, _ := waysOf(p.base.security)
			for _, w := range ways {
				if _, ok := w.scopes[plainStep(name)]; ok {
					return p.letIn(w)
				}
			}
		}
	}
	return nil
}

// plainStep is the name that a step stands for.
func plainStep(s change.Step) string {
	if text, ok := strings.CutPrefix(string(s), `"`); ok {
		return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(strings.TrimSuffix(text, `"`))
	}
	return string(s)
}

// letIn shows that a caller with the credentials of one way is let in by the base, and
// not by the head.
func (p *prover) letIn(w way) *schema.Witness {
	m := p.minimal(part{kind: parameterPart}, nil, false)
	if m == nil {
		return nil
	}
	m.token = w.scopes
	var names []string
	for name := range w.scopes {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if n, _ := p.base.lib.deref(p.base.schemes.Get(name)); !m.show(n, w.scopes[name]) {
			return nil
		}
	}
	var taken []part
	for _, u := range m.used {
		taken = append(taken, u.part)
	}
	if verdict, fit := p.judge(p.base, m, taken, p.base.security); verdict != nil || !fit {
		return nil
	}
	verdict, fit := p.judge(p.head, m, nil, p.head.security)
	if why, ok := refusal(verdict); fit && ok {
		return p.witness(m, why)
	}
	return nil
}

// show puts credentials into a request.
func (m *message) show(scheme *document.Node, scopes []string) bool {
	switch kind := scheme.Get("type").String(); kind {
	case "apiKey":
		return m.set(scheme.Get("in").String(), scheme.Get("name").String(), "", "key")
	case "http":
		return m.set("header", "Authorization", "", scheme.Get("scheme").String()+" …")
	case "oauth2", "openIdConnect":
		token := "Bearer …"
		if len(scopes) > 0 {
			token = "Bearer … (" + strings.Join(scopes, " ") + ")"
		}
		return m.set("header", "Authorization", "", token)
	}
	return false // mutualTLS leaves no trace in a request
}

// holds says whether the request has the credentials that a scheme asks for.
func (m *message) holds(in *openapi3filter.AuthenticationInput) error {
	r, s := in.RequestValidationInput.Request, in.SecurityScheme
	found, prefix := "", ""
	switch s.Type {
	case "apiKey":
		switch s.In {
		case "header":
			found = r.Header.Get(s.Name)
		case "query":
			found = r.URL.Query().Get(s.Name)
		case "cookie":
			if c, err := r.Cookie(s.Name); err == nil {
				found = c.Value
			}
		}
	case "http":
		found, prefix = r.Header.Get("Authorization"), s.Scheme
	case "oauth2", "openIdConnect":
		found, prefix = r.Header.Get("Authorization"), "Bearer"
	default:
		return unfitError{"credentials of type " + s.Type}
	}
	if found == "" || len(found) < len(prefix) || !strings.EqualFold(found[:len(prefix)], prefix) {
		return fmt.Errorf("no credentials for %s", in.SecuritySchemeName)
	}
	for _, scope := range in.Scopes {
		if !slices.ContainsFunc(allOf(m.token), func(has string) bool { return has == scope }) {
			return fmt.Errorf("no scope %s", scope)
		}
	}
	return nil
}

func allOf(token map[string][]string) (scopes []string) {
	for _, some := range token {
		scopes = append(scopes, some...)
	}
	return scopes
}

// secured writes what a caller has to show, and the schemes.
func (s *side) secured(e *extract, security *document.Node) (requirements []any, schemes jsonObject) {
	schemes = jsonObject{}
	for i, key := range keysOf(s.schemes) {
		n, _ := s.lib.deref(s.schemes.Items[i])
		one := jsonObject{}
		for _, keyword := range []string{"type", "name", "in", "scheme"} {
			if v := n.Get(keyword); v != nil {
				one[keyword] = e.value(v)
			}
		}
		schemes[key.Text] = one
	}
	for _, one := range security.List() {
		requirement := jsonObject{}
		for i, key := range keysOf(one) {
			scopes := []string{}
			for _, scope := range one.Items[i].List() {
				scopes = append(scopes, scope.Text)
			}
			requirement[key.Text] = scopes
		}
		requirements = append(requirements, requirement)
	}
	return requirements, schemes
}
