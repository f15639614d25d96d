package bot

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestConsumersInOtherRepositoriesAreFound(t *testing.T) {
	s := newSite(t)
	r := s.forge.repo("acme/checkout", map[string]string{contract: whole})
	r.commit(s.forge, "topic", r.branches["main"], map[string]string{contract: without})
	p := r.open(s.forge, 7, "topic", "ada")
	s.tellPull("opened", r.name, 7)
	s.settled()
	if run := s.only(r, p.head); strings.Contains(run.Summary, "finance.kpi") {
		t.Fatalf("nobody is registered, and the run is %+v", run)
	}
	kpi := s.forge.repo("acme/kpi", map[string]string{".breakwater/consumes.yaml": registration, "consumers/broken.yaml": "apiVersion: breakwater/v1\nkind: Consumption\n"})
	s.tell("push", payload(kpi.name, "fay", object{"ref": "refs/heads/main"}))
	s.until("the open pull request is checked again", func() bool { return strings.Contains(s.only(r, p.head).Summary, "finance.kpi") })
	s.settled()
	if got := s.forge.ours(r, 7, mark+p.head); len(got) != 1 || !strings.Contains(got[0], "finance.kpi") || strings.Contains(got[0], "❌") {
		t.Errorf("the comments are %q", got)
	}
	_, text := s.get("/api/v1/consumers")
	var answer struct {
		Consumers []shownReading `json:"consumers"`
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil || len(answer.Consumers) != 1 || answer.Consumers[0].Repo != kpi.name || answer.Consumers[0].File != ".breakwater/consumes.yaml" ||
		!slices.Equal(answer.Consumers[0].Fields, []string{"orders.discount"}) {
		t.Errorf("consumers are %s, %v", text, err)
	}

	// He goes.
	kpi.commit(s.forge, "main", kpi.branches["main"], map[string]string{".breakwater/consumes.yaml": ""})
	s.tell("push", payload(kpi.name, "fay", object{"ref": "refs/heads/main"}))
	s.until("the open pull request is checked again", func() bool { return !strings.Contains(s.only(r, p.head).Summary, "finance.kpi") })
}

func TestAPushToAnotherBranchAsksForNothing(t *testing.T) {
	s := newSite(t)
	for _, more := range []object{{"ref": "refs/heads/topic"}, {"ref": "refs/heads/main", "deleted": true}, {"ref": "refs/tags/main"}} {
		if _, text := s.send("push", payload("acme/checkout", "ada", more)); text != "ignored" {
			t.Errorf("%v: %s", more, text)
		}
	}
}

func TestTheAPIIsBehindThePages(t *testing.T) {
	for _, tt := range []struct {
		pages Pages
		code  int
	}{{Anonymous, 200}, {Login, 401}, {Off, 404}, {"", 404}} {
		s := newSite(t, func(s *site) { s.bot.Pages = tt.pages })
		for _, path := range []string{"/api/v1/ports", "/api/v1/consumers", "/api/v1/checks"} {
			code, text := s.get(path)
			if code != tt.code {
				t.Errorf("%s with pages %q: %d %s", path, tt.pages, code, text)
			}
			if code == 200 && !strings.Contains(text, `"schemaVersion":1`) {
				t.Errorf("%s: %s", path, text)
			}
		}
		for path, code := range map[string]int{"/healthz": 200, "/readyz": 200, "/metrics": 200, "/webhook": 405, "/other": 404} {
			if got, text := s.get(path); got != code {
				t.Errorf("%s: %d %s", path, got, text)
			}
		}
		s.stop()
	}
}

func TestWhatWasMissedIsFoundAgain(t *testing.T) {
	s := newSite(t, func(s *site) {
		r, _ := s.checkout()
		r.commit(s.forge, "other", r.branches["main"], map[string]string{contract: wider})
		r.open(s.forge, 8, "other", "ada")
		at := time.Now().Add(-time.Hour)
		s.forge.deliveries = []*forgeDelivery{
			{1, "arrived", "push", 202, at}, {2, "lost", "push", 502, at}, {3, "lost", "push", 0, at.Add(-time.Minute)}, {4, "sent-again", "push", 202, at},
			{5, "sent-again", "push", 500, at.Add(-time.Minute)}, {6, "unasked", "star", 500, at}, {7, "old", "push", 500, at.Add(-100 * time.Hour)},
		}
	})
	r := s.forge.repos["acme/checkout"]
	s.until("both pull requests are checked", func() bool {
		for _, n := range []int{7, 8} {
			runs := s.forge.runsOf(r, r.pulls[n].head)
			if len(runs) != 1 || runs[0].Status != "completed" {
				return false
			}
		}
		return true
	})
	s.settled()
	s.until("the lost event is asked for", func() bool {
		s.forge.mu.Lock()
		defer s.forge.mu.Unlock()
		return len(s.forge.redelivers) > 0
	})
	s.forge.mu.Lock()
	if !slices.Equal(s.forge.redelivers, []int64{2}) {
		t.Errorf("asked for again are %v", s.forge.redelivers)
	}
	s.forge.mu.Unlock()
	if known, err := s.bot.Store.Repository(t.Context(), r.name); known == nil || known.Head != r.branches["main"] || err != nil {
		t.Errorf("the registry knows %+v, %v", known, err)
	}
	if err := s.bot.reconcile(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if waiting, _, err := s.bot.Store.Waiting(t.Context()); waiting != 0 || err != nil {
		t.Errorf("a second look asks for %d, %v", waiting, err)
	}
}

func TestARemovalMaturesAsTheBotSawIt(t *testing.T) {
	var mu sync.Mutex
	now := time.Now()
	s := newSite(t, func(s *site) { s.bot.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now } })
	pass := func(d time.Duration) { mu.Lock(); now = now.Add(d); mu.Unlock() }
	r := s.forge.repo("acme/checkout", map[string]string{contract: whole, "breakwater.yaml": "version: 1\nports:\n  - {id: contracts/orders, files: [contracts/orders.odcs.yaml], owner: \"@acme/checkout\"}\n"})
	push := func() {
		s.tell("push", payload(r.name, "ada", object{"ref": "refs/heads/main"}))
		s.settled()
	}
	push()
	pass(time.Hour)
	old := strings.Replace(whole, "{name: discount, logicalType: number}", "{name: discount, logicalType: number, deprecated: true}", 1)
	r.commit(s.forge, "main", r.branches["main"], map[string]string{contract: old})
	push()
	pass(time.Hour)
	r.commit(s.forge, "main", r.branches["main"], map[string]string{"README.md": "x"})
	push()
	r.commit(s.forge, "topic", r.branches["main"], map[string]string{contract: without})
	p := r.open(s.forge, 7, "topic", "ada")
	s.tellPull("opened", r.name, 7)
	s.settled()
	if run := s.only(r, p.head); run.Conclusion != "failure" {
		t.Fatalf("after an hour the run is %+v", run)
	}
	pass(31 * 24 * time.Hour)
	s.tellPull("reopened", r.name, 7)
	s.settled()
	if run := s.only(r, p.head); run.Conclusion != "success" {
		t.Errorf("after a month the run is %+v", run)
	}
}

func TestARepositorysOwnHookIsEnough(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	kpi := s.forge.repo("acme/kpi", map[string]string{".breakwater/consumes.yaml": strings.ReplaceAll(registration, "finance.kpi", "sales.kpi")})
	s.tell("push", payload(kpi.name, "ada", object{"ref": "refs/heads/main", "installation": nil}))
	s.settled()
	s.tell("pull_request", payload(r.name, "ada", object{"action": "opened", "pull_request": object{"number": 7}, "installation": nil}))
	s.settled()
	if run := s.only(r, p.head); !strings.Contains(run.Summary, "finance.kpi") || !strings.Contains(run.Summary, "sales.kpi") {
		t.Errorf("the run is %+v", run)
	}
}

func TestANewInstallationIsLookedAt(t *testing.T) {
	s := newSite(t)
	s.settled()
	r, p := s.checkout() // nobody told of it
	s.tell("installation", payload("", "ada", object{"action": "created"}))
	s.until("it is checked", func() bool {
		runs := s.forge.runsOf(r, p.head)
		return len(runs) == 1 && runs[0].Status == "completed"
	})
	s.settled()
	finishes := s.only(r, p.head).finishes
	s.tell("check_suite", payload(r.name, "ada", object{"action": "rerequested", "check_suite": object{"head_sha": p.head}}))
	s.until("it is checked again", func() bool { return s.only(r, p.head).finishes > finishes })
}

func TestOpenPullRequestsFollowTheGate(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	s.tellPull("opened", r.name, 7)
	s.settled()
	push := func(files map[string]string) {
		r.commit(s.forge, "main", r.branches["main"], files)
		s.tell("push", payload(r.name, "ada", object{"ref": "refs/heads/main"}))
		s.settled()
	}
	finishes := s.only(r, p.head).finishes
	push(map[string]string{"README.md": "x"})
	if run := s.only(r, p.head); run.finishes != finishes {
		t.Error("a page that judges nothing has pull requests checked again")
	}
	push(map[string]string{"breakwater.yaml": "version: 1\npolicy: {fail-on: never}\n"})
	if run := s.only(r, p.head); run.Conclusion != "neutral" {
		t.Errorf("the gate moved, and the run is %+v", run)
	}
}

func TestARegistryIsCompleteOnlyIfEverybodyCouldBeRead(t *testing.T) {
	s := newSite(t)
	r := s.forge.repo("acme/checkout", map[string]string{contract: whole, "breakwater.yaml": fmt.Sprintf(
		"version: 1\nports:\n  - {id: contracts/orders, files: [contracts/orders.odcs.yaml], owner: \"@acme/checkout\", registry: {complete: true, asOf: %s, by: \"@acme/checkout\"}}\n", time.Now().Format(time.DateOnly))})
	r.commit(s.forge, "topic", r.branches["main"], map[string]string{contract: without})
	p := r.open(s.forge, 7, "topic", "ada")
	s.tellPull("opened", r.name, 7)
	s.settled()
	if run := s.only(r, p.head); run.Conclusion != "success" {
		t.Fatalf("everybody is registered, nobody is hit, and the run is %+v", run)
	}
	broken := s.forge.repo("acme/kpi", map[string]string{"consumers/kpi.yaml": "apiVersion: breakwater/v1\nkind: Consumption\n"})
	s.tell("push", payload(broken.name, "fay", object{"ref": "refs/heads/main"}))
	s.settled()
	s.tellPull("reopened", r.name, 7)
	s.settled()
	if run := s.only(r, p.head); run.Conclusion != "failure" {
		t.Errorf("a consumer cannot be read, and the run is %+v", run)
	}
}
