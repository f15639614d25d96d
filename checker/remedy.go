package checker

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// remedy says what to do about a finding. What goes away goes in steps: it is
// deprecated, its readers are told, its notice passes, it is removed; the remedy is
// the next of them, with its date.
func (r *run) remedy(f policy.Finding, removal *policy.Removal) string {
	switch {
	case removal != nil && removal.Matured && readers(f) == "":
		return "Nothing has to be done: it was deprecated, its notice has passed, and nobody is left."
	case removal != nil:
		return r.removal(f, removal) + r.instead(r.was.Outline(), f.Change) + r.beside(f) + r.moved(f.Change)
	case f.Rule == portMoved:
		return r.follow(f)
	case f.Rule.Idea.IsDeprecation():
		return r.announced(f) + r.instead(r.now.Outline(), f.Change)
	case f.Class == change.Breaking && readers(f) != "" && f.Rule.Idea != change.Drift && !strings.HasPrefix(string(f.Path), "@"):
		fix := f.Rule.Fix
		if !r.advised { // once is enough
			r.advised = true
			fix += r.parallel()
		}
		return fix
	}
	return f.Rule.Fix
}

// removal is the next step of a removal, by how far it has come.
func (r *run) removal(f policy.Finding, removal *policy.Removal) string {
	readers := readers(f)
	switch {
	case removal.Unseen != "":
		return fmt.Sprintf("It is deprecated; since when cannot be told: %s.", removal.Unseen)
	case removal.Matured:
		return fmt.Sprintf("Its notice has passed, and %s may still read it: agree with them first.", readers)
	case !removal.Since.IsZero():
		return fmt.Sprintf("It is deprecated since %s. Remove it after %s, when nobody reads it any more%s.%s",
			day(removal.Since), day(f.Earliest), then(f.Rule), wishes(f, removal.Since, f.Earliest))
	}
	tell := ""
	if readers != "" {
		tell = " tell " + readers + ","
	}
	first, last := "Mark it deprecated now", "remove it"
	switch {
	case f.Rule == portRetired:
		first, last = "Let its status be deprecated first", "retire it"
	case f.Rule.Idea == change.PortRemoved:
		first = "Keep it with the status deprecated"
	}
	return fmt.Sprintf("%s,%s and %s after %s, when its notice has passed%s.%s", first, tell, last, day(f.Earliest), then(f.Rule), wishes(f, r.Now, f.Earliest))
}

// earliest returns the day from which what a finding removes, or announces to remove,
// may be gone: its notice begins at the latest when this is merged. It is zero where
// nothing goes, where that day is past, and where nobody can tell.
func (r *run) earliest(f policy.Finding, removal *policy.Removal) time.Time {
	switch {
	case removal != nil && (removal.Matured || removal.Unseen != ""):
		return time.Time{}
	case removal != nil && !removal.Since.IsZero():
		return removal.Earliest
	case removal != nil:
		return r.gate.Policy.NoticeEnds(r.Now, r.was.Terms.Notice)
	case !f.Rule.Idea.IsDeprecation():
		return time.Time{}
	}
	ends := r.gate.Policy.NoticeEnds(r.Now, r.now.Terms.Notice)
	if r.now.Terms.EndOfSupport.After(ends) {
		return r.now.Terms.EndOfSupport
	}
	return ends
}

// announced is the step after a deprecation.
func (r *run) announced(f policy.Finding) string {
	next := "Its notice begins when this is merged:"
	if readers := readers(f); readers != "" {
		next += " tell " + readers + " what to read instead, and"
	}
	return fmt.Sprintf("%s remove it after %s at the earliest, when nobody reads it any more.%s", next, day(f.Earliest), wishes(f, r.Now, f.Earliest))
}

// follow is what is left to do for a port that went elsewhere.
func (r *run) follow(f policy.Finding) string {
	readers := readers(f)
	if readers == "" {
		readers = "everyone who reads it"
	}
	if f.To == r.pair.ID() { // here, where the tombstone is followed
		return fmt.Sprintf("Tell %s that it is %s now. Keep the tombstone until they registered so: by it, what they registered counts.", readers, f.To)
	}
	return fmt.Sprintf("Tell %s that it is %s now, and have them register there; serve both until they did.", readers, f.To)
}

// wishes names those who asked for a longer notice than they get. Nobody is held to it.
func wishes(f policy.Finding, since, ends time.Time) string {
	var longer []string
	for _, h := range f.Hits {
		if until := h.Use.Notice.After(since); h.Impact > consumer.Unaffected && until.After(ends) {
			longer = append(longer, fmt.Sprintf("%s until %s", h.Use.ID, day(until)))
		}
	}
	slices.Sort(longer)
	if longer = slices.Compact(longer); len(longer) == 0 {
		return ""
	}
	return fmt.Sprintf(" A longer notice was asked for: %s.", few(longer, " and "))
}

// instead is what the contract says of what to use instead of an element that is
// deprecated.
func (r *run) instead(o *schema.Outline, c change.Change) string {
	if text := o.Instead[element(c)]; text != "" {
		return fmt.Sprintf(" Its contract says: %s.", strings.TrimRight(text, ". "))
	}
	return ""
}

// beside names the other versions of a port that is gone: ports under its name, or of
// its contract.
func (r *run) beside(f policy.Finding) string {
	if f.Rule.Idea != change.PortRemoved {
		return ""
	}
	var others []string
	for _, p := range r.besides() {
		others = append(others, p.ID)
	}
	if len(others) == 0 {
		return ""
	}
	return fmt.Sprintf(" Its readers can go to %s.", few(others, " or "))
}

// then says what belongs to a removal besides.
func then(r *change.Rule) string {
	if r.Then == "" {
		return ""
	}
	return "; then " + r.Then
}

// readers names those whom a finding may hit.
func readers(f policy.Finding) string {
	var names []string
	for _, h := range f.Hits {
		if h.Impact > consumer.Unaffected && !slices.Contains(names, h.Use.ID) {
			names = append(names, h.Use.ID)
		}
	}
	slices.Sort(names)
	if len(names) > 3 {
		names = append(names[:3], fmt.Sprintf("%d others", len(names)-3))
	}
	return strings.Join(names, ", ")
}

// day formats a date for people.
func day(t time.Time) string { return t.Format("2 Jan 2006") }
