package report

import (
	"fmt"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
)

// facts are what the reports for people say alike.
type facts struct {
	r       *checker.Result
	count   Counts
	edits   map[edit][]policy.Finding
	verbose bool
}

func newFacts(r *checker.Result, verbose bool) *facts {
	x := &facts{r: r, count: Count(r), edits: make(map[edit][]policy.Finding), verbose: verbose}
	for _, f := range r.Findings {
		x.edits[editOf(f)] = append(x.edits[editOf(f)], f)
	}
	return x
}

// headline says in one sentence what the verdict stands on.
func (x *facts) headline() string {
	n := x.count
	switch {
	case x.r.Verdict == policy.Block:
		blocking, hit := x.blocking()
		what := "breaking change"
		if blocking.risky == n.Blocking {
			what = "risky change"
		} else if blocking.risky > 0 {
			what = "change"
		}
		switch {
		case x.r.Bare:
			return many(n.Blocking, what)
		case hit == 0 && len(x.r.Consumers) == 0:
			return many(n.Blocking, what) + "; nobody has registered who reads " + one(blocking.ports, "the port", "the ports")
		case hit == 0:
			return many(n.Blocking, what) + "; no registered consumer is hit, others may be"
		}
		return fmt.Sprintf("%s %s %s", many(n.Blocking, what), one(n.Blocking, "hits", "hit"), many(hit, "consumer"))
	case x.r.Verdict == policy.Notify && n.Violated+n.Affected+n.Unknown > 0:
		return fmt.Sprintf("%s; %s to be told", many(n.Class[change.Breaking]+n.Class[change.Risky], "change"), one(n.Violated+n.Affected+n.Unknown, "1 consumer is", many(n.Violated+n.Affected+n.Unknown, "consumer")+" are"))
	case x.r.Verdict == policy.Notify:
		return many(n.Class[change.Breaking]+n.Class[change.Risky], "change") + " to look at; nobody who is registered is hit"
	}
	return x.calm()
}

// calm says what there is where nothing is to be told.
func (x *facts) calm() string {
	n, changed := x.count, 0
	for _, p := range x.r.Ports {
		if p.State != checker.Unchanged {
			changed++
		}
	}
	switch {
	case len(x.r.Errors) > 0:
		return many(len(x.r.Errors), "error")
	case len(x.r.Ports) == 0 && len(x.r.Unread) > 0:
		return "no contract that can be read yet"
	case len(x.r.Ports) == 0:
		return "no contract found"
	case changed == 0:
		return fmt.Sprintf("no change in %s", many(len(x.r.Ports), "port"))
	}
	counted := "no change that counts"
	if all := n.Class[change.Breaking] + n.Class[change.Risky] + n.Class[change.Compatible]; all > 0 {
		counted = many(all, "change")
		if all == n.Class[change.Compatible] {
			counted = many(all, "compatible change")
		}
	}
	where := fmt.Sprintf("%d of %s", changed, many(len(x.r.Ports), "port"))
	if changed == len(x.r.Ports) {
		where = many(changed, "port")
	}
	return fmt.Sprintf("%s in %s; no consumer is affected", counted, where)
}

type blockers struct{ risky, ports int }

// blocking counts what blocks, and whom it hits.
func (x *facts) blocking() (b blockers, consumers int) {
	ports, hit := make(map[string]bool), make(map[string]bool)
	counted := make(map[edit]bool)
	for _, f := range x.r.Findings {
		if f.Verdict != policy.Block {
			continue
		}
		if ports[f.Port] = true; f.Class == change.Risky && !counted[editOf(f)] {
			b.risky++
		}
		counted[editOf(f)] = true
		for _, h := range f.Hits {
			if h.Impact > consumer.Unaffected && !h.Gap {
				hit[h.Use.ID] = true
			}
		}
	}
	b.ports = len(ports)
	return b, len(hit)
}

// shows reports whether a finding has a card: it asks for something, or the
// reader asks for all. One edit has one card, where it matters most.
func (x *facts) shows(f policy.Finding) bool {
	if f.Class == change.Compatible && f.Verdict == policy.Pass && !x.verbose {
		return false
	}
	for _, other := range x.edits[editOf(f)] {
		if other.Verdict > f.Verdict || other.Verdict == f.Verdict && other.Port < f.Port {
			return false
		}
	}
	return true
}

// many says how many of something there are.
func many(n int, what string) string { return fmt.Sprintf("%d %s", n, one(n, what, what+"s")) }

func one(n int, single, plural string) string {
	if n == 1 {
		return single
	}
	return plural
}
