package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
)

// noticesWanted is on how many different days a consumer has to be told before its
// silence counts as consent.
const noticesWanted = 2

// SilenceCounts reports whether the silence of a consumer of this criticality can be a
// consent. Of the others, each has to agree.
func SilenceCounts(criticality string) bool {
	return criticality != "high" && criticality != "critical"
}

// A listener is a consumer that a finding hits, and how far its silence has come.
type listener struct {
	id       string
	explicit string // why it has to agree in so many words; empty: silence may do
	objects  bool
	first    time.Time // when it was told first; zero: it was not
	days     []string  // on which it was told, in order
	ends     time.Time // when its notice does
	refused  []string  // why notices to it do not count
}

// isSilent reports whether r said nothing for as long as it had to be asked.
func (r listener) isSilent(now time.Time) bool {
	return r.explicit == "" && len(r.days) >= noticesWanted && !now.Before(r.ends)
}

// missing says what is left to wait for.
func (r listener) missing(now time.Time) string {
	switch {
	case r.explicit != "":
		return r.explicit
	case len(r.days) == 0:
		return r.id + " has yet to be told"
	case len(r.days) < noticesWanted:
		return fmt.Sprintf("%s was told on %s, and a second notice on another day is not recorded", r.id, r.days[0])
	case now.Before(r.ends):
		return fmt.Sprintf("the notice of %s ends on %s", r.id, r.ends.Format(time.DateOnly))
	}
	return ""
}

// listeners lists the consumers that the finding hits, by id, as the notices that were
// recorded of it tell.
func (j *judgement) listeners(told []Notice) []listener {
	byID := make(map[string]*listener)
	for _, h := range j.Hits {
		if h.Impact == consumer.Unaffected || h.Gap {
			continue
		}
		r := byID[h.Use.ID]
		if r == nil {
			r = &listener{id: h.Use.ID}
			byID[h.Use.ID] = r
		}
		if !SilenceCounts(h.Use.Criticality) {
			r.explicit = fmt.Sprintf("%s (%s) has to approve", r.id, h.Use.Criticality)
		}
	}
	for _, o := range j.Objections {
		if r := byID[o.Consumer]; r != nil && j.answers(o.Finding) && (o.Digest == "" || o.Digest == j.Digest) {
			r.objects = true
			r.explicit = fmt.Sprintf("%s objects (%s: %s) and has to approve", r.id, o.By, o.Reason)
		}
	}
	var all []listener
	for _, r := range byID {
		r.listen(told, j.Now)
		r.ends = j.NoticeEnds(cmp.Or(r.first, j.Now), j.standing.Notice)
		all = append(all, *r)
	}
	slices.SortFunc(all, func(a, b listener) int { return cmp.Compare(a.id, b.id) })
	return all
}

// listen picks from told what r was told.
func (r *listener) listen(told []Notice, now time.Time) {
	for _, n := range told {
		if n.Consumer != r.id {
			continue
		}
		if why := n.refused(now); why != "" {
			r.refused = append(r.refused, fmt.Sprintf("a notice to %s does not count: %s", r.id, why))
			continue
		}
		if r.first.IsZero() || n.At().Before(r.first) {
			r.first = n.At()
		}
		r.days = append(r.days, n.At().UTC().Format(time.DateOnly))
	}
	slices.Sort(r.days)
	r.days = slices.Compact(r.days)
	slices.Sort(r.refused)
	r.refused = slices.Compact(r.refused)
}

// Consented reports whether silence let f pass that would block.
func (f Finding) Consented() bool { return len(f.Silent) > 0 && f.Approval == nil && f.Verdict < Block }

// hear asks which of those who are hit were told of this very finding and said nothing.
// It speaks of them only where somebody began to tell them, or somebody objects.
func (j *judgement) hear() (all []listener) {
	if j.Rule.Idea == change.Unreadable { // what cannot be read, nobody can agree to
		return nil
	}
	var told []Notice
	if j.Told != nil {
		told = slices.DeleteFunc(j.Told(j.Finding), func(n Notice) bool { return n.Digest != j.Digest || !j.answers(n.Finding) })
	}
	all = j.listeners(told)
	if len(told) == 0 && !slices.ContainsFunc(all, func(r listener) bool { return r.objects }) {
		return nil
	}
	for _, r := range all {
		if r.isSilent(j.Now) {
			j.Silent = append(j.Silent, r.id)
		}
	}
	return all
}

// consents says whose silence helped the finding to pass.
func (j *judgement) consents(all []listener) {
	for _, r := range all {
		if !r.isSilent(j.Now) {
			continue
		}
		j.say("%s was told on %s, and did not object until %s: silence is consent", r.id, strings.Join(r.days, " and on "), r.ends.Format(time.DateOnly))
	}
}

// awaits says what is missing until silence counts as consent.
func (j *judgement) awaits(all []listener) {
	var missing, explicit, again []string
	var from time.Time
	for _, r := range all {
		if why := r.missing(j.Now); why != "" {
			missing = append(missing, why)
		}
		missing = append(missing, r.refused...)
		if r.explicit != "" {
			who := r.id
			if r.objects {
				who += " (who objects)"
			}
			explicit = append(explicit, who)
		} else if len(r.days) < noticesWanted {
			again = append(again, r.id)
		}
		if r.ends.After(from) {
			from = r.ends
		}
	}
	j.say("silence is no consent yet: %s", strings.Join(missing, ", "))
	if len(explicit) > 0 {
		j.Awaits = fmt.Sprintf(" Silence is no consent here: %s has to approve.", strings.Join(explicit, " and "))
		return
	}
	j.Awaits = fmt.Sprintf(" Silence counts as consent from %s on, %s", from.Format("2 Jan 2006"), in(from.Sub(j.Now)))
	if len(again) > 0 {
		j.Awaits += fmt.Sprintf(", once %s was told twice, on different days", strings.Join(again, " and "))
	}
	j.Awaits += "."
}

// in says how long something takes, in days begun.
func in(left time.Duration) string {
	days := int((left + 24*time.Hour - 1) / (24 * time.Hour))
	switch {
	case days < 1:
		return "which is now"
	case days == 1:
		return "in a day"
	}
	return fmt.Sprintf("in %d days", days)
}
