package bot

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/ruletest"
)

// recorded are payloads that GitHub really sent.
type recorded struct {
	Name     string
	Examples []json.RawMessage
}

func readRecorded(t testing.TB) (all []recorded) {
	text, err := os.ReadFile(ruletest.Peer(t, "node_modules/@octokit/webhooks-examples/api.github.com/index.json"))
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestRecordedEventsAreTakenOnce(t *testing.T) {
	events := readRecorded(t)
	s := newSite(t)
	sent := 0
	for _, e := range events {
		for i, example := range e.Examples {
			var body bytes.Buffer
			if err := json.Compact(&body, example); err != nil {
				t.Fatal(err)
			}
			sent++
			guid := fmt.Sprint(e.Name, "-", i)
			guid = strings.ReplaceAll(guid, "_", "-")
			if code, text := s.do(request(s.url, e.Name, guid, body.Bytes())); code != http.StatusAccepted || text == "duplicate" {
				t.Errorf("%s: %d %s", guid, code, text)
			}
			if code, text := s.do(request(s.url, e.Name, guid, body.Bytes())); code != http.StatusAccepted || text != "duplicate" {
				t.Errorf("%s again: %d %s", guid, code, text)
			}
			tampered := request(s.url, e.Name, guid+"-x", body.Bytes())
			other := bytes.Replace(body.Bytes(), []byte("a"), []byte("b"), 1)
			tampered.Body, tampered.ContentLength = io.NopCloser(bytes.NewReader(other)), int64(len(other))
			if code, _ := s.do(tampered); code != http.StatusUnauthorized {
				t.Errorf("%s tampered: %d", guid, code)
			}
			if code, _ := s.do(request(s.url, e.Name, guid, other)); code != http.StatusConflict {
				t.Errorf("%s under a name that was used: %d", guid, code)
			}
		}
	}
	slices.Reverse(events)
	for _, e := range events { // out of order, each under a name of its own
		for i := len(e.Examples) - 1; i >= 0; i-- {
			if code, text := s.send(e.Name, e.Examples[i]); code != http.StatusAccepted {
				t.Errorf("%s %d: %d %s", e.Name, i, code, text)
			}
		}
	}
	s.settled() // the repositories are nowhere
	t.Logf("%d payloads of %d events", sent, len(events))
}

func TestRecordedEventsAskForWhatTheyAreAbout(t *testing.T) {
	events := readRecorded(t)
	asking := make(map[string]int)
	s := newSite(t)
	for _, e := range events {
		for _, example := range e.Examples {
			if _, text := s.send(e.Name, example); text == "queued" {
				asking[e.Name]++
			}
		}
	}
	for _, name := range []string{"pull_request", "pull_request_review", "push", "installation", "installation_repositories", "merge_group"} {
		if asking[name] == 0 {
			t.Errorf("no recorded %s asks for anything: %v", name, asking)
		}
	}
	for name := range asking {
		if !known(name) {
			t.Errorf("%s asks for something", name)
		}
	}
}

func TestWebhooksThatAreRefused(t *testing.T) {
	s := newSite(t)
	body := payload("acme/checkout", "ada", object{"action": "opened", "pull_request": object{"number": 7}})
	tests := []struct {
		name   string
		change func(req *http.Request)
		code   int
		reason string
	}{
		{"no signature", func(req *http.Request) { req.Header.Del("X-Hub-Signature-256") }, 401, "unsigned"},
		{"the old kind of signature", func(req *http.Request) {
			req.Header.Set("X-Hub-Signature", "sha1=00")
			req.Header.Del("X-Hub-Signature-256")
		}, 401, "unsigned"},
		{"signed with no secret", func(req *http.Request) { req.Header.Set("X-Hub-Signature-256", sign(nil, body)) }, 401, "signature"},
		{"signed with another secret", func(req *http.Request) { req.Header.Set("X-Hub-Signature-256", sign([]byte("guess"), body)) }, 401, "signature"},
		{"no hexadecimal signature", func(req *http.Request) { req.Header.Set("X-Hub-Signature-256", "sha256=zz") }, 401, "signature"},
		{"an empty signature", func(req *http.Request) { req.Header.Set("X-Hub-Signature-256", "sha256=") }, 401, "signature"},
		{"a form", func(req *http.Request) { req.Header.Set("Content-Type", "application/x-www-form-urlencoded") }, 415, "media-type"},
		{"no event", func(req *http.Request) { req.Header.Del("X-GitHub-Event") }, 400, "headers"},
		{"an event of several lines", func(req *http.Request) { req.Header.Set("X-GitHub-Event", "push\tpush") }, 400, "headers"},
		{"no delivery", func(req *http.Request) { req.Header.Del("X-GitHub-Delivery") }, 400, "headers"},
		{"a long delivery", func(req *http.Request) { req.Header.Set("X-GitHub-Delivery", strings.Repeat("a", 101)) }, 400, "headers"},
		{"another App", func(req *http.Request) {
			req.Header.Set("X-GitHub-Hook-Installation-Target-Type", "integration")
			req.Header.Set("X-GitHub-Hook-Installation-Target-ID", "8")
		}, 401, "other-app"},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req := request(s.url, "pull_request", fmt.Sprint("refused-", i), body)
			tt.change(req)
			if code, text := s.do(req); code != tt.code {
				t.Errorf("%d %s, want %d", code, text, tt.code)
			}
			if !strings.Contains(s.log.String(), `"reason":"`+tt.reason+`"`) {
				t.Errorf("the log does not say %q", tt.reason)
			}
			if _, text := s.get("/metrics"); !strings.Contains(text, `breakwater_webhooks_refused_total{reason="`+tt.reason+`"}`) {
				t.Errorf("no metric says %q", tt.reason)
			}
		})
	}
	bodies := []struct {
		name, body string
		code       int
	}{
		{"no JSON", "{", 400},
		{"deep JSON", strings.Repeat("[", 100_000), 400},
		{"another type", `{"pull_request": 7}`, 400},
		{"a number that is none", `{"action":"opened","repository":{"full_name":"acme/x"},"pull_request":{"number":-7}}`, 202},
		{"a number that is too large", `{"pull_request":{"number":99999999999999999999}}`, 400},
		{"a repository that is a path", `{"action":"opened","repository":{"full_name":"../../etc/passwd"},"pull_request":{"number":7}}`, 400},
		{"a repository with a query", `{"action":"opened","repository":{"full_name":"a/b?x=1"},"pull_request":{"number":7}}`, 400},
		{"nothing in it", `{}`, 202},
		{"null", `null`, 202},
	}
	for _, tt := range bodies {
		t.Run(tt.name, func(t *testing.T) {
			if code, text := s.send("pull_request", []byte(tt.body)); code != tt.code || text == "queued" {
				t.Errorf("%d %s, want %d", code, text, tt.code)
			}
		})
	}
	t.Run("an event that nobody knows", func(t *testing.T) {
		if code, text := s.send("volcano", []byte(`{"repository": 7}`)); code != 202 || text != "ignored" {
			t.Errorf("%d %s", code, text)
		}
	})
	t.Run("a merge group that is a path", func(t *testing.T) {
		if code, text := s.send("merge_group", payload("acme/x", "ada", object{"action": "checks_requested", "merge_group": object{"base_sha": "main", "head_sha": "x/../y"}})); code != 400 {
			t.Errorf("%d %s", code, text)
		}
	})
	if waiting, _, err := s.bot.Store.Waiting(t.Context()); waiting != 0 || err != nil {
		t.Errorf("%d subjects wait, %v", waiting, err)
	}
}

