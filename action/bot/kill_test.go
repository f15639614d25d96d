package bot

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker/ruletest"
)

// A fleet is replicas of the bot in processes of their own.
type fleet struct {
	t        testing.TB
	config   serveConfig
	mu       sync.Mutex
	replicas []*replica
	log      *logged
}

type replica struct {
	address string
	cmd     *exec.Cmd
	ended   chan struct{}
}

func newFleet(t testing.TB, f *forge, database string, size int, setUp ...func(*serveConfig)) *fleet {
	fl := &fleet{t: t, config: serveConfig{Database: database, API: f.URL, Key: string(newKey(t))}, log: new(logged)}
	for _, do := range setUp {
		do(&fl.config)
	}
	for range size {
		fl.replicas = append(fl.replicas, &replica{address: freeAddress(t)})
	}
	for i := range fl.replicas {
		fl.start(i)
	}
	t.Cleanup(func() {
		for i := range fl.replicas {
			fl.kill(i)
		}
		if t.Failed() {
			text := fl.log.String()
			t.Logf("the end of the log:\n%s", text[max(0, len(text)-8_000):])
		}
	})
	return fl
}

func freeAddress(t testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// start starts a replica and waits until it takes events.
func (fl *fleet) start(i int) {
	fl.t.Helper()
	config := fl.config
	config.Listen = fl.replicas[i].address
	text, _ := json.Marshal(config)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), serveVariable+"="+string(text))
	out, err := cmd.StderrPipe()
	if err != nil {
		fl.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		fl.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			fmt.Fprintln(fl.log, lines.Text())
		}
		io.Copy(io.Discard, out)
		cmd.Wait()
	}()
	fl.mu.Lock()
	fl.replicas[i].cmd, fl.replicas[i].ended = cmd, ended
	fl.mu.Unlock()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if resp, err := http.Get("http://" + fl.replicas[i].address + "/readyz"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(deadline) {
			fl.t.Fatalf("a replica does not start:\n%s", fl.log)
		}
	}
}

// kill ends a replica as a machine that loses its power does.
func (fl *fleet) kill(i int) {
	fl.mu.Lock()
	cmd, ended := fl.replicas[i].cmd, fl.replicas[i].ended
	fl.mu.Unlock()
	cmd.Process.Kill()
	<-ended
}

