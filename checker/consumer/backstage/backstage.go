// Package backstage reads catalog-info.yaml, in which components say which APIs they
// consume and what they depend on.
//
// A component names an API of the catalog, and not a port. The two are the same where
// the port's id, or the last step of it, is the API's name; an annotation says it
// where it is not, on the API or on the component:
//
//	metadata: {name: orders-api, annotations: {breakwater/port: checkout/orders}}
package backstage

import (
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// PortAnnotation names the port that an entity of the catalog stands for.
const PortAnnotation = "breakwater/port"

// Read reads every entity in a file.
func Read(file string, text []byte, from consumer.Import, _ consumer.Queries) (consumer.Imported, error) {
	docs, err := document.ParseAll(file, text)
	if err != nil {
		return consumer.Imported{}, err
	}
	r := reader{from: from, ports: make(map[string]string)}
	entities := 0
	for _, doc := range docs {
		if !strings.HasPrefix(doc.Get("apiVersion").String(), "backstage.io/") || doc.Get("kind").String() == "" {
			r.Addf(doc.At(), "want an entity of Backstage, with an apiVersion that begins with backstage.io/ and a kind")
			continue
		}
		entities++
		if port := doc.Get("metadata").Get("annotations").Get(PortAnnotation).String(); port != "" {
			r.ports[strings.ToLower(doc.Get("kind").String()+":"+name(doc))] = port
		}
	}
	if entities == 0 && len(docs) == 0 {
		r.Addf(source.Top(file), "want an entity of Backstage, got an empty file")
	}
	for _, doc := range docs {
		r.entity(doc)
	}
	return consumer.Imported{Readings: r.gathered.Readings()}, r.Err()
}

type reader struct {
	document.Problems
	from     consumer.Import
	ports    map[string]string // by kind:name of an entity in this file, the port that it stands for
	gathered consumer.Gatherer
}

// name returns an entity's name, with its namespace unless that is the default.
func name(doc *document.Node) string {
	meta := doc.Get("metadata")
	if ns := meta.Get("namespace").String(); ns != "" && ns != "default" {
		return ns + "/" + meta.Get("name").String()
	}
	return meta.Get("name").String()
}

func (r *reader) entity(doc *document.Node) {
	spec := doc.Get("spec")
	refs := append(r.refs(spec, "consumesApis", "api"), r.refs(spec, "dependsOn", "component")...)
	if len(refs) == 0 {
		return
	}
	if name(doc) == "" {
		r.Addf(doc.At(), "want a name for this entity")
		return
	}
	u := consumer.Use{Consumer: r.from.Named(name(doc)), Evidence: r.from.Evidence(time.Time{})}
	if owner := spec.Get("owner").String(); u.Team == "" && owner != "" {
		u.Team = owner[strings.LastIndexAny(owner, ":/")+1:]
	}
	if slug := doc.Get("metadata").Get("annotations").Get("github.com/project-slug").String(); u.Repo == "" {
		u.Repo = slug
	}
	if u.Criticality == "" && spec.Get("lifecycle").String() == "experimental" {
		u.Criticality = "low"
	}
	u.Purpose = doc.Get("metadata").Get("description").String()
	for _, ref := range refs {
		reading := consumer.Reading{Use: u}
		reading.Span = ref.span
		if reading.Port = r.ports[ref.kind+":"+strings.ToLower(ref.name)]; reading.Port == "" {
			reading.Ports = []string{ref.name}
		}
		r.gathered.Add(reading)
	}
}

// A ref is a reference to an entity: api:default/orders.
type ref struct {
	kind, name string
	span       source.Span
}

// refs reads the references of one member that may be to something which serves
// data.
func (r *reader) refs(spec *document.Node, key, kind string) (refs []ref) {
	list := spec.Get(key)
	if !list.IsNull() && list.Kind != document.List {
		r.Addf(list.Span, "want a list for %q", key)
	}
	for _, n := range list.List() {
		k, rest, ok := strings.Cut(n.String(), ":")
		if !ok {
			k, rest = kind, n.String()
		}
		k = strings.ToLower(k)
		rest = strings.TrimPrefix(rest, "default/")
		switch {
		case rest == "":
			r.Addf(n.At(), "want a reference such as api:default/orders, got %q", n.String())
		case k == "api" || k == "resource" || k == "component":
			refs = append(refs, ref{k, rest, n.Span})
		}
	}
	return refs
}