func TestEitherSecretSigns(t *testing.T) {
	s := newSite(t)
	body := payload("acme/checkout", "ada", object{})
	for i, key := range s.bot.Secrets {
		req := request(s.url, "ping", fmt.Sprint("ping-", i), body)
		req.Header.Set("X-Hub-Signature-256", sign(key, body))
		if code, text := s.do(req); code != http.StatusAccepted {
			t.Errorf("secret %d: %d %s", i, code, text)
		}
	}
}

func TestTheBotDoesNotServeWithoutASecret(t *testing.T) {
	for _, secrets := range [][][]byte{nil, {[]byte("")}, {secret, []byte("short")}} {
		b, _ := newBot(t, newForge(t), "sqlite://"+filepath.Join(t.TempDir(), "bot.db"))
		b.Secrets = secrets
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Run(t.Context(), l); err == nil || !strings.Contains(err.Error(), "secret") {
			t.Errorf("with the secrets %q it ends with %v", secrets, err)
		}
	}
}

func TestAHugeBodyIsRefused(t *testing.T) {
	s := newSite(t)
	huge := bytes.Repeat([]byte("x"), maxBody+1)
	said := request(s.url, "push", "huge-1", huge)
	if code, _ := s.do(said); code != http.StatusRequestEntityTooLarge {
		t.Errorf("announced: %d", code)
	}
	silent := request(s.url, "push", "huge-2", huge)
	silent.Body, silent.ContentLength = io.NopCloser(io.MultiReader(bytes.NewReader(huge))), -1
	if code, _ := s.do(silent); code != http.StatusRequestEntityTooLarge {
		t.Errorf("not announced: %d", code)
	}
}

