package bot

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/google/go-github/v60/github"
)

func TestAReviewCountsAsInTheAction(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	s.forge.teams["acme/finance"] = []string{"fay"}
	s.tellPull("opened", r.name, 7)
	s.settled()
	var doc struct {
		Ports []struct{ Findings []struct{ ID, Digest string } }
	}
	checks, err := s.bot.Store.Checks(t.Context(), 1)
	if err != nil || json.Unmarshal([]byte(checks[0].Report), &doc) != nil {
		t.Fatal(err)
	}
	f := doc.Ports[0].Findings[0]
	approval := fmt.Sprintf("- {finding: %s, digest: %s, by: \"@acme/finance\", reason: agreed, until: %s}\n", f.ID, f.Digest, time.Now().AddDate(0, 1, 0).Format(time.DateOnly))
	head := s.push(r, p, map[string]string{".breakwater/approvals/finance.yaml": approval})
	s.tellPull("synchronize", r.name, 7)
	s.settled()
	if run := s.only(r, head); run.Conclusion != "failure" {
		t.Fatalf("an approval that is only proposed is in force: %+v", run)
	}
	s.forge.mu.Lock()
	state, login := "APPROVED", "fay"
	p.reviews = []*github.PullRequestReview{{State: &state, CommitID: &head, User: &github.User{Login: &login}}}
	s.forge.mu.Unlock()
	s.tell("pull_request_review", payload(r.name, "fay", object{"action": "submitted", "pull_request": object{"number": 7}}))
	s.until("the check is green", func() bool { return s.only(r, head).Conclusion == "success" })
}

func TestAButtonAcknowledges(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	s.forge.teams["acme/finance"] = []string{"fay"}
	s.tellPull("opened", r.name, 7)
	s.settled()
	run := s.only(r, p.head)
	press := func(login, head string, n int) []byte {
		return payload(r.name, login, object{"action": "requested_action", "requested_action": object{"identifier": "ack"}, "n": n, "check_run": object{"id": run.ID, "head_sha": head}})
	}
	if code, text := s.send("check_run", press("fay", p.head, 0)); code != 202 || text != "queued" {
		t.Fatalf("%d %s", code, text)
	}
	if _, text := s.send("check_run", press("fay", p.head, 0)); text != "ignored" { // under another name: a replay
		t.Errorf("the same button is pressed twice: %s", text)
	}
	s.until("the check is green", func() bool { return s.only(r, p.head).Conclusion == "success" })
	s.settled()
	head := s.push(r, p, map[string]string{contract: strings.Replace(whole, "discount, logicalType: number", "discount, logicalType: string", 1)})
	s.tellPull("synchronize", r.name, 7)
	s.settled()
	if _, text := s.send("check_run", press("fay", p.head, 1)); text != "ignored" {
		t.Errorf("the button of the head before: %s", text)
	}
	if run := s.only(r, head); run.Conclusion != "failure" {
		t.Errorf("the run is %+v", run)
	}
}

func TestCommands(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	r.writers = []string{"olga"}
	s.tellPull("opened", r.name, 7)
	s.settled()
	replies := func() []string { return s.forge.ours(r, 7, "<!-- breakwater:report id=reply/") }
	said := 0
	for _, tt := range []struct{ body, want string }{
		{"/breakwater help", "/breakwater recheck"},
		{"/breakwater", "/breakwater recheck"},
		{"/breakwater dance", "/breakwater recheck"},
		{"/breakwater explain table/column-removed\nthanks", "`table/column-removed`"},
		{"/breakwater explain `@acme/finance`", "There is no rule `'@acme/finance'`"},
		{"/breakwater explain", "Which rule?"},
	} {
		s.comment(r, 7, "olga", tt.body)
		said++
		s.until("there is a reply to "+tt.body, func() bool { return len(replies()) == said })
		if got := replies()[said-1]; !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q", tt.body, got)
		}
	}
	id := s.forge.say(r, 7, "olga", "/breakwater help")
	for _, change := range []func(o object){
		func(o object) { o["action"] = "edited" },
		func(o object) { o["comment"].(object)["user"].(object)["type"] = "Bot" },
		func(o object) { o["comment"].(object)["body"] = "I like /breakwater help" },
		func(o object) { o["comment"].(object)["body"] = "> /breakwater help" },
		func(o object) { o["comment"].(object)["body"] = "/breakwaters help" },
		func(o object) { o["sender"].(object)["login"] = "mallory" },
	} {
		var o object
		if err := json.Unmarshal(commented(r.name, 7, id, "olga", "/breakwater help"), &o); err != nil {
			t.Fatal(err)
		}
		deep(o)
		change(o)
		body, _ := json.Marshal(o)
		if _, text := s.send("issue_comment", body); text != "ignored" {
			t.Errorf("%s: %s", body, text)
		}
	}
	runs := s.only(r, p.head).finishes
	s.comment(r, 7, "olga", "/breakwater recheck")
	s.until("it is checked again", func() bool { return s.only(r, p.head).finishes > runs })
	s.comment(r, 7, "mallory", "/breakwater recheck")
	s.until("a stranger is refused", func() bool { return strings.Contains(s.log.String(), "command refused") })
	s.settled()
	if len(replies()) != said {
		t.Errorf("a stranger has us write: %q", replies())
	}
}

