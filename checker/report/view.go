package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
)

// A view is a result as people look at it: counted, and by edit.
type view struct {
	r     *checker.Result
	all   bool // show what is fine, too
	count Counts
	edits map[edit][]policy.Finding
}

func newView(r *checker.Result, all bool) *view {
	v := &view{r: r, all: all, count: Count(r), edits: make(map[edit][]policy.Finding)}
	for _, f := range r.Findings {
		v.edits[editOf(f)] = append(v.edits[editOf(f)], f)
	}
	return v
}

// shows reports whether a finding has a card: it asks for something, or the
// reader asks for all. One edit has one card, where it matters most.
func (v *view) shows(f policy.Finding) bool {
	if f.Class == change.Compatible && f.Verdict == policy.Pass && !v.all {
		return false
	}
	return !slices.ContainsFunc(v.edits[editOf(f)], func(other policy.Finding) bool { return matters(other, f) < 0 })
}

// matters orders findings of one edit, the one first that asks most.
func matters(a, b policy.Finding) int {
	return cmp.Or(cmp.Compare(b.Verdict, a.Verdict), cmp.Compare(worst(b), worst(a)), cmp.Compare(a.Port, b.Port))
}

// worst returns the worst that a finding does to a consumer.
func worst(f policy.Finding) consumer.Impact {
	var w consumer.Impact
	for _, h := range f.Hits {
		w = max(w, h.Impact)
	}
	return w
}

// verdictWord says how it ended: with a mark, and in words.
func (v *view) verdictWord() (mark, word string) {
	switch {
	case v.r.Verdict == policy.Block:
		return "✗", "blocked"
	case v.r.Verdict == policy.Notify:
		return "!", "notify"
	case len(v.r.Errors) > 0:
		return "✗", "not checked"
	}
	return "✓", "pass"
}

// between names what was compared.
func (v *view) between() string {
	return fmt.Sprintf("%s → %s", cmp.Or(v.r.Gate.Name, v.r.Base.Name), v.r.Head.Name)
}

// facts describes a port in one line.
func facts(p checker.Port) string {
	all := []string{string(p.Kind), p.Format}
	if p.Owner != "" {
		all = append(all, "owned by "+p.Owner)
	}
	if p.Status != "active" {
		all = append(all, string(p.Status))
	}
	if !p.Declared {
		all = append(all, "found by content, declared nowhere")
	}
	switch p.State {
	case checker.Added:
		all = append(all, "new")
	case checker.Removed:
		all = append(all, "removed")
	}
	if p.PreviousID != "" {
		all = append(all, "was "+p.PreviousID)
	}
	if p.Version.Suggested != "" {
		all = append(all, fmt.Sprintf("version should become %s (is %s)", p.Version.Suggested, cmp.Or(p.Version.Head, p.Version.Base)))
	}
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), " · ")
}

// words says the counts that a reader looks for.
func (n Counts) words() []string {
	all := []string{fmt.Sprintf("%d breaking", n.Class[change.Breaking]), fmt.Sprintf("%d risky", n.Class[change.Risky]), fmt.Sprintf("%d compatible", n.Class[change.Compatible])}
	if n.NotCompared > 0 {
		all = append(all, fmt.Sprintf("%d not compared", n.NotCompared))
	}
	if n.Unchanged > 0 {
		all = append(all, many(n.Unchanged, "port")+" unchanged")
	}
	return all
}

// advice says what to do about a finding and why it was judged as it was, each where
// that is worth a line.
func (v *view) advice(f policy.Finding) (do, because string) {
	all := hitConsumers(v.edits[editOf(f)]...)
	hit := len(all) > 0 && all[0].Impact > consumer.Unaffected     // the worst comes first
	spared := change.SLO.Covers(f.Path) && len(f.Hits) > 0 && !hit // and that says it all
	approved := f.Approval != nil && f.Approval.InForce || f.Consented()
	if f.Verdict > policy.Pass && !spared && !approved || v.all {
		do = f.Fix
	}
	if !hit && !spared || f.Approval != nil || f.Awaits != "" || f.Consented() || v.all {
		because = f.Because
	}
	return do, because
}

// gone reports whether what changed is not there any more: it has a place in the head,
// where it would stand, but no text there.
func gone(f policy.Finding) bool {
	return f.To == "" && !f.Base.IsZero() && f.Rule.Idea.IsRemoval()
}

