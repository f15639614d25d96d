package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker"
)

func (s *site) push(r *forgeRepo, p *forgePull, files map[string]string) (head string) {
	s.forge.mu.Lock()
	parent := p.head
	s.forge.mu.Unlock()
	head = r.commit(s.forge, "topic", parent, files)
	s.forge.mu.Lock()
	p.head = head
	s.forge.mu.Unlock()
	return head
}

func TestACommentThatSomebodyDeletesIsMadeAgain(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	s.tellPull("opened", r.name, 7)
	s.settled()
	s.forge.mu.Lock()
	r.comments = nil
	s.forge.mu.Unlock()
	head := s.push(r, p, map[string]string{"README.md": "x"})
	s.tellPull("synchronize", r.name, 7)
	s.settled()
	if got := s.forge.ours(r, 7, mark+head); len(got) != 1 {
		t.Errorf("the comments are %q", got)
	}
}

func TestTheNewestHeadWins(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	first := p.head
	second := r.commit(s.forge, "topic", first, map[string]string{contract: wider})
	moved := false
	s.forge.before = func(_ http.ResponseWriter, req *http.Request) bool {
		if strings.Contains(req.URL.Path, "/git/blobs/"+blobID(without)) && !moved { // while the first is read, the second comes
			moved = true
			p.head = second
		}
		return false
	}
	judged := make(chan string, 10)
	s.bot.Judged = func(_ context.Context, _ *store.Tx, j *Judgement) error {
		judged <- j.Result.Head.Commit
		return nil
	}
	s.tellPull("opened", r.name, 7) // and no other event
	s.settled()
	if run := s.only(r, second); run.Conclusion != "success" {
		t.Errorf("the run of the newest head is %+v", run)
	}
	if run := s.only(r, first); run.Conclusion != "cancelled" {
		t.Errorf("the run of the first head is %+v", run)
	}
	if got := s.forge.ours(r, 7, ""); len(got) != 0 { // nothing to say of the second, and nothing was said of the first
		t.Errorf("the comments are %q", got)
	}
	close(judged)
	for head := range judged {
		if head != second {
			t.Errorf("somebody was told of %s", head)
		}
	}
}

func TestAClosedPullRequestLeavesNoRunWaiting(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	_, stop := s.forge.refuses(http.StatusInternalServerError, nil, onPath("/git/"))
	s.tellPull("opened", r.name, 7)
	s.until("the run waits", func() bool { return len(s.forge.runsOf(r, p.head)) == 1 })
	s.forge.mu.Lock()
	p.state = "closed"
	s.forge.mu.Unlock()
	stop()
	s.tellPull("closed", r.name, 7)
	s.settled()
	if run := s.only(r, p.head); run.Conclusion != "cancelled" {
		t.Errorf("the run is %+v", run)
	}
}

func TestAMergeGroupIsChecked(t *testing.T) {
	s := newSite(t)
	r := s.forge.repo("acme/checkout", map[string]string{contract: whole, "consumers/finance.yaml": registration})
	head := r.commit(s.forge, "queue", r.branches["main"], map[string]string{contract: without})
	s.tell("merge_group", payload(r.name, "ada", object{"action": "checks_requested", "merge_group": object{"base_sha": r.branches["main"], "head_sha": head}}))
	s.settled()
	if run := s.only(r, head); run.Conclusion != "failure" || run.Label != "" {
		t.Errorf("the run is %+v", run)
	}
	if len(r.comments) > 0 {
		t.Errorf("somebody wrote comments: %+v", r.comments)
	}
}

func TestUnchangedAnswersCostNothing(t *testing.T) {
	s := newSite(t)
	r, _ := s.checkout()
	s.tellPull("opened", r.name, 7)
	s.settled()
	s.forge.mu.Lock()
	first := len(s.forge.asked)
	s.forge.mu.Unlock()
	s.tellPull("reopened", r.name, 7)
	s.settled()
	s.forge.mu.Lock()
	defer s.forge.mu.Unlock()
	second := s.forge.asked[first:]
	// The run is finished anew; all else is as it was.
	if len(second) > 2 || s.forge.unchanged == 0 {
		t.Errorf("the first check asks %d times; the second, of the same: %q", first, second)
	}
	t.Logf("the first check costs %d requests, the second %d", first, len(second))
}

