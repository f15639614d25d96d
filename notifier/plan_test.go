package notifier

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/report"
)

func hit(id, impact, verdict string, contacts ...report.Contact) report.JudgedHit {
	return report.JudgedHit{Hit: report.Hit{ID: id, Team: id + "-team", Impact: impact, Why: "reads it", Contacts: contacts}, Verdict: verdict}
}

func finding(digest string, hits ...report.JudgedHit) report.Finding {
	return report.Finding{ID: "id-" + digest, Digest: digest, Class: "breaking", Message: digest + " is gone", Consumers: hits}
}

func docOf(findings ...report.Finding) *report.Document {
	return &report.Document{Ports: []report.Port{{ID: "checkout/orders", Product: "checkout", Name: "orders", Owner: "@acme/checkout", Findings: findings}}}
}

var (
	bySlack = report.Contact{Channel: "slack", Target: "#finance-data"}
	byMail  = report.Contact{Channel: "email", Target: "finance@acme.example"}
	byHook  = report.Contact{Channel: "webhook", Target: "events"}
)

// channels is a configuration with one channel of each kind, and routes.
func channels(routes ...Route) Config {
	return Config{Routes: routes, Channels: []Declaration{
		{Name: "data-slack", Kind: Slack}, {Name: "events", Kind: Webhook},
		{Name: "mail", Kind: Email, Domains: []string{"acme.example"}, To: []string{"data@acme.example", "ops@acme.example"}},
	}}
}

