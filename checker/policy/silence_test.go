package policy

import (
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/slo"
)

func TestSilence(t *testing.T) {
	c := change.Change{Rule: &change.Rule{ID: "odcs/column-removed", Class: change.Breaking}, Path: "orders.discount"}
	reads := func(id, criticality string, impact consumer.Impact) consumer.Hit {
		return consumer.Hit{Use: consumer.Use{Consumer: consumer.Consumer{ID: id, Criticality: criticality}}, Impact: impact, Why: "reads it"}
	}
	churn := []consumer.Hit{reads("churn", "medium", consumer.Violated)}
	both := append([]consumer.Hit{reads("kpi", "critical", consumer.Affected)}, churn...)
	day := func(n int) time.Time { return now.AddDate(0, 0, -n) }
	told := func(days ...int) (all []Notice) {
		for _, n := range days {
			all = append(all, Notice{Consumer: "churn", Channel: "slack", SentAt: day(n)})
		}
		return all
	}
	with := func(edit func(*Notice), n Notice) Notice { edit(&n); return n }
	tests := []struct {
		name     string
		hits     []consumer.Hit
		notices  []Notice
		standing Standing
		objects  []Objection
		want     Verdict
		says     string
		awaits   string
	}{
		{"told twice, and the notice has passed", churn, told(40, 20), Standing{}, nil, Notify, "churn was told on 2026-10-14 and on 2026-11-03, and did not object until 2026-11-13: silence is consent", ""},
		{"the notice ends today", churn, told(30, 1), Standing{}, nil, Notify, "silence is consent", ""},
		{"a day too early", churn, told(29, 1), Standing{}, nil, Block, "the notice of churn ends on 2026-11-24", " Silence counts as consent from 24 Nov 2026 on, in a day."},
		{"told once", churn, told(40), Standing{}, nil, Block, "churn was told on 2026-10-14, and a second notice on another day is not recorded", " Silence counts as consent from 13 Nov 2026 on, which is now, once churn was told twice, on different days."},
		{"told twice on one day", churn, told(40, 40), Standing{}, nil, Block, "a second notice on another day", ""},
		{"the contract promises a longer notice", churn, told(40, 20), Standing{Notice: slo.Quantity{Months: 2}}, nil, Block, "the notice of churn ends on 2026-12-14", ""},
		{"a notice that is dated in times to come", churn, told(40, -1), Standing{}, nil, Block, "a notice to churn does not count: it is dated 2026-11-24, which is still to come", ""},
		{"written down before it was sent", churn, append(told(40), with(func(n *Notice) { n.Recorded = day(30) }, told(20)[0])), Standing{}, nil, Block, "it is dated 2026-11-03 and was recorded before, on 2026-10-24", ""},
		{"written down long after it is said to be sent", churn, append(told(2), with(func(n *Notice) { n.Recorded = day(1) }, told(40)[0])), Standing{}, nil, Block, "the notice of churn ends on 2026-12-21", ""},
		{"of which nobody can tell when it was written down", churn, append(told(40), with(func(n *Notice) { n.Doubt = "nobody knows" }, told(20)[0])), Standing{}, nil, Block, "a notice to churn does not count: nobody knows", ""},
		{"of another change", churn, []Notice{with(func(n *Notice) { n.Digest = "other" }, told(40)[0])}, Standing{}, nil, Block, "churn reads it", ""},
		{"to somebody else", churn, []Notice{with(func(n *Notice) { n.Consumer = "kpi" }, told(40)[0])}, Standing{}, nil, Block, "churn has yet to be told", " Silence counts as consent from 23 Dec 2026 on, in 30 days, once churn was told twice, on different days."},
		{"a critical consumer has to agree", both, told(40, 20), Standing{}, nil, Block, "silence is no consent yet: kpi (critical) has to approve", " Silence is no consent here: kpi has to approve."},
		{"one who objects", churn, told(40, 20), Standing{}, []Objection{{Consumer: "churn", By: "@bob", Reason: "we need it"}}, Block, "churn objects (@bob: we need it) and has to approve", " Silence is no consent here: churn (who objects) has to approve."},
		{"one who objects before it was told", churn, nil, Standing{}, []Objection{{Consumer: "churn", By: "@bob", Reason: "we need it"}}, Block, "churn objects (@bob: we need it) and has to approve", " Silence is no consent here: churn (who objects) has to approve."},
		{"one who objected to what it was before", churn, told(40, 20), Standing{}, []Objection{{Digest: "other", Consumer: "churn", By: "@bob"}}, Notify, "silence is consent", ""},
		{"one who is not hit objects", churn, nil, Standing{}, []Objection{{Consumer: "kpi", By: "@bob"}}, Block, "churn reads it", ""},
		{"one who objects to something else", churn, told(40, 20), Standing{}, []Objection{{Finding: "else", Consumer: "churn", By: "@bob"}}, Notify, "silence is consent", ""},
		{"nobody is hit", nil, told(40, 20), Standing{}, nil, Block, "others may read the port", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bare := Policy{}.Judge(c, schema.Shown{}, tt.hits, tt.standing)
			p := Policy{Now: now, Told: func(*Finding) []Notice {
				for i := range tt.notices {
					tt.notices[i].Finding = bare.ID
					if tt.notices[i].Digest == "" {
						tt.notices[i].Digest = bare.Digest
					}
				}
				return tt.notices
			}}
			for _, o := range tt.objects {
				if o.Finding == "" {
					o.Finding = bare.ID
				}
				p.Objections = append(p.Objections, o)
			}
			got := p.Judge(c, schema.Shown{}, tt.hits, tt.standing)
			if got.Verdict != tt.want || !strings.Contains(got.Because, tt.says) || tt.awaits != "" && got.Awaits != tt.awaits {
				t.Errorf("got %s because %s\n%q", got.Verdict, got.Because, got.Awaits)
			}
			if tt.want == Notify && got.Awaits != "" {
				t.Errorf("it still waits: %q", got.Awaits)
			}
		})
	}
}

