package checker

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/Masterminds/semver/v3"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/product"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
)

// versioning judges what the contract calls itself after all that was found. It names
// nobody but those whose pins it leaves behind: the changes themselves name the others.
// A label alone breaks nobody, so it holds nothing up unless the policy says so.
func (r *run) versioning(uses []consumer.Use) {
	if !r.comparable() {
		return
	}
	v, worst := r.bothVersions(), r.worst()
	v.Suggested = product.SuggestVersion(v.Base, v.Head, r.bump())
	r.suggested = v.Suggested
	blocked := policy.Worst(r.findings) == policy.Block
	c := change.Change{Path: change.Port, Key: "version", From: v.Base, To: v.Head, Base: r.versionSpan(r.pair.Base, r.was), Head: r.versionSpan(r.pair.Head, r.now)}
	say := func(rule *change.Rule, hits []consumer.Hit, fix, detail string, args ...any) {
		c := c
		c.Rule, c.Detail = rule, r.pair.ID()+": "+fmt.Sprintf(detail, args...)
		f := r.gate.Policy.Judge(c, schema.Shown{Paths: []change.Path{c.Path}, Total: 1}, hits, r.standing(uses))
		f.Fix = cmp.Or(fix, f.Fix)
		if f.Class == change.Compatible && blocked {
			return // it is not merged like this, and what the version should become is said of the port
		}
		r.findings = append(r.findings, f)
	}
	was, err1 := semver.NewVersion(v.Base)
	now, err2 := semver.NewVersion(v.Head)
	ordered := err1 == nil && err2 == nil
	switch {
	case ordered && now.LessThan(was):
		say(versionLowered, nil, "", "version %s became %s", v.Base, v.Head)
	case worst == change.Breaking && v.Suggested != "":
		say(versionNotRaised, nil, fmt.Sprintf("Call it %s.", v.Suggested), "a change breaks, and version %s should become %s", cmp.Or(v.Head, v.Base), v.Suggested)
	case worst == change.Breaking && !ordered && v.Base != "" && v.Base == v.Head:
		say(versionNotRaised, nil, "", "a change breaks, and it is still called version %s", v.Head)
	case ordered && now.Major() > was.Major() && was.Major() > 0 && worst < change.Breaking:
		say(versionRaised, nil, "", "version %s became %s, and nothing that was found breaks", v.Base, v.Head)
	}
	if left := r.leftBehind(uses, v.Head); len(left) > 0 && v.Base != v.Head {
		say(pinsLeftBehind, left, "", "version %s became %s, and nothing serves what is pinned", v.Base, v.Head)
	}
}

// bothVersions is what the contract calls itself on each side.
func (r *run) bothVersions() (v Version) {
	if b := r.pair.Base; b != nil {
		v.Base = cmp.Or(r.was.Terms.Version, b.Version)
	}
	if h := r.pair.Head; h != nil {
		v.Head = cmp.Or(r.now.Terms.Version, h.Version)
	}
	return v
}

func (r *run) versionSpan(p *product.Port, s *side) source.Span {
	if s.Terms.Version == "" && p.Version != "" {
		return p.Span
	}
	return cmp.Or(s.Terms.VersionAt, s.At())
}

// worst is the class of the worst that was found.
func (r *run) worst() (worst change.Class) {
	for _, f := range r.findings {
		worst = max(worst, f.Class)
	}
	return worst
}

// bump says what the findings ask for.
func (r *run) bump() (b product.Bump) {
	for _, f := range r.findings {
		switch {
		case f.Class == change.Breaking:
			b = max(b, product.Major)
		case f.Rule.Idea == change.Documentation && f.Class == change.Compatible:
			b = max(b, product.Patch)
		default:
			b = max(b, product.Minor)
		}
	}
	return b
}

// leftBehind lists the uses that pin a version that the port had and has no more, and
// that no other port under its name has either.
func (r *run) leftBehind(uses []consumer.Use, head string) (left []consumer.Hit) {
	admits := func(u consumer.Use, version string) bool {
		pin, err1 := semver.NewConstraint(u.Version)
		at, err2 := semver.NewVersion(version)
		return u.Version == "" || err1 != nil || err2 != nil || pin.Check(at)
	}
	beside := r.besides()
	for _, u := range uses {
		served := slices.ContainsFunc(beside, func(p *product.Port) bool {
			_, inID := product.Versioned(p.ID)
			return admits(u, cmp.Or(p.Version, inID))
		})
		if !admits(u, head) && !served {
			left = append(left, consumer.Hit{Use: u, Impact: consumer.Affected, Need: "version: " + u.Version, Why: fmt.Sprintf("pins %s, which %s is not", u.Version, head)})
		}
	}
	return left
}

// parallel says how to let readers move in their own time: the next version as a port
// of its own, beside this one. It is empty where nobody is to move.
func (r *run) parallel() string {
	if len(r.besides()) > 0 || r.revs.Bare {
		return ""
	}
	name, version := product.Versioned(r.pair.ID())
	next := "v2"
	if at, err := semver.NewVersion(cmp.Or(r.bothVersions().Base, version)); err == nil {
		next = fmt.Sprintf("v%d", at.Major()+1)
	}
	return fmt.Sprintf(" Or leave this port as it is and serve the new form beside it, as %s@%s: deprecated now, this one stays until %s.",
		name, next, day(r.gate.Policy.NoticeEnds(r.Now, r.was.Terms.Notice)))
}

// soon makes of the end of a port that is announced for a day before its notice has
// passed what it is: nobody who uses the port has the time to move.
func (r *run) soon(changes []change.Change) []change.Change {
	for i, c := range changes {
		ending := change.SLO.Join(change.Name(slo.EndOfSupport)).Covers(c.Path) || change.SLO.Join(change.Name(slo.EndOfLife)).Covers(c.Path)
		if !ending || c.Rule.Class != change.Risky || c.To == "" {
			continue
		}
		limit, err := slo.ParseLimit(c.To)
		ends := r.gate.Policy.NoticeEnds(r.Now, r.was.Terms.Notice)
		if err != nil || limit.Unit != slo.Date || !limit.Quantity.Time().Before(ends) {
			continue
		}
		property := c.Path.Steps()[1].Word()
		c.Rule, c.Path, c.Key = endTooSoon, change.Port, property
		c.Detail = fmt.Sprintf("%s of %s is %s, and its notice runs until %s", property, r.pair.ID(), day(limit.Quantity.Time()), day(ends))
		changes[i] = c
	}
	return changes
}

// besides lists the ports under the name of this one, or of its contract, that are
// served in the head beside it: its other versions.
func (r *run) besides() (others []*product.Port) {
	name, version := product.Versioned(r.pair.ID())
	contract := r.was.Terms.ContractID
	if contract == "" && r.pair.Base != nil {
		contract = r.pair.Base.ContractID
	}
	for _, p := range r.head.Ports {
		family, other := product.Versioned(p.ID)
		if (family == name && other != version || contract != "" && p.ContractID == contract) && p.ID != r.pair.ID() && len(p.Paths) > 0 {
			others = append(others, p)
		}
	}
	return others
}