func told(notices []Notice) string {
	var all []string
	for _, n := range notices {
		text := n.Consumer.ID + " by " + n.Channel
		if n.To != "" {
			text += " to " + n.To
		}
		if n.Wanted != "" {
			text += " for " + n.Wanted
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

func TestPlanTellsThroughContactsAndRoutes(t *testing.T) {
	high := "high"
	important := hit("a", "affected", "notify")
	important.Criticality = &high
	tests := []struct {
		name   string
		hit    report.JudgedHit
		config Config
		want   string
		missed string
	}{
		{"each contact, and each once", hit("a", "violated", "block", bySlack, byMail, byHook, byMail), channels(), "a by data-slack for #finance-data, a by mail to finance@acme.example, a by events", ""},
		{"a Slack channel of that name", hit("a", "violated", "block", bySlack), Config{Channels: []Declaration{{Name: "first", Kind: Slack}, {Name: "finance-data", Kind: Slack}}}, "a by finance-data", ""},
		{"no contact", hit("a", "violated", "block"), channels(), "", "no contact is registered, and no route leads anywhere"},
		{"a kind that is not declared", hit("a", "violated", "block", byMail), Config{Channels: []Declaration{{Name: "s", Kind: Slack}}}, "", "its contact is by email, and no channel of that kind is declared"},
		{"a webhook that is not declared", hit("a", "violated", "block", report.Contact{Channel: "webhook", Target: "https://evil.example"}), channels(), "", `its contact is the webhook "https://evil.example", which is not declared; known: events`},
		{"a mail address elsewhere", hit("a", "violated", "block", report.Contact{Channel: "email", Target: "a@evil.example"}), channels(), "", "its mail address is at evil.example, which is not among the domains of mail"},
		{"a mail address that is two", hit("a", "violated", "block", report.Contact{Channel: "email", Target: "a@evil.example, b@acme.example"}), channels(), "", "its contact is no mail address"},
		{"a mail address with a header", hit("a", "violated", "block", report.Contact{Channel: "email", Target: "a@acme.example\r\nBcc: b@evil.example"}), channels(), "", "its contact is no mail address"},
		{"a route adds", hit("a", "violated", "block", bySlack), channels(Route{To: []string{"events", "mail", "data-slack"}}), "a by data-slack for #finance-data, a by events, a by mail to data@acme.example, a by mail to ops@acme.example", ""},
		{"a route for what fits", important, channels(Route{Impact: []string{"affected"}, Criticality: []string{"high"}, Verdict: []string{"notify"}, Ports: []string{"checkout/*"}, Teams: []string{"a-team"}, To: []string{"events"}}), "a by events", ""},
		{"a route for another impact", important, channels(Route{Impact: []string{"violated"}, To: []string{"events"}}), "", "no contact is registered, and no route leads anywhere"},
		{"a route for another criticality", important, channels(Route{Criticality: []string{"low"}, To: []string{"events"}}), "", "no contact is registered, and no route leads anywhere"},
		{"a route for another verdict", important, channels(Route{Verdict: []string{"block"}, To: []string{"events"}}), "", "no contact is registered, and no route leads anywhere"},
		{"a route for another port", important, channels(Route{Ports: []string{"pricing/*"}, To: []string{"events"}}), "", "no contact is registered, and no route leads anywhere"},
		{"a route for another team", important, channels(Route{Teams: []string{"b"}, To: []string{"events"}}), "", "no contact is registered, and no route leads anywhere"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			notices, missed := Plan(docOf(finding("1", tt.hit)), tt.config, Change{})
			if got := told(notices); got != tt.want {
				t.Errorf("told: got %q, want %q", got, tt.want)
			}
			why := ""
			for _, m := range missed {
				why += m.Why
			}
			if why != tt.missed {
				t.Errorf("missed: got %q, want %q", why, tt.missed)
			}
		})
	}
}

func TestPlanGathersWhatHitsOneConsumer(t *testing.T) {
	d := docOf(
		finding("1", hit("a", "affected", "notify", byHook), hit("b", "unaffected", "pass", byHook)),
		finding("2", hit("a", "violated", "block", byHook), hit("c", "unknown", "notify", byHook)),
		finding("3", hit("a", "affected", "pass", byHook)),
	)
	d.Ports = append(d.Ports, report.Port{ID: "q", Findings: []report.Finding{finding("4", hit("a", "affected", "notify", byHook))}})
	notices, missed := Plan(d, channels(), Change{})
	var got []string
	for _, n := range notices {
		var digests []string
		for _, f := range n.Findings {
			digests = append(digests, f.Digest)
		}
		got = append(got, fmt.Sprint(n.Consumer.ID, " ", n.Port.ID, " ", n.Verdict(), " ", n.Consumer.Impact, " ", digests))
	}
	want := "a checkout/orders block violated [2 1], c checkout/orders notify unknown [2], a q notify affected [4]"
	if strings.Join(got, ", ") != want || len(missed) > 0 {
		t.Errorf("got  %s %v\nwant %s", strings.Join(got, ", "), missed, want)
	}
}

func TestKeyIsStable(t *testing.T) {
	plan := func(change Change, contact report.Contact, findings ...report.Finding) Notice {
		for i := range findings {
			findings[i].Consumers[0].Contacts = []report.Contact{contact}
		}
		notices, _ := Plan(docOf(findings...), channels(), change)
		return notices[0]
	}
	one := func(digest string) report.Finding { return finding(digest, hit("a", "affected", "notify")) }
	reworded := one("1")
	reworded.Message, reworded.Fix = "other words", "other advice"
	first := plan(Change{}, byHook, one("1"), one("2"))
	tests := []struct {
		name  string
		other Notice
		same  bool
	}{
		{"in another order and other words", plan(Change{}, byHook, one("2"), reworded), true},
		{"proposed, which is said now", plan(Change{State: Proposed}, byHook, one("1"), one("2")), true},
		{"with a finding less", plan(Change{}, byHook, one("1")), false},
		{"with another finding", plan(Change{}, byHook, one("1"), one("3")), false},
		{"merged", plan(Change{State: Merged}, byHook, one("1"), one("2")), false},
		{"by another channel", plan(Change{}, byMail, one("1"), one("2")), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.other.Key == first.Key; got != tt.same {
				t.Errorf("the same key: %v", got)
			}
			if tt.other.Thread != first.Thread {
				t.Error("another thread")
			}
		})
	}
}

func TestPlanIsBounded(t *testing.T) {
	var hits []report.JudgedHit
	for i := range MaxNotices + 2 {
		hits = append(hits, hit(fmt.Sprint(i), "violated", "block", byHook))
	}
	notices, missed := Plan(docOf(finding("1", hits...)), channels(), Change{})
	if len(notices) != MaxNotices || len(missed) != 2 {
		t.Errorf("got %d notices, %d missed", len(notices), len(missed))
	}
}

func TestEarliest(t *testing.T) {
	removal := func(month time.Month) Finding {
		at := time.Date(2027, month, 3, 8, 0, 0, 0, time.UTC)
		return Finding{Finding: report.Finding{Earliest: &at}}
	}
	tests := []struct {
		name     string
		findings []Finding
		want     string
	}{
		{"the first removal counts", []Finding{{}, removal(time.March), removal(time.January)}, "3 Mar 2027"},
		{"no removal", []Finding{{Finding: report.Finding{Fix: "Remove it after 23 Dec 2026"}}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := (Notice{Findings: tt.findings}).Earliest(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// A stored report comes from wherever somebody put it.
func FuzzPlan(f *testing.F) {
	f.Add(`{"schemaVersion": 1, "ports": [{"id": "a/b", "product": "a", "findings": [{"digest": "d", "message": "m", "fix": "remove it after 1 Jan 2027", "consumers": [{"id": "c", "impact": "what", "verdict": "block", "contacts": [{"channel": "email", "target": "a@acme.example"}, {"channel": "slack"}]}]}]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		d, err := report.Read(strings.NewReader(text))
		if err != nil {
			return
		}
		c := channels(Route{To: []string{"events"}})
		notices, _ := Plan(d, c, Change{URL: "https://a.example"})
		for _, n := range notices {
			if _, ok := c.channel(n.Channel); !ok || n.Verdict() == "pass" || len(n.Key) != 32 {
				t.Errorf("got %+v", n)
			}
			for _, line := range []string{n.Headline(Name), n.Next(Name), n.Findings[0].What(), n.Findings[0].Why(), n.Change.Name()} {
				if strings.ContainsAny(line, "\n\r\x1b\u202e") {
					t.Errorf("it steers: %q", line)
				}
			}
		}
	})
}
