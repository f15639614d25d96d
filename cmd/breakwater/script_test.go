package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/revision/repotest"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	repotest.Isolate()
	testscript.Main(m, map[string]func(){"breakwater": func() { os.Exit(program(scriptClock)) }})
}

// scriptClock stands still, so that a script says the same on every day. What it
// gives is the day of a script that does not say --now.
func scriptClock() time.Time { return time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC) }

// TestScripts runs testdata/scripts as a user would: the real program in real git
// repositories. Besides testscript's own commands there are
//
//	repo DIR              makes a repository whose branch is main, and goes there
//	commit MESSAGE        commits all files, an hour after the commit before
//	put FILE DIR/NAME     copies a file of the script into the repository
//	code N breakwater …   runs the program and wants that exit code
//	glob PATTERN N        wants N files, below the script's folder
//	damage PATTERN        flips a byte in the middle of a file there
//	block FILE NAME DEST  writes the block NAME of a page in docs to an executable file
//
// At $RECEIVER something takes what is posted, and refuses it below /refuse.
func TestScripts(t *testing.T) {
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/refuse") {
			http.Error(w, "no_service", http.StatusNotFound)
		}
	}))
	t.Cleanup(receiver.Close) // the scripts go on in parallel when this function has returned
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "scripts"),
		UpdateScripts:       ruletest.Update(),
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			for _, v := range os.Environ() {
				if strings.HasPrefix(v, "GIT_") {
					e.Vars = append(e.Vars, v)
				}
			}
			e.Setenv("NO_COLOR", "1")
			e.Setenv("RECEIVER", receiver.URL)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"repo": repo, "commit": commit, "put": put, "code": code, "block": block, "glob": glob, "damage": damage},
	})
}

func repo(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o755))
	ts.Check(ts.Exec("git", "-c", "init.defaultBranch=main", "init", "--quiet", dir))
	ts.Check(ts.Chdir(dir))
}

func put(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(filepath.Join(ts.Getenv("WORK"), args[0]))
	name := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(filepath.Dir(name), 0o755))
	ts.Check(os.WriteFile(name, []byte(text), 0o644))
}

func matches(ts *testscript.TestScript, pattern string) []string {
	names, err := filepath.Glob(filepath.Join(ts.Getenv("WORK"), filepath.FromSlash(pattern)))
	ts.Check(err)
	return names
}

func glob(ts *testscript.TestScript, _ bool, args []string) {
	if names := matches(ts, args[0]); fmt.Sprint(len(names)) != args[1] {
		ts.Fatalf("want %s files like %s, got %q", args[1], args[0], names)
	}
}

func damage(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range matches(ts, args[0]) {
		data, err := os.ReadFile(name)
		ts.Check(err)
		data[len(data)/2] ^= 1
		ts.Check(os.WriteFile(name, data, 0o600))
	}
}

func block(ts *testscript.TestScript, _ bool, args []string) {
	page, err := os.ReadFile(filepath.Join(docs, args[0]))
	ts.Check(err)
	for _, b := range blocks(string(page)) {
		if b.name == args[1] {
			ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(b.text), 0o755))
			return
		}
	}
	ts.Fatalf("%s has no block %s", args[0], args[1])
}

// commit dates what it commits by how many commits there are, so ids are the same
// on every machine.
func commit(ts *testscript.TestScript, _ bool, args []string) {
	run := func(date string, args ...string) string {
		cmd := exec.Command("git", args...)
		cmd.Dir = ts.MkAbs(".")
		cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@acme.example", "GIT_COMMITTER_NAME=Ada",
			"GIT_COMMITTER_EMAIL=ada@acme.example", "GIT_AUTHOR_DATE="+date, "GIT_COMMITTER_DATE="+date)
		out, err := cmd.CombinedOutput()
		if err != nil {
			ts.Fatalf("git %s: %v: %s", strings.Join(args, " "), err, out)
		}
		return strings.TrimSpace(string(out))
	}
	date := ts.Getenv("DATE")
	if date == "" {
		date = repotest.Epoch.Format("2006-01-02T15:04:05Z")
		if n := run(date, "rev-list", "--all", "--count"); n != "0" {
			var count int
			fmt.Sscan(n, &count)
			date = repotest.Epoch.Add(repotest.Step*24*10).Format("2006-01-02T") + fmt.Sprintf("%02d:00:00Z", count%24)
		}
	}
	run(date, "add", "--all")
	run(date, "commit", "--quiet", "--allow-empty", "--message", args[0])
}

// code runs a command and holds its exit code against a number.
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N command…")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if err != nil {
		exit, ok := err.(*exec.ExitError)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if fmt.Sprint(got) != args[0] {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
}