func TestASlowBodyIsCutOffAndTakesNoRoom(t *testing.T) {
	b, log := newBot(t, newForge(t), "sqlite://"+filepath.Join(t.TempDir(), "bot.db"))
	server := httptest.NewUnstartedServer(nil)
	server.Config = b.server()
	if c := server.Config; c.ReadHeaderTimeout == 0 || c.ReadTimeout == 0 || c.WriteTimeout == 0 || c.IdleTimeout == 0 || c.MaxHeaderBytes == 0 {
		t.Errorf("a connection has no limits: %+v", c)
	}
	server.Config.ReadTimeout = 300 * time.Millisecond // instead of 20 s
	server.Start()
	defer server.Close()
	body := payload("acme/checkout", "ada", object{"action": "opened", "pull_request": object{"number": 7}})
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-GitHub-Event: push\r\nX-GitHub-Delivery: slow\r\nX-Hub-Signature-256: %s\r\nContent-Length: %d\r\n\r\n{", sign(secret, body), maxBody)
	if !b.memory.TryAcquire(maxReading - 1<<20) { // what was announced takes no room
		t.Error("a body that has not come takes room")
	}
	answer, _ := io.ReadAll(conn)
	if text := string(answer); text != "" && !strings.HasPrefix(text, "HTTP/1.1 400") {
		t.Errorf("the answer is %q", text)
	}
	if !strings.Contains(log.String(), "cut-off") {
		t.Errorf("the log says %s", log)
	}
	b.memory.Release(maxReading - 1<<20)
}

func TestWhoSendsTooMuchAtOnceIsToldToWait(t *testing.T) {
	s := newSite(t)
	if !s.bot.memory.TryAcquire(maxReading) {
		t.Fatal("there is no room at the start")
	}
	req := request(s.url, "ping", "full", payload("acme/checkout", "ada", object{}))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("%s, Retry-After %q", resp.Status, resp.Header.Get("Retry-After"))
	}
	s.bot.memory.Release(maxReading)
	if code, _ := s.do(request(s.url, "ping", "full", payload("acme/checkout", "ada", object{}))); code != http.StatusAccepted {
		t.Errorf("afterwards: %d", code)
	}
}

