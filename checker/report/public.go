package report

import (
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
)

// Public returns r as strangers may read it: consumers go by their ids, and no
// team, owner or contact is left. What is made of it, in whatever format, cannot
// tell more.
func Public(r *checker.Result) *checker.Result {
	public := *r
	public.Ports = slices.Clone(r.Ports)
	for i := range public.Ports {
		public.Ports[i].Owner = ""
	}
	public.Consumers = slices.Clone(r.Consumers)
	for i, c := range public.Consumers {
		public.Consumers[i] = anonymous(c)
	}
	var approvers []string
	for _, a := range r.Policy.Approvals {
		if a.By != "" {
			approvers = append(approvers, " by "+a.By, "")
		}
	}
	for _, o := range r.Policy.Objections {
		approvers = append(approvers, "("+o.By+": ", "(")
	}
	for _, c := range []string{"high", "critical"} {
		approvers = append(approvers, " ("+c+") has to approve", " has to approve")
	}
	nameless := strings.NewReplacer(approvers...)
	public.Findings = slices.Clone(r.Findings)
	for i := range public.Findings {
		f := &public.Findings[i]
		f.Hits = slices.Clone(f.Hits)
		for j := range f.Hits {
			f.Hits[j].Use.Consumer = anonymous(f.Hits[j].Use.Consumer)
		}
		f.Because, f.Approval = unnamed(f.Because, f.Approval)
		f.Because, f.Detail = nameless.Replace(f.Because), nameless.Replace(f.Detail)
	}
	return &public
}

func anonymous(c consumer.Consumer) consumer.Consumer { return consumer.Consumer{ID: c.ID} }

// unnamed leaves out who has yet to approve, but for whom.
func unnamed(because string, a *policy.Approval) (string, *policy.Approval) {
	if a == nil {
		return because, nil
	}
	open := *a
	open.By = ""
	open.Missing = slices.Clone(a.Missing)
	for i, who := range a.Missing {
		open.Missing[i], _, _ = strings.Cut(who, " (")
		because = strings.ReplaceAll(because, who, open.Missing[i])
	}
	return because, &open
}
