// Package agreements reads contracts of use between a provider and a consumer: Data
// Usage Agreements 0.0.1 and the access agreements that Bitol drafts (OAAS).
//
// An agreement says who may read a port and until when, and names no fields, so its
// consumer needs all of them. Only one that is approved counts; one that was asked
// for, or refused, or has ended is noted.
package agreements

import (
	"cmp"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// Read reads every agreement in a file. Agreements that a file repeats count once.
func Read(file string, text []byte, from consumer.Import, _ consumer.Queries) (consumer.Imported, error) {
	docs, err := document.ParseAll(file, text)
	if err != nil {
		return consumer.Imported{}, err
	}
	var r reader
	var g consumer.Gatherer
	if len(docs) == 0 {
		r.Addf(source.Top(file), "want %s, got an empty file", wanted)
	}
	for _, doc := range docs {
		if reading, ok := r.agreement(doc, from); ok {
			g.Add(reading)
		}
	}
	return consumer.Imported{Readings: g.Readings(), Notes: r.notes}, r.Err()
}

const wanted = "a Data Usage Agreement (dataUsageAgreementSpecification: 0.0.1) or an access agreement (kind: AccessAgreement)"

type reader struct {
	document.Problems
	notes []*source.Error
}

func (r *reader) agreement(doc *document.Node, from consumer.Import) (reading consumer.Reading, counts bool) {
	spec := doc.Get("dataUsageAgreementSpecification")
	if spec.IsNull() && doc.Get("kind").String() != "AccessAgreement" {
		r.Addf(doc.At(), "want %s", wanted)
		return reading, false
	}
	if spec.String() != "" && !strings.HasPrefix(spec.String(), "0.0.") {
		r.Addf(spec.At(), "Data Usage Agreements of version %q are not read; 0.0.1 is", spec.String())
		return reading, false
	}
	provider, reader := doc.Get("provider"), doc.Get("consumer")
	id := cmp.Or(reader.Get("dataProductId").String(), reader.Get("userId").String(), reader.Get("teamId").String(), from.Consumer.ID)
	names := portNames(provider)
	contract := provider.Get("dataContractId").String()
	switch {
	case id == "":
		r.Addf(at(doc, "consumer"), `want "dataProductId", "userId" or "teamId": who the consumer is`)
		return reading, false
	case len(names) == 0 && contract == "":
		r.Addf(at(doc, "provider"), `want "outputPortId" or "dataContractId": what is read`)
		return reading, false
	}
	u := consumer.Use{Consumer: from.Named(id), ContractID: contract, Evidence: from.Evidence(time.Time{}), Span: at(doc, "consumer")}
	u.Team = cmp.Or(u.Team, reader.Get("teamId").String())
	u.Purpose = cmp.Or(said(doc, "purpose").String(), doc.Get("description").Get("purpose").String())
	if version := provider.Get("dataContractVersion").String(); version != "" {
		u.Version = "^" + strings.TrimPrefix(version, "v")
	}
	u.Until = r.date(doc, "end", "endDate")
	r.date(doc, "start", "startDate") // who will read it is a consumer already
	if contract != "" {
		names = nil // it says all
	}
	return consumer.Reading{Use: u, Ports: names}, r.approved(doc, u)
}

// approved reports whether an agreement counts, and notes why not.
func (r *reader) approved(doc *document.Node, u consumer.Use) bool {
	status := said(doc, "status")
	switch strings.ToLower(status.String()) {
	case "approved", "active":
		if active := said(doc, "active"); strings.EqualFold(active.String(), "false") && u.Until.IsZero() {
			r.notes = append(r.notes, source.Errorf(active.At(), "the agreement of %s is not active, so it does not count", u.ID))
			return false
		}
		return true
	case "requested", "pending", "rejected", "cancelled", "canceled", "expired", "revoked":
		r.notes = append(r.notes, source.Errorf(status.At(), "the agreement of %s is %s, so it does not count", u.ID, strings.ToLower(status.Text)))
		return false
	}
	span := doc.At()
	if status != nil {
		span = status.Span
	}
	r.Addf(span, "want approved, requested or rejected for the status of the agreement, got %q", status.String())
	return true // who cannot be told not to read, reads
}

// said returns a member that stands at the top or in "info".
func said(doc *document.Node, keys ...string) *document.Node {
	for _, key := range keys {
		for _, within := range []*document.Node{doc.Get("info"), doc} {
			if n := within.Get(key); !n.IsNull() {
				return n
			}
		}
	}
	return nil
}

func (r *reader) date(doc *document.Node, keys ...string) time.Time {
	n := said(doc, keys...)
	if n == nil || n.String() == "" {
		return time.Time{}
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, n.Text); err == nil {
			return t
		}
	}
	r.Addf(n.Span, "want a date such as 2027-01-31, got %q", n.Text)
	return time.Time{}
}

func at(doc *document.Node, key string) source.Span {
	if n := doc.Get(key); n != nil {
		return n.Span
	}
	return doc.At()
}

// portNames lists what a port may be called here: the product's name and the port's,
// where the product is named by a URN, too.
func portNames(provider *document.Node) []string {
	port := provider.Get("outputPortId").String()
	if port == "" {
		return nil
	}
	names := []string{port}
	if product := provider.Get("dataProductId").String(); product != "" {
		short := product[strings.LastIndexAny(product, ":/")+1:]
		names = []string{product + "/" + port, short + "/" + port, port}
	}
	return names
}
