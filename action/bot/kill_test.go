package bot

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

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
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
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

// TestKilled kills the bot again and again while events come in, and then looks at
// what stands at the forge.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	t.Run("sqlite", func(t *testing.T) {
		ruletest.Peer(t, "bin/postgres") // only where the long tests run
		killed(t, "sqlite://"+filepath.Join(t.TempDir(), "bot.db"), 1)
	})
	t.Run("postgres", func(t *testing.T) { killed(t, ruletest.StartPostgres(t).Database("bot"), 2) })
}

func killed(t *testing.T, database string, replicas int) {
	const events, kills, pulls = 500, 20, 25
	f := newForge(t)
	repos := make([]*forgeRepo, pulls)
	for i := range repos {
		repos[i] = f.repo(fmt.Sprintf("acme/checkout-%d", i), map[string]string{contract: whole, "consumers/finance.yaml": registration})
		repos[i].commit(f, "topic", repos[i].branches["main"], map[string]string{contract: without})
		repos[i].open(f, 7, "topic", "ada")
	}
	fl := newFleet(t, f, database, replicas)
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()

	var sending sync.WaitGroup
	work := make(chan int)
	var mu sync.Mutex
	tries := 0
	for range 8 {
		sending.Go(func() {
			client := &http.Client{Timeout: 10 * time.Second}
			for n := range work {
				r := repos[n%pulls]
				if n >= pulls && n%3 == 0 { // another commit
					f.mu.Lock()
					parent := r.pulls[7].head
					f.mu.Unlock()
					head := r.commit(f, "topic", parent, map[string]string{"README.md": fmt.Sprint("commit ", n)})
					f.mu.Lock()
					r.pulls[7].head = head
					f.mu.Unlock()
				}
				body := payload(r.name, "ada", object{"action": "synchronize", "pull_request": object{"number": 7}})
				tried, err := fl.deliver(ctx, client, fmt.Sprint("guid-", n), body)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				tries += tried
				mu.Unlock()
			}
		})
	}
	killing := make(chan struct{})
	go func() {
		defer close(killing)
		for n := range kills {
			time.Sleep(200*time.Millisecond + rand.N(400*time.Millisecond))
			fl.kill(n % replicas)
			fl.start(n % replicas)
		}
	}()
	for n := range events {
		work <- n
		time.Sleep(rand.N(40 * time.Millisecond))
	}
	close(work)
	sending.Wait()
	<-killing
	sent := time.Since(began)

	finished := func() (missing string) {
		f.mu.Lock()
		defer f.mu.Unlock()
		for _, r := range repos {
			head, ok := r.pulls[7].head, false
			for _, run := range r.runs {
				ok = ok || run.Head == head && run.Status == "completed"
			}
			if !ok {
				missing += " " + r.name
			}
		}
		return missing
	}
	for finished() != "" && ctx.Err() == nil {
		time.Sleep(50 * time.Millisecond)
	}
	if missing := finished(); missing != "" {
		t.Fatalf("no finished check of the newest head:%s", missing)
	}
	time.Sleep(2 * time.Second) // for whoever comes too late
	waiting, doubled, late := 0, 0, 0
	for _, r := range repos {
		head := r.pulls[7].head
		runs := f.runsOf(r, head)
		if len(runs) != 1 || runs[0].Status != "completed" || runs[0].Conclusion != "failure" {
			t.Errorf("%s has these runs of its newest head: %+v", r.name, runs)
		}
		comments := f.ours(r, 7, "")
		if len(comments) != 1 || !strings.HasPrefix(comments[0], mark+head) {
			t.Errorf("%s has these comments, and the head %s: %q", r.name, head, comments)
		}
		if len(runs) == 1 && len(runs[0].Annotations) > 1 {
			late++
		}
		for _, run := range r.runs {
			if run.Status != "completed" {
				waiting++
			}
		}
		doubled += len(comments) - 1
	}
	if waiting > 0 {
		t.Errorf("%d runs of earlier heads never ended", waiting)
	}
	t.Logf("%d deliveries in %d tries, %d kills, in %v; all checked %v later; %d comments too many, %d runs annotated twice",
		events, tries, kills, sent.Round(time.Millisecond), (time.Since(began) - sent).Round(time.Millisecond), doubled, late)
}
