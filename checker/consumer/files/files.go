// Package files reads the registrations that consumers write by hand:
//
//	apiVersion: breakwater/v1
//	kind: Consumption
//	consumer: {id: finance.kpi, team: finance, criticality: high}
//	consumes:
//	  - port: checkout/orders
//	    needs:
//	      fields: [{path: Order.email, uses: [join]}]
//	      slo: [{property: freshness, atMost: 26h}]
//
// The format is ours, so it is read strictly: a key that nobody knows is an
// error at its line, because a need that is not understood protects nobody.
package files

import (
	"github.com/Masterminds/semver/v3"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// Patterns are the places where registrations are looked for.
var Patterns = [...]string{"consumers/**/*.yaml", "consumers/**/*.yml", Own}

// Own is a consumer's registration in its own repository. What it reads usually
// stands elsewhere, so an unknown port is no error there.
const Own = ".breakwater/consumes.yaml"

// Claims reports whether n is a registration.
func Claims(n *document.Node) bool { return n.Get("kind").String() == "Consumption" }

// Parse reads the registrations in one file. It returns what it could read
// together with its errors, joined.
func Parse(path string, text []byte) ([]consumer.Use, error) {
	docs, err := document.ParseAll(path, text)
	if err != nil {
		return nil, err
	}
	return Read(docs)
}

// Read reads documents, each of which is a registration.
func Read(docs []*document.Node) ([]consumer.Use, error) {
	var r reader
	var uses []consumer.Use
	for _, doc := range docs {
		uses = append(uses, r.registration(doc)...)
	}
	return uses, r.Err()
}

type reader struct{ document.Problems }

func (r *reader) registration(doc *document.Node) []consumer.Use {
	f := r.Fields(doc, "a registration")
	f.Require("apiVersion")
	f.OneOf("apiVersion", "breakwater/v1")
	f.Require("kind")
	f.OneOf("kind", "Consumption")
	f.Require("consumer")
	c := r.consumer(f.Fields("consumer"))
	for _, contact := range f.Each("contacts") {
		c.Contacts = append(c.Contacts, consumer.Contact{Channel: contact.Required("channel"), Target: contact.Required("target")})
		contact.Texts("events") // which of them to send is the notifier's business
		contact.Done()
	}
	var uses []consumer.Use
	for _, entry := range f.Each("consumes") {
		u := r.use(entry)
		u.Consumer = c
		uses = append(uses, u)
	}
	f.Done()
	return uses
}

func (r *reader) consumer(f *document.Fields) consumer.Consumer {
	c := consumer.Consumer{
		ID: f.Required("id"), Team: f.Text("team"), Repo: f.Text("repo"), Owners: f.Texts("owners"),
		Criticality: f.OneOf("criticality", "low", "medium", "high", "critical"),
	}
	f.Text("type")
	f.Done()
	return c
}

func (r *reader) use(f *document.Fields) consumer.Use {
	u := consumer.Use{
		Port: f.Text("port"), ContractID: f.Text("contractId"), Version: f.Text("version"), Purpose: f.Text("purpose"),
		SelectAll: f.OneOf("select", "named", "*") == "*", Validates: f.Bool("validates"),
		Until: f.Date("until"), Span: f.At("port"), Evidence: consumer.Evidence{Source: "declared"},
	}
	if u.Port == "" {
		u.Span = f.At("contractId")
	}
	if f.Node != nil && u.Port == "" && u.ContractID == "" {
		f.Problem("port", `want "port" or "contractId": whose data it reads`)
	}
	if _, err := semver.NewConstraint(u.Version); u.Version != "" && err != nil {
		f.Problem("version", `want a range of versions such as "^1", got %q`, u.Version)
	}
	for i, name := range f.Texts("via") {
		s, ok := change.ParseSurface(name)
		if !ok {
			r.Addf(f.Node.Get("via").Items[i].Span, "want a way of reading, got %q%s", name, document.Suggest(name, change.SurfaceNames()))
			continue
		}
		u.Via |= s
	}
	f.Date("since")
	if f.Has("evidence") {
		e := f.Fields("evidence")
		u.Evidence = consumer.Evidence{Source: e.OneOf("source", "declared", "openlineage", "dbt", "query-log", "sql"), ObservedAt: e.Date("observedAt")}
		e.Done()
	}
	r.needs(f.Fields("needs"), &u)
	f.Done()
	return u
}

// Needs reads what a consumer needs of a port into u, wherever it is written the way
// that a registration has it.
func Needs(n *document.Node, u *consumer.Use) error {
	var r reader
	r.needs(r.Fields(n, "needs"), u)
	return r.Err()
}

func (r *reader) needs(f *document.Fields, u *consumer.Use) {
	for _, n := range f.List("fields") {
		if need, ok := r.field(n); ok {
			u.Fields = append(u.Fields, need)
		}
	}
	if f.Has("slo") {
		u.SLO = []consumer.Bound{} // an empty list says that it relies on none
	}
	for _, n := range f.Each("slo") {
		if b, ok := r.bound(n); ok {
			r.possible(u.SLO, b)
			u.SLO = append(u.SLO, b)
		}
	}
	u.Quality = f.Texts("quality")
	u.MaxClassification = f.Text("maxClassification")
	if text := f.Text("notice"); text != "" {
		q, unit, err := slo.ParseQuantity(text)
		if err != nil || unit != "s" {
			f.Problem("notice", "want a time such as P30D, got %q", text)
		}
		u.Notice = q
	}
	f.Done()
}

// field reads a need: a map, or just the path.
func (r *reader) field(n *document.Node) (consumer.Need, bool) {
	need := consumer.Need{Span: n.At()}
	text := n.String()
	if n.Kind != document.Scalar {
		f := r.Fields(n, `each of "fields"`)
		text = f.Required("path")
		need.Span = f.At("path")
		need.Uses, need.Values, need.Exhaustive = f.Texts("uses"), f.Texts("values"), f.Bool("exhaustive")
		f.Texts("require")
		f.Done()
	}
	if text == "" {
		return need, false
	}
	path, err := change.Parse(text)
	if err != nil {
		r.Addf(need.Span, "%w", err)
	}
	need.Path = path
	return need, err == nil
}

// bound reads an objective that the consumer needs: a property, and at most or
// at least how much of it.
func (r *reader) bound(f *document.Fields) (consumer.Bound, bool) {
	property := f.Required("property") // latencyP99 says of which cases, too
	b := consumer.Bound{Property: slo.Property(property), Span: f.At("property")}
	atMost, atLeast := f.Text("atMost"), f.Text("atLeast")
	key, comparator, text := "atMost", slo.AtMost, atMost
	if atLeast != "" {
		key, comparator, text = "atLeast", slo.AtLeast, atLeast
	}
	if f.Node != nil && (atMost == "") == (atLeast == "") {
		f.Problem("property", `want either "atMost" or "atLeast"`)
		text = ""
	}
	ok := text != ""
	if ok {
		limit, err := slo.Promised(property, slo.Word{Text: text, Span: f.At(key)}, slo.Word{})
		if err == nil && (limit.Text != "" || limit.Comparator == slo.Between) {
			err = source.Errorf(f.At(key), "want a quantity such as 26h or 99.5%%, got %q", text)
		}
		r.Add(err)
		limit.Comparator = comparator
		b.Limit, b.Raw, ok = limit, text, err == nil
	}
	if element := f.Text("element"); element != "" {
		path, err := change.Parse(element)
		if err != nil {
			r.Addf(f.At("element"), "%w", err)
		}
		b.Element = path
	}
	f.Done()
	return b, ok && b.Property != ""
}

// possible reports a bound that no promise can keep together with one of others: at
// most one hour, and at least two.
func (r *reader) possible(others []consumer.Bound, b consumer.Bound) {
	for _, o := range others {
		if o.Property != b.Property || o.Element != b.Element || o.Unit != b.Unit || o.Comparator == b.Comparator {
			continue
		}
		most, least := o, b
		if b.Comparator == slo.AtMost {
			most, least = b, o
		}
		if sign, sure := most.Quantity.Cmp(least.Quantity); sure && sign < 0 {
			e := source.Errorf(b.Span, "%s of at most %s and of at least %s contradict each other; the other is at %s", b.Property, most.Raw, least.Raw, o.Span)
			e.Also = []source.Span{o.Span}
			r.Add(e)
		}
	}
}