func deep(o object) {
	for name, v := range o {
		if m, ok := v.(map[string]any); ok {
			deep(m)
			o[name] = m
		}
	}
}

func TestWhomThePolicyLetsOverrideDoes(t *testing.T) {
	s := newSite(t)
	r := s.forge.repo("acme/checkout", map[string]string{contract: whole, "consumers/finance.yaml": registration, "breakwater.yaml": "version: 1\npolicy: {override: [\"@acme/leads\"]}\n"})
	r.commit(s.forge, "topic", r.branches["main"], map[string]string{contract: without, "breakwater.yaml": "version: 1\npolicy: {override: [\"@mallory\", \"@acme/leads\"]}\n"})
	p := r.open(s.forge, 7, "topic", "ada")
	s.forge.teams["acme/leads"] = []string{"lea"}
	s.tellPull("opened", r.name, 7)
	s.settled()
	s.comment(r, 7, "mallory", "/breakwater ack") // whom only the head names
	s.until("the command is refused", func() bool { return strings.Contains(s.log.String(), "command refused") })
	s.comment(r, 7, "lea", "/breakwater ack the old column holds no data")
	s.until("the check is green", func() bool { return s.only(r, p.head).Conclusion == "success" })
}

func TestStrangersReadNoContacts(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	r.private = false
	s.tellPull("opened", r.name, 7)
	s.settled()
	text := strings.Join(s.forge.ours(r, 7, mark), "") + s.only(r, p.head).Summary
	if !strings.Contains(text, "finance.kpi") || strings.Contains(text, "@acme/finance") || strings.Contains(text, "finance-team") {
		t.Errorf("strangers read %s", text)
	}
}

func TestAWordCountsForWhatItsWriterSaw(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	s.forge.teams["acme/finance"] = []string{"fay"}
	s.tellPull("opened", r.name, 7)
	s.settled()
	say := func(at time.Time) {
		t.Helper()
		var o object
		if err := json.Unmarshal(commented(r.name, 7, s.forge.say(r, 7, "fay", "/breakwater ack"), "fay", "/breakwater ack"), &o); err != nil {
			t.Fatal(err)
		}
		deep(o)
		o["comment"].(object)["created_at"] = at.Format(time.RFC3339)
		body, _ := json.Marshal(o)
		s.tell("issue_comment", body)
	}
	say(time.Now().Add(-time.Minute)) // an event that comes late
	s.until("the word is refused", func() bool { return strings.Contains(s.log.String(), "command refused") })
	if got := s.forge.ours(r, 7, "<!-- breakwater:report id=reply/"); len(got) != 1 || !strings.Contains(got[0], "after you wrote this") {
		t.Errorf("the replies are %q", got)
	}
	say(time.Now().Add(time.Second))
	s.until("the check is green", func() bool { return s.only(r, p.head).Conclusion == "success" })
}

// agreeing plays a change whose reader said nothing for so long that it passed.
func agreeing(t *testing.T) (*site, *forgeRepo, *forgePull) {
	s, _, c := telling(t, events)
	low := strings.Replace(registration, "criticality: high", "criticality: low", 1)
	r := s.forge.repo("acme/checkout", map[string]string{contract: whole, "consumers/finance.yaml": low})
	r.commit(s.forge, "topic", r.branches["main"], map[string]string{contract: without})
	p := r.open(s.forge, 7, "topic", "ada")
	s.forge.teams["acme/finance"] = []string{"fay", "finn"}
	r.writers = []string{"olga"}
	s.check(r.name, 7)
	s.post()
	for range 8 {
		c.pass(5 * 24 * time.Hour)
		if err := s.bot.outbox.nudge(t.Context(), job(Nudge{int64(s.guids)}, 1)); err != nil {
			t.Fatal(err)
		}
		s.post()
		s.check(r.name, 7)
	}
	return s, r, p
}

