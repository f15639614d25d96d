package notifier

import (
	"fmt"
	"testing"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
)

func TestPlan(t *testing.T) {
	hit := func(id string, i consumer.Impact) consumer.Hit {
		return consumer.Hit{Use: consumer.Use{Consumer: consumer.Consumer{ID: id}}, Impact: i}
	}
	r := &checker.Result{Findings: []policy.Finding{
		{ID: "1", Digest: "b", Port: "p", Verdict: policy.Block, Hits: []consumer.Hit{hit("finance", consumer.Violated), hit("marketing", consumer.Unaffected)}},
		{ID: "2", Digest: "a", Port: "p", Verdict: policy.Notify, Hits: []consumer.Hit{hit("finance", consumer.Affected), hit("finance", consumer.Unknown)}},
		{ID: "3", Digest: "c", Port: "p", Verdict: policy.Pass, Hits: []consumer.Hit{hit("marketing", consumer.Affected)}},
		{ID: "4", Digest: "d", Port: "q", Verdict: policy.Notify, Hits: []consumer.Hit{hit("finance", consumer.Affected)}},
	}}
	var got []string
	for _, n := range Plan(r) {
		got = append(got, fmt.Sprint(n.Consumer.ID, " ", n.Port, " ", len(n.Findings), " ", n.Key))
	}
	if want := "[finance p 2 p finance a b finance q 1 q finance d]"; fmt.Sprint(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