// What cannot be read is agreed to by nobody, silent or not.
func TestSilenceOnTheUnreadable(t *testing.T) {
	p := Policy{Now: now, Told: func(f *Finding) []Notice {
		return []Notice{{Finding: f.ID, Digest: f.Digest, Consumer: "c", SentAt: now.AddDate(0, 0, -60)}, {Finding: f.ID, Digest: f.Digest, Consumer: "c", SentAt: now.AddDate(0, 0, -50)}}
	}}
	c := change.Change{Rule: &change.Rule{ID: "port/unreadable", Idea: change.Unreadable, Class: change.Breaking}}
	if f := p.Judge(c, schema.Shown{}, []consumer.Hit{{Use: consumer.Use{Consumer: consumer.Consumer{ID: "c"}}, Impact: consumer.Unknown}}, Standing{}); f.Verdict != Block {
		t.Errorf("got %s because %s", f.Verdict, f.Because)
	}
}

func TestReadNotices(t *testing.T) {
	tree := revision.Memory("test", map[string][]byte{
		Notices + "/a.yaml": []byte("- {finding: f, digest: d, consumer: c, port: p, channel: slack, sentAt: 2026-11-01T08:00:00Z}\n- {finding: f, digest: d, consumer: c, chanel: slack, sentAt: soon}\n"),
		Notices + "/b.yaml": []byte("finding: f\ndigest: d\nconsumer: c\nchannel: mail\nsentAt: 2026-11-09\n---\n[]\n"),
		Notices + "/c.yaml": []byte("finding: [}"),
		Notices + "/d.txt":  []byte("no notice"),
	})
	notices, errs := ReadNotices(tree)
	var got []string
	for _, e := range errs {
		got = append(got, e.Error())
	}
	want := []string{
		`.breakwater/notices/c.yaml:1:1: the YAML cannot be read`,
		`.breakwater/notices/a.yaml:2:63: want a date such as 2027-01-31, got "soon"`,
		`.breakwater/notices/a.yaml:2:3: want a value for "channel"`,
		`.breakwater/notices/a.yaml:2:40: unknown key "chanel"; did you mean "channel"?`,
	}
	for _, w := range want {
		if !strings.Contains(strings.Join(got, "\n"), w) {
			t.Errorf("got\n%s\nwithout\n%s", strings.Join(got, "\n"), w)
		}
	}
	if len(notices) != 3 || !notices[0].SentAt.Equal(time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)) || notices[0].Channel != "slack" || notices[2].Channel != "mail" {
		t.Errorf("got %+v", notices)
	}
}

func TestReadObjections(t *testing.T) {
	tree := revision.Memory("test", map[string][]byte{
		Objections + "/a.yaml": []byte("finding: f\nconsumer: c\nby: \"@bob\"\nreason: we need it\n"),
		Objections + "/b.yaml": []byte("finding: f\nconsumer: c\nby: \"@bob\"\nreason: " + strings.Repeat("x", maxReason+1) + "\n"),
	})
	objections, errs := ReadObjections(tree)
	if len(objections) != 2 || objections[0].Reason != "we need it" || len(errs) != 1 || errs[0].Error() != ".breakwater/objections/b.yaml:4:9: say it in at most 1000 characters" {
		t.Errorf("got %+v, %v", objections, errs)
	}
}

// A record that is wrong is an error at its place, and never a notice that counts.
func FuzzReadNotices(f *testing.F) {
	f.Add("- {finding: f, digest: d, consumer: c, channel: slack, sentAt: 2026-11-01}")
	f.Add("finding: f\n---\n[[{}], 7, null]")
	f.Fuzz(func(t *testing.T, text string) {
		notices, errs := ReadNotices(revision.Memory("test", map[string][]byte{Notices + "/a.yaml": []byte(text)}))
		for _, n := range notices {
			whole := n.Finding != "" && n.Digest != "" && n.Consumer != "" && n.Channel != ""
			if len(errs) == 0 && !whole {
				t.Errorf("got %+v", n)
			}
		}
		for _, e := range errs {
			if e.Span.File != Notices+"/a.yaml" {
				t.Errorf("%s has no place", e)
			}
		}
	})
}