// deliver sends an event until some replica takes it, as the reconciler has GitHub do.
func (fl *fleet) deliver(ctx context.Context, client *http.Client, guid string, body []byte) (tries int, err error) {
	for ctx.Err() == nil {
		tries++
		address := fl.replicas[rand.N(len(fl.replicas))].address
		resp, err := client.Do(request("http://"+address, "pull_request", guid, body).WithContext(ctx))
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusAccepted {
				return tries, nil
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return tries, ctx.Err()
}

// TestKilled kills the bot again and again while events come in and people are told, and
// then looks at what stands at the forge, and at what arrived.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	t.Run("sqlite", func(t *testing.T) { killed(t, "sqlite://"+filepath.Join(t.TempDir(), "bot.db"), 1) })
	t.Run("postgres", func(t *testing.T) { killed(t, ruletest.StartPostgres(t).Database("bot"), 2) })
}

const (
	killEvents  = 500
	kills       = 20
	killPulls   = 40
	killColumns = 30
)

// A siege is a fleet that is killed while pull requests get one commit after the other,
// of which each drops one more column that two consumers read.
type siege struct {
	*fleet
	forge   *forge
	repos   []*forgeRepo
	dropped []int // columns, by repository
	tries   int   // of deliveries
}

// narrowed is a contract without its first n columns.
func narrowed(n int) string {
	text := strings.Replace(whole, "      - {name: discount, logicalType: number}\n", "", 1)
	for i := n; i < killColumns; i++ {
		text += fmt.Sprintf("      - {name: c%d, logicalType: string}\n", i)
	}
	return text
}

func newSiege(t *testing.T, a *audience, database string, replicas int) *siege {
	s := &siege{forge: newForge(t), dropped: make([]int, killPulls)}
	reader := strings.Replace(registration, "fields: [{path: orders.discount}], ", "", 1) // every column
	for i := range killPulls {
		r := s.forge.repo(fmt.Sprintf("acme/checkout-%d", i), map[string]string{
			contract: narrowed(0), "consumers/finance.yaml": reader, "consumers/churn.yaml": strings.Replace(reader, "finance.kpi", "marketing.churn", 1),
		})
		s.repos = append(s.repos, r)
		s.drop(i)
		r.open(s.forge, 7, "topic", "ada")
	}
	s.fleet = newFleet(t, s.forge, database, replicas, func(c *serveConfig) { c.Webhook, c.Slack, c.Mail = a.Webhook, a.Slack, a.Mail })
	return s
}

// drop adds a commit to a pull request.
func (s *siege) drop(i int) {
	r := s.repos[i]
	s.dropped[i]++
	parent := r.branches["topic"]
	if parent == "" {
		parent = r.branches["main"]
	}
	head := r.commit(s.forge, "topic", parent, map[string]string{contract: narrowed(s.dropped[i])})
	s.forge.mu.Lock()
	defer s.forge.mu.Unlock()
	if p := r.pulls[7]; p != nil {
		p.head = head
	}
}

// send sends all events, while replicas are killed one after the other.
func (s *siege) send(ctx context.Context) {
	var sending sync.WaitGroup
	work, mu := make(chan int), new(sync.Mutex)
	for range 8 {
		sending.Go(func() {
			client := &http.Client{Timeout: 10 * time.Second}
			for n := range work {
				body := payload(s.repos[n%killPulls].name, "ada", object{"action": "synchronize", "pull_request": object{"number": 7}})
				tried, err := s.deliver(ctx, client, fmt.Sprint("guid-", n), body)
				if err != nil {
					s.t.Error(err)
				}
				mu.Lock()
				s.tries += tried
				mu.Unlock()
			}
		})
	}
	sending.Go(func() {
		for n := range kills {
			time.Sleep(300*time.Millisecond + rand.N(700*time.Millisecond))
			s.kill(n % len(s.replicas))
			s.start(n % len(s.replicas))
		}
	})
	for n := range killEvents {
		if n >= killPulls && n%3 == 0 {
			s.drop(n % killPulls)
		}
		work <- n
		time.Sleep(rand.N(60 * time.Millisecond))
	}
	close(work)
	sending.Wait()
}

// unfinished names the pull requests of which the newest head has no finished check.
func (s *siege) unfinished() (missing string) {
	s.forge.mu.Lock()
	defer s.forge.mu.Unlock()
	for _, r := range s.repos {
		head := r.pulls[7].head
		if !slices.ContainsFunc(r.runs, func(run *forgeRun) bool { return run.Head == head && run.Status == "completed" }) {
			missing += " " + r.name
		}
	}
	return missing
}

func killed(t *testing.T, database string, replicas int) {
	a := newAudience(t)
	s := newSiege(t, a, database, replicas)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	memory, err := store.Open(ctx, database, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer memory.Close()
	began := time.Now()
	s.send(ctx)
	sent := time.Now()
	for s.unfinished() != "" && ctx.Err() == nil {
		time.Sleep(50 * time.Millisecond)
	}
	checked := time.Now()
	behind, waiting, dead := int64(1), int64(0), int64(0)
	for behind+waiting > 0 && ctx.Err() == nil {
		time.Sleep(100 * time.Millisecond)
		if subjects, _, err := memory.Waiting(ctx); err == nil {
			behind = subjects // and only then its letters, which are written with what is done
		}
		if letters, lost, err := memory.CountLetters(ctx); err == nil {
			waiting, dead = letters, lost
		}
	}
	told := time.Now()
	if missing := s.unfinished(); missing != "" || behind+waiting+dead > 0 {
		for _, state := range []store.LetterState{store.Waiting, store.Dead} {
			letters, err := memory.Letters(t.Context(), state, nil, 10)
			for _, l := range letters {
				t.Logf("a %s letter of %s by %s, try %d, due %v: %q", state, l.Repo, l.Notice.Channel, l.Tries, l.Due, l.Failure)
			}
			if err != nil {
				t.Error(err)
			}
		}
		t.Fatalf("no finished check of the newest head:%s; %d subjects are not up to date; %d letters wait, %d are dead", missing, behind, waiting, dead)
	}
	s.shown()
	t.Logf("%d deliveries in %d tries, %d kills, in %v; all checked %v and all told %v later",
		killEvents, s.tries, kills, sent.Sub(began).Round(time.Millisecond), checked.Sub(sent).Round(time.Millisecond), told.Sub(sent).Round(time.Millisecond))
	s.heard(a, memory)
}

// shown looks at the forge: one comment and one finished run for the newest head of each
// pull request, and no run that waits.
func (s *siege) shown() {
	for _, r := range s.repos {
		head := r.pulls[7].head
		runs := s.forge.runsOf(r, head)
		if len(runs) != 1 || runs[0].Status != "completed" || runs[0].Conclusion != "failure" {
			s.t.Errorf("%s has these runs of its newest head: %+v", r.name, runs)
		}
		comments := s.forge.ours(r, 7, "")
		if len(comments) != 1 || !strings.HasPrefix(comments[0], mark+head) {
			s.t.Errorf("%s has these comments, and the head %s: %q", r.name, head, comments)
		}
		for _, run := range r.runs {
			if run.Status != "completed" {
				s.t.Errorf("%s: the run of %s never ended", r.name, run.Head)
			}
		}
	}
}

// heard holds what is written down as delivered against what arrived.
func (s *siege) heard(a *audience, memory *store.Store) {
	t := s.t
	letters := func(state store.LetterState) []store.Letter {
		list, err := memory.Letters(context.Background(), state, nil, 100_000)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	keys, asked := a.keys()
	mails := make(map[string]int)
	for _, m := range a.mails() {
		id := fmt.Sprint(m.Headers["message-id"])
		mails[strings.Trim(id[:strings.Index(id, "@")], "<")]++
	}
	told, sent := make(map[string]bool), make(map[string]int)
	for line := range strings.Lines(s.log.String()) {
		var said struct{ Msg, Key string }
		if json.Unmarshal([]byte(line), &said) == nil && said.Msg == "told" {
			told[said.Key] = true
		}
	}
	for _, l := range letters(store.Sent) {
		sent[l.Notice.Channel]++
		if _, ok := keys[l.Key]; l.Notice.Channel == "events" && !ok || l.Notice.Channel == "mail" && mails[l.Key] == 0 {
			t.Errorf("the %s of %s to %s was not delivered", l.Notice.Channel, l.Notice.Change.URL, l.Notice.Consumer.ID)
		}
		if !told[l.Key] {
			t.Errorf("the log does not tell of letter %d", l.ID)
		}
	}
	known, dropped := make(map[string]bool), make(map[string]bool)
	for _, l := range letters(store.Sent) {
		known[l.Key] = true
	}
	for _, l := range letters(store.Dropped) { // one that arrived was sent by who was killed then, and newer news came first
		known[l.Key], dropped[l.Key] = true, true
	}
	said, last, cut := make(map[string]string), make(map[string]int), asked-len(keys)
	for key, h := range keys {
		if !known[key] {
			t.Errorf("nobody wrote what arrived: %s", h.says())
		}
		if dropped[key] {
			cut++
		}
		if other := said[h.says()]; other != "" {
			t.Errorf("the keys %s and %s say the same: %s", key, other, h.says())
		}
		said[h.says()] = key
		last[h.Change+" "+h.Consumer] = max(last[h.Change+" "+h.Consumer], len(h.Digests))
	}
	for i, r := range s.repos {
		for _, consumer := range []string{"finance.kpi", "marketing.churn"} {
			if got := last[fmt.Sprintf("https://forge.example/%s/pull/7 %s", r.name, consumer)]; got != s.dropped[i] {
				t.Errorf("%s was told of %d columns of %s, and %d are gone", consumer, got, r.name, s.dropped[i])
			}
		}
	}
	if len(a.posts) != 2*killPulls {
		t.Errorf("%d messages stand in Slack", len(a.posts))
	}
	if cut == 0 {
		t.Error("no kill hit a notice that was under way")
	}
	t.Logf("%d letters, of which %d gave way to newer ones; delivered by channel %v, %d of the webhook's cut by a kill; its receiver took %d, each once, in %d requests; Slack shows %d messages, %d of them twice, with %d lines below; %d mails, %d of them twice",
		len(known), len(dropped), sent, cut, len(keys), asked, len(a.posts), repeated(a.posts), a.lines, len(mails), repeated(mails))
}

// A replica was killed two minutes ago, after it had finished a check and before it wrote
// down that it had: longer than a claim is held, and shorter than an update may take.
func TestTheWorkOfAKilledReplicaIsTakenOverBeforeAnUpdateCouldHaveEnded(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bot.db")
	s := newSiteOn(t, "sqlite://"+file)
	r, p := s.checkout()
	s.tellPull("opened", r.name, 7)
	s.settled()
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	err := s.bot.Store.Do(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Want(t.Context(), store.Subject{Installation: installation, Repo: r.name, Kind: store.Pull, Name: "7"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	done, err := db.ExecContext(t.Context(), `UPDATE river_job SET state = 'running', attempt = 1, attempted_at = datetime('now', 'subsec', '-2 minutes'), attempted_by = jsonb('["killed"]') WHERE state <> 'completed'`)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if n, err := done.RowsAffected(); n == 0 || err != nil {
		t.Fatalf("no job was running (%v)", err)
	}
	s.bot, s.log = newBot(t, s.forge, "sqlite://"+file)
	s.start()
	s.settled()
	if run := s.only(r, p.head); run.Conclusion != "failure" {
		t.Errorf("the run is %+v", run)
	}
}
