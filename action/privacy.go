package action

import (
	"slices"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
)

// redacted returns what strangers may read of r: consumers by their ids, and no team,
// owner or contact. What a report does not have it cannot print.
func redacted(r *checker.Result) *checker.Result {
	open := *r
	open.Consumers = make([]consumer.Consumer, len(r.Consumers))
	for i, c := range r.Consumers {
		open.Consumers[i] = anonymous(c)
	}
	open.Findings = slices.Clone(r.Findings)
	for i := range open.Findings {
		open.Findings[i] = discreet(open.Findings[i])
	}
	return &open
}

func discreet(f policy.Finding) policy.Finding {
	f.Hits = slices.Clone(f.Hits)
	for i := range f.Hits {
		f.Hits[i].Use.Consumer = anonymous(f.Hits[i].Use.Consumer)
	}
	return f
}

func anonymous(c consumer.Consumer) consumer.Consumer {
	return consumer.Consumer{ID: c.ID, Criticality: c.Criticality}
}