func TestALockedDatabaseLosesNothing(t *testing.T) {
	name := filepath.Join(t.TempDir(), "bot.db")
	f := newForge(t)
	s := &site{t: t, forge: f}
	s.bot, s.log = newBot(t, f, "sqlite://"+name)
	r, p := s.checkout()
	s.start()
	s.send("ping", payload(r.name, "ada", object{})) // it runs
	other, err := sql.Open("sqlite", "file:"+name)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	conn, err := other.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lock := func(statement string) {
		for range 100 {
			if _, err = conn.ExecContext(context.Background(), statement); err == nil {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Fatal(err)
	}
	lock("BEGIN IMMEDIATE")
	req := func() *http.Request {
		return request(s.url, "pull_request", "locked", payload(r.name, "ada", object{"action": "opened", "pull_request": object{"number": 7}}))
	}
	if code, _ := s.do(req()); code != http.StatusServiceUnavailable {
		t.Errorf("while the database is locked: %d", code)
	}
	if !strings.Contains(s.log.String(), "webhook not written down") {
		t.Error("the log does not say so")
	}
	lock("ROLLBACK")
	if code, text := s.do(req()); code != http.StatusAccepted || text != "queued" {
		t.Errorf("afterwards: %d %s", code, text)
	}
	if _, text := s.get("/metrics"); !strings.Contains(text, `breakwater_webhooks_refused_total{reason="database"}`) {
		t.Error("no metric says so")
	}
	s.settled()
	if run := s.only(r, p.head); run.Conclusion != "failure" {
		t.Errorf("the run is %+v", run)
	}
}

func FuzzEventsNeverPanic(f *testing.F) {
	f.Add("pull_request", payload("acme/checkout", "ada", object{"action": "opened", "pull_request": object{"number": 7}}))
	f.Add("issue_comment", commented("acme/checkout", 7, 1, "ada", "/breakwater ack 01234567 because"))
	f.Add("merge_group", []byte(`{"merge_group":{}}`))
	f.Add("installation", []byte(`{"action":"created","repositories":[{"full_name":"a/b"},null]}`))
	f.Add("check_run", []byte(`{"check_run":null,"requested_action":null}`))
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		e, err := parseEvent(name, body)
		if err == nil && e == nil {
			t.Error("neither an event nor an error")
		}
		if err == nil && e.Repository.FullName != "" && !isRepo(e.Repository.FullName) {
			t.Errorf("the repository is %q", e.Repository.FullName)
		}
	})
}

// BenchmarkLoad sends 1,000 events at 200 a second and tells how long they took to be
// answered; each has to be, and the queue has to be empty in the end.
func BenchmarkLoad(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { load(b, "sqlite://"+filepath.Join(b.TempDir(), "bot.db")) })
	b.Run("postgres", func(b *testing.B) { load(b, ruletest.StartPostgres(b).Database("bot")) })
}

func load(b *testing.B, database string) {
	const events, rate, pulls = 1_000, 200, 20
	for b.Loop() {
		s := newSiteOn(b, database)
		for i := range pulls {
			r := s.forge.repo(fmt.Sprint("acme/checkout-", i), map[string]string{contract: whole, "consumers/finance.yaml": registration})
			r.commit(s.forge, "topic", r.branches["main"], map[string]string{contract: without})
			r.open(s.forge, 7, "topic", "ada")
		}
		took := make(chan time.Duration, events)
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
		tick := time.NewTicker(time.Second / rate)
		lost := 0
		for n := range events {
			<-tick.C
			go func() {
				body := payload(fmt.Sprint("acme/checkout-", n%pulls), "ada", object{"action": "synchronize", "pull_request": object{"number": 7}})
				began := time.Now()
				resp, err := client.Do(request(s.url, "pull_request", fmt.Sprint("load-", b.N, "-", n), body))
				if err != nil || resp.StatusCode != http.StatusAccepted {
					took <- -1
					return
				}
				resp.Body.Close()
				took <- time.Since(began)
			}()
		}
		tick.Stop()
		var all []time.Duration
		for range events {
			if d := <-took; d < 0 {
				lost++
			} else {
				all = append(all, d)
			}
		}
		answered := time.Now()
		s.settled()
		slices.Sort(all)
		b.ReportMetric(float64(lost), "lost")
		b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
		b.ReportMetric(float64(all[len(all)-1].Microseconds())/1000, "max-ms")
		b.ReportMetric(float64(time.Since(answered).Milliseconds()), "drained-ms")
		_, text := s.get("/metrics")
		for line := range strings.Lines(text) {
			var bytes float64
			if n, _ := fmt.Sscanf(line, "process_resident_memory_bytes %g", &bytes); n == 1 {
				b.ReportMetric(bytes/(1<<20), "rss-MiB") // the forge's, too
			}
		}
		s.stop()
	}
}