// hit lists those whom the edit of a finding hits.
func (v *view) hit(f policy.Finding) []consumer.Hit {
	return slices.DeleteFunc(hitConsumers(v.edits[editOf(f)]...), func(h consumer.Hit) bool { return h.Impact == consumer.Unaffected })
}

// why says what is known of a hit, in words that follow the consumer's name.
func why(h consumer.Hit) string {
	if h.Impact == consumer.Unknown {
		return "perhaps: it " + h.Why
	}
	return h.Why
}

// spares says who is not hit. Where an objective is weakened, why that is so is worth
// a line.
func (v *view) spares(f policy.Finding) string {
	const few = 3
	if !change.SLO.Covers(f.Path) && !v.all {
		return ""
	}
	var spared []string
	for _, h := range hitConsumers(v.edits[editOf(f)]...) {
		if h.Impact == consumer.Unaffected {
			spared = append(spared, h.Use.ID+" "+h.Why)
		}
	}
	if more := len(spared) - few; more > 0 && !v.all {
		spared = append(spared[:few], fmt.Sprintf("%d others are spared, too", more))
	}
	return strings.Join(spared, "; ")
}

// alsoPorts lists the other ports that show the same edit.
func (v *view) alsoPorts(f policy.Finding) []string {
	var ports []string
	for _, other := range v.edits[editOf(f)] {
		if other.Port != f.Port {
			ports = append(ports, other.Port)
		}
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}

// headline says in one sentence what the verdict stands on.
func (v *view) headline() string {
	n := v.count
	switch {
	case v.r.Verdict == policy.Block:
		blocking, hit := v.blocking()
		what := "breaking change"
		if blocking.risky == n.Blocking {
			what = "risky change"
		} else if blocking.risky > 0 {
			what = "change"
		}
		switch {
		case v.r.Bare:
			return many(n.Blocking, what)
		case hit == 0 && len(v.r.Consumers) == 0:
			return many(n.Blocking, what) + "; nobody has registered who reads " + one(blocking.ports, "the port", "the ports")
		case hit == 0:
			return many(n.Blocking, what) + "; no registered consumer is hit, others may be"
		}
		return fmt.Sprintf("%s %s %s", many(n.Blocking, what), one(n.Blocking, "hits", "hit"), many(hit, "consumer"))
	case v.r.Verdict == policy.Notify && n.Violated+n.Affected+n.Unknown > 0:
		return fmt.Sprintf("%s; %s to be told", many(n.Class[change.Breaking]+n.Class[change.Risky], "change"), one(n.Violated+n.Affected+n.Unknown, "1 consumer is", many(n.Violated+n.Affected+n.Unknown, "consumer")+" are"))
	case v.r.Verdict == policy.Notify:
		return many(n.Class[change.Breaking]+n.Class[change.Risky], "change") + " to look at; nobody who is registered is hit"
	}
	return v.calm()
}

const nobody = "no consumer is affected"

// calm says what there is where nobody is to be told.
func (v *view) calm() string {
	n, changed := v.count, 0
	for _, p := range v.r.Ports {
		if p.State != checker.Unchanged {
			changed++
		}
	}
	switch {
	case len(v.r.Errors) > 0:
		return many(len(v.r.Errors), "error")
	case len(v.r.Ports) == 0 && len(v.r.Unread) > 0:
		return "no contract that can be read yet"
	case len(v.r.Ports) == 0:
		return "no contract found"
	case changed == 0:
		return fmt.Sprintf("no change in %s", many(len(v.r.Ports), "port"))
	}
	counted := "no change that counts"
	if all := n.Class[change.Breaking] + n.Class[change.Risky] + n.Class[change.Compatible]; all > 0 {
		counted = many(all, "change")
		if all == n.Class[change.Compatible] {
			counted = many(all, "compatible change")
		}
	}
	where := fmt.Sprintf("%d of %s", changed, many(len(v.r.Ports), "port"))
	if changed == len(v.r.Ports) {
		where = many(changed, "port")
	}
	return fmt.Sprintf("%s in %s; %s", counted, where, nobody)
}

type blockers struct{ risky, ports int }

// blocking counts what blocks, and whom it hits.
func (v *view) blocking() (b blockers, consumers int) {
	ports, hit := make(map[string]bool), make(map[string]bool)
	counted := make(map[edit]bool)
	for _, f := range v.r.Findings {
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

// many says how many of something there are.
func many(n int, what string) string { return fmt.Sprintf("%d %s", n, one(n, what, what+"s")) }

func one(n int, single, plural string) string {
	if n == 1 {
		return single
	}
	return plural
}