func TestManyFilesAreOneArchive(t *testing.T) {
	s := newSite(t)
	s.forge.archives()
	files := map[string]string{"consumers/finance.yaml": registration, contract: whole}
	for i := range 200 {
		files[fmt.Sprintf("contracts/c%d.odcs.yaml", i)] = strings.ReplaceAll(whole, "urn:contract:orders", fmt.Sprint("urn:contract:", i))
	}
	r := s.forge.repo("acme/big", files)
	r.commit(s.forge, "topic", r.branches["main"], map[string]string{contract: without})
	p := r.open(s.forge, 7, "topic", "ada")
	s.tellPull("opened", r.name, 7)
	s.settled()
	if run := s.only(r, p.head); run.Conclusion != "failure" {
		t.Errorf("the run is %+v", run)
	}
	s.forge.mu.Lock()
	defer s.forge.mu.Unlock()
	blobs := 0
	for _, a := range s.forge.asked {
		if strings.Contains(a, "/git/blobs/") {
			blobs++
		}
	}
	if blobs > 10 {
		t.Errorf("%d files are asked for one by one", blobs)
	}
}

func TestManyFindingsFit(t *testing.T) {
	s := newSite(t)
	var base, head strings.Builder
	base.WriteString(strings.TrimSuffix(whole, ""))
	head.WriteString(without)
	for i := range 130 {
		fmt.Fprintf(&base, "      - {name: column_%d, logicalType: string}\n", i)
	}
	r := s.forge.repo("acme/wide", map[string]string{contract: base.String(), "consumers/finance.yaml": registration})
	r.commit(s.forge, "topic", r.branches["main"], map[string]string{contract: head.String()})
	p := r.open(s.forge, 7, "topic", "ada")
	s.tellPull("opened", r.name, 7)
	s.settled()
	run := s.only(r, p.head)
	if run.Conclusion != "failure" || len(run.Annotations) != 131 {
		t.Errorf("%s with %d annotations", run.Conclusion, len(run.Annotations))
	}
	if got := s.forge.ours(r, 7, mark); len(got) != 1 {
		t.Errorf("%d comments", len(got))
	}
}

func TestAVerdictIsWrittenDownWithAllThatFollows(t *testing.T) {
	s := newSite(t)
	var before []*store.Verdict
	s.bot.Judged = func(_ context.Context, tx *store.Tx, j *Judgement) error {
		before = append(before, j.Before)
		if len(before) == 1 {
			return errors.New("the outbox is full")
		}
		return tx.Audit(s.t.Context(), store.Entry{Repo: j.Subject.Repo, Did: "told", Detail: j.Result.Verdict.String()})
	}
	r, p := s.checkout()
	s.tellPull("opened", r.name, 7)
	s.settled()
	if run := s.only(r, p.head); run.Conclusion != "failure" {
		t.Errorf("the run is %+v", run)
	}
	if len(before) < 2 || before[1].Report != "" {
		t.Errorf("a verdict is written down, and nobody was told of it: %+v", before)
	}
	trail, err := s.bot.Store.Trail(t.Context(), r.name)
	if err != nil || len(trail) == 0 || trail[0].Detail != "block" {
		t.Errorf("the trail is %+v, %v", trail, err)
	}
}

func TestAPastCheckerIsNotChanged(t *testing.T) {
	s := newSite(t)
	if c := s.bot.Checker; c.Reviews != nil || c.Registry != nil || c.Acks != nil || !c.Now.IsZero() {
		t.Errorf("the checker of all checks is %+v", c)
	}
	s.bot.Prepare = func(_ context.Context, c *checker.Checker, _ store.Subject) error {
		c.Set = append(c.Set, "policy.fail-on=never")
		return nil
	}
	r, p := s.checkout()
	s.tellPull("opened", r.name, 7)
	s.settled()
	if run := s.only(r, p.head); run.Conclusion != "neutral" || len(s.bot.Checker.Set) > 0 {
		t.Errorf("the run is %+v, and the settings are %q", run, s.bot.Checker.Set)
	}
}
