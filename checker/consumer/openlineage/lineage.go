package openlineage

import (
	"strings"

	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A run is what the events of one run of a job say. Its first event often lists
// inputs, and its last one their lineage: so they are put together before what is
// not mentioned counts as read whole.
type run struct {
	use    consumer.Use
	inputs map[string]*input // by namespace and name
	order  []string
}

// An input is a dataset that a run reads.
type input struct {
	table   consumer.Table
	columns []consumer.Column
	whole   bool // some lineage names it without a column
	told    bool // the lineage tells what a column is for
	span    source.Span
}

// input notes a dataset that is read.
func (r *run) input(n *document.Node) *input {
	namespace, name := n.Get("namespace").String(), n.Get("name").String()
	if name == "" {
		return nil
	}
	key := namespace + "\x00" + name
	in := r.inputs[key]
	if in == nil {
		in = &input{table: tableOf(n, namespace, name), span: n.At()}
		r.inputs[key] = in
		r.order = append(r.order, key)
	}
	return in
}

// Namespaces whose names are no tables in schemas: topics and paths.
var flat = []string{"kafka", "pulsar", "kinesis", "pubsub", "s3", "s3a", "gs", "gcs", "abfs", "abfss", "wasb", "wasbs", "hdfs", "dbfs", "file", "sftp"}

// tableOf returns what queries call a dataset: the table that a path is known as, or
// its name taken apart.
func tableOf(n *document.Node, namespace, name string) consumer.Table {
	for _, link := range n.Get("facets").Get("symlinks").Get("identifiers").List() {
		if t := consumer.ParseTable(link.Get("name").String()); t != nil && strings.EqualFold(link.Get("type").String(), "table") {
			return t
		}
	}
	scheme, _, _ := strings.Cut(namespace, ":")
	for _, s := range flat {
		if strings.EqualFold(scheme, s) {
			return consumer.Table{name}
		}
	}
	if t := consumer.ParseTable(name); t != nil {
		return t
	}
	return consumer.Table{name}
}

// lineage reads the facets of an output, or of a dataset that an event is about.
func (r *run) lineage(out *document.Node) {
	facets := out.Get("facets")
	columns := facets.Get("columnLineage")
	indirect := columns.Get("dataset")
	for _, f := range fieldsOf(columns.Get("fields")) {
		for _, in := range r.reads(f.Get("inputFields").List(), false) {
			in.told = in.told || indirect != nil
		}
	}
	r.reads(indirect.List(), false)
	r.explicit(facets.Get("lineage"))
}

// fieldsOf lists what an output's lineage says of each of its columns.
func fieldsOf(n *document.Node) []*document.Node {
	if n == nil || n.Kind != document.Map {
		return nil
	}
	return n.Items
}

// explicit reads the lineage facet: the inputs of an entity and of its fields.
func (r *run) explicit(facet *document.Node) {
	fields := fieldsOf(facet.Get("fields"))
	r.reads(facet.Get("inputs").List(), len(fields) > 0)
	for _, f := range fields {
		r.reads(f.Get("inputs").List(), false)
	}
}

// reads notes columns that are read, and what for. An input without a column is read
// as a whole, unless the fields say which of it.
func (r *run) reads(list []*document.Node, inFields bool) (all []*input) {
	for _, n := range list {
		in := r.input(n)
		if in == nil { // a job, or a dataset without a name
			continue
		}
		all = append(all, in)
		c := consumer.Column{Name: n.Get("field").String(), Span: n.At()}
		transformations := n.Get("transformations").List()
		for _, t := range transformations {
			in.told = true
			if use := use(t); use != "" {
				c.Uses = append(c.Uses, use)
			}
		}
		if c.Name != "" {
			in.columns = append(in.columns, c)
		} else if len(transformations) > 0 || !inFields {
			in.whole = true
		}
	}
	return all
}

// use says what a transformation takes a column for.
func use(n *document.Node) string {
	if strings.EqualFold(n.Get("type").String(), "DIRECT") {
		return "select"
	}
	switch sub := strings.ToLower(n.Get("subtype").String()); sub {
	case "group_by":
		return "group"
	case "sort":
		return "order"
	default:
		return sub
	}
}

// gather adds what the run reads.
func (r *run) gather(g *consumer.Gatherer) {
	for _, key := range r.order {
		in := r.inputs[key]
		reading := consumer.Reading{Use: r.use, Table: in.table}
		reading.Span = in.span
		switch {
		case in.whole || len(in.columns) == 0:
			reading.Unclear = "has no lineage of columns"
		default:
			reading.Columns = in.columns
			if !in.told {
				reading.Evidence.Doubt = "its lineage does not tell filters and joins"
			}
		}
		g.Add(reading)
	}
}