// order carries out a comment, without a worker, and checks again.
func (s *site) order(r *forgeRepo, login, body string) {
	s.t.Helper()
	words := strings.Fields(body)
	id := s.forge.say(r, 7, login, body)
	if err := s.bot.command(s.t.Context(), job(Command{Installation: installation, Repo: r.name, Number: 7, Comment: id, At: s.bot.Now(), Login: login, Words: words[1:]}, 1)); err != nil {
		s.t.Fatal(err)
	}
	s.check(r.name, 7)
}

func TestWhoObjectsIsNotSilent(t *testing.T) {
	s, r, p := agreeing(t)
	stands := func(want, says string) {
		t.Helper()
		run := s.only(r, p.head)
		if comments := s.forge.ours(r, 7, mark+p.head); run.Conclusion != want || len(comments) != 1 || !strings.Contains(comments[0], says) {
			t.Fatalf("the run is %+v, the comments are %q", run, comments)
		}
	}
	const objects = "finance.kpi (who objects) has to approve"
	stands("success", "1 consumer is to be told")
	s.order(r, "mallory", "/breakwater object no") // a stranger
	s.order(r, "olga", "/breakwater object no")    // may write here, and answers for nobody
	s.order(r, "fay", "/breakwater object 00000000 no")
	stands("success", "1 consumer is to be told")
	if replies := s.forge.ours(r, 7, "<!-- breakwater:report id=reply/"); len(replies) != 2 || !strings.Contains(replies[0], "that you answer for") || !strings.Contains(replies[1], "No finding 00000000") {
		t.Errorf("the replies are %q", replies) // none to the stranger
	}
	s.order(r, "fay", "/breakwater object we price\nby it")
	stands("failure", objects)
	list, err := s.bot.Store.Objections(t.Context(), int64(s.guids))
	if err != nil || len(list) != 1 || list[0].Login != "fay" || list[0].Consumer != "finance.kpi" || list[0].Reason != "we price by it" {
		t.Errorf("the objections are %+v, %v", list, err)
	}

	// Somebody else of the team agrees, which takes it back, and thinks again.
	s.order(r, "finn", "/breakwater ack")
	stands("success", "1 consumer is to be told")
	s.order(r, "finn", "/breakwater object "+list[0].Finding+" on second thoughts")
	stands("failure", objects)
}

func TestAnObjectionIsToOneChange(t *testing.T) {
	s, r, p := agreeing(t)
	s.order(r, "fay", "/breakwater object we price by it")
	if run := s.only(r, p.head); run.Conclusion != "failure" {
		t.Fatalf("the run is %+v", run)
	}
	head := s.push(r, p, map[string]string{contract: strings.Replace(whole, "discount, logicalType: number", "discount, logicalType: string", 1)})
	s.check(r.name, 7)
	if run := s.only(r, head); run.Conclusion != "failure" || strings.Contains(run.Summary, "objects") {
		t.Errorf("what nobody has seen is objected to: %+v", run)
	}
	trail, err := s.bot.Store.Trail(t.Context(), r.name)
	if err != nil || len(trail) != 1 || trail[0].Actor != "fay" || trail[0].Did != "object" || !strings.Contains(trail[0].Detail, "for finance.kpi: we price by it") {
		t.Errorf("the trail is %+v, %v", trail, err)
	}
}

func TestWhoMayBeHitMayObjectAndNotAgree(t *testing.T) {
	hit := func(id string, i consumer.Impact) consumer.Hit {
		return consumer.Hit{Use: consumer.Use{Consumer: consumer.Consumer{ID: id, Owners: []string{"@" + id}}}, Impact: i}
	}
	f := policy.Finding{Change: change.Change{Rule: &change.Rule{ID: "x/y"}}, Hits: []consumer.Hit{
		hit("violated", consumer.Violated), hit("unknown", consumer.Unknown), hit("unaffected", consumer.Unaffected),
	}}
	a, r := newAsked(f, "@owner", time.Time{}), roles{}
	equal(t, r.speakers(a), "@violated")
	equal(t, r.listeners(a), "@unknown", "@violated")
}
