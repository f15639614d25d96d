package notifier

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// MaxNotices is how many notices one report may cause.
const MaxNotices = 500

// A Missed consumer is hit, and a way to tell it leads nowhere.
type Missed struct {
	Consumer, Port string
	Why            string
}

// Plan says who is told what: each consumer that a finding hits, in the order of
// the report, through its own contacts and the routes that fit. What cannot be
// sent is in missed, so that nobody is taken for told who is not.
func Plan(d *report.Document, c Config, change Change) (notices []Notice, missed []Missed) {
	change.State = cmp.Or(change.State, Proposed)
	homes := make(map[string]string) // of consumers
	for _, c := range d.Consumers {
		if c.Repo != nil {
			homes[c.ID] = *c.Repo
		}
	}
	for _, p := range d.Ports {
		for _, n := range stories(p) {
			n.Change, n.Time = change, d.Now
			n.Thread = digest(n.Consumer.ID, p.ID, change.URL)
			to, dead := c.receivers(n, homes[n.Consumer.ID])
			for _, why := range dead {
				missed = append(missed, Missed{n.Consumer.ID, p.ID, why})
			}
			for _, r := range to {
				if len(notices) == MaxNotices {
					missed = append(missed, Missed{n.Consumer.ID, p.ID, fmt.Sprintf("one report causes at most %d notices", MaxNotices)})
					break
				}
				n.Channel, n.To, n.Wanted = r.channel, r.to, r.wanted
				n.Key = n.key()
				notices = append(notices, n)
			}
		}
	}
	return notices, missed
}

// stories gathers, for each consumer, what the findings of one port do to it.
func stories(p report.Port) []Notice {
	findings := p.Findings
	p.Findings = nil // the notice has those that concern its reader
	var all []Notice
	index := make(map[string]int)
	for _, f := range findings {
		for _, h := range f.Consumers {
			if h.Verdict != policy.Block.String() && h.Verdict != policy.Notify.String() {
				continue
			}
			i, ok := index[h.ID]
			if !ok {
				i = len(all)
				index[h.ID] = i
				all = append(all, Notice{Port: p, Consumer: h.Hit})
			}
			n := &all[i]
			if impactRank(h.Impact) < impactRank(n.Consumer.Impact) {
				n.Consumer = h.Hit
			}
			n.Findings = append(n.Findings, Finding{f, h})
		}
	}
	for _, n := range all {
		// "block" sorts before "notify".
		slices.SortStableFunc(n.Findings, func(a, b Finding) int { return cmp.Compare(a.Hit.Verdict, b.Hit.Verdict) })
	}
	return all
}

// impactRank orders impacts, the worst first.
func impactRank(impact string) int {
	return slices.Index([]string{consumer.Violated.String(), consumer.Affected.String(), consumer.Unknown.String(), consumer.Unaffected.String()}, impact)
}

// A receiver is a channel, and the recipient where the channel leaves that open.
type receiver struct{ channel, to, wanted string }

// receivers says where n goes, each place once, and why a contact leads nowhere. The
// home is the repository of its consumer.
func (c Config) receivers(n Notice, home string) (to []receiver, dead []string) {
	add := func(r receiver) {
		if !slices.ContainsFunc(to, func(known receiver) bool { return known.channel == r.channel && known.to == r.to }) {
			to = append(to, r)
		}
	}
	for _, contact := range n.Consumer.Contacts {
		if r, why := c.contact(contact, home); why == "" {
			add(r)
		} else {
			dead = append(dead, why)
		}
	}
	for _, route := range c.Routes {
		if !route.fits(n) {
			continue
		}
		for _, name := range route.To {
			d, _ := c.channel(name)
			switch {
			case d.Kind == GitHub && repository.is(home):
				add(receiver{channel: name, to: home})
			case d.Kind == GitHub:
				dead = append(dead, "its repository is not known, so no issue can be opened there")
			case d.Kind != Email && d.TokenEnv == "":
				add(receiver{channel: name})
			}
			for _, address := range d.To {
				add(receiver{channel: name, to: address})
			}
		}
	}
	if len(to) == 0 && len(dead) == 0 {
		dead = append(dead, "no contact is registered, and no route leads anywhere")
	}
	return to, dead
}

// contact finds the channel of a contact, or says why there is none.
func (c Config) contact(contact report.Contact, home string) (r receiver, why string) {
	kind := Kind(contact.Channel)
	var fits []Declaration
	for _, d := range c.Channels {
		if d.Kind == kind {
			fits = append(fits, d)
		}
	}
	if len(fits) == 0 {
		return r, fmt.Sprintf("its contact is by %s, and no channel of that kind is declared", contact.Channel)
	}
	d := fits[0]
	named := slices.IndexFunc(fits, func(d Declaration) bool { return d.Name == strings.TrimPrefix(contact.Target, "#") })
	if named >= 0 {
		d = fits[named]
	}
	switch {
	case kind == Email:
		why = d.refuses(contact.Target)
		return receiver{channel: d.Name, to: contact.Target}, why
	case kind == GitHub:
		if !strings.EqualFold(contact.Target, home) || !repository.is(home) { // nobody has issues opened at others
			return r, fmt.Sprintf("its issue is wanted in %q, and its own repository is %q", contact.Target, home)
		}
		return receiver{channel: d.Name, to: home}, ""
	case d.TokenEnv != "":
		return receiver{channel: d.Name, to: contact.Target}, refuseSlackChannel(contact.Target)
	case named >= 0:
		return receiver{channel: d.Name}, ""
	case kind == Slack: // a webhook of Slack posts to one channel, so it says whom it wanted
		return receiver{channel: d.Name, wanted: contact.Target}, ""
	}
	var names []string
	for _, d := range fits {
		names = append(names, d.Name)
	}
	return r, fmt.Sprintf("its contact is the %s %q, which is not declared%s", kind, contact.Target, document.Suggest(contact.Target, names))
}

// refuses says why the mail channel d sends nothing to address: registrations are
// written by anybody, and nobody shall send a company's mail to strangers.
func (d Declaration) refuses(address string) string {
	if refuseAddress(address) != "" {
		return "its contact is no mail address"
	}
	domain := strings.ToLower(domainOf(address))
	if !slices.Contains(d.Domains, domain) {
		return fmt.Sprintf("its mail address is at %s, which is not among the domains of %s", domain, d.Name)
	}
	return ""
}

// fits reports whether r is for n: each condition that it states must hold.
func (r Route) fits(n Notice) bool {
	states := func(list []string, value string) bool { return len(list) == 0 || slices.Contains(list, value) }
	criticality := ""
	if n.Consumer.Criticality != nil {
		criticality = *n.Consumer.Criticality
	}
	matches := func(pattern string) bool { ok, _ := doublestar.Match(pattern, n.Port.ID); return ok }
	return states(r.Impact, n.Consumer.Impact) && states(r.Criticality, criticality) && states(r.Verdict, n.Verdict()) &&
		states(r.Teams, n.Consumer.Team) && (len(r.Ports) == 0 || slices.ContainsFunc(r.Ports, matches))
}

// key covers what n says and where it goes. It holds no word of prose, so a report
// that is reworded tells nobody twice.
func (n Notice) key() string {
	parts := []string{string(n.Change.State), n.Consumer.ID, n.Port.ID, n.Channel, n.To}
	said := len(parts)
	for _, f := range n.Findings {
		parts = append(parts, f.Digest)
	}
	slices.Sort(parts[said:])
	return digest(parts...)
}

// digest hashes parts, each with its length: ("ab", "c") and ("a", "bc") differ.
func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return fmt.Sprintf("%x", h.Sum(nil))[:32]
}
