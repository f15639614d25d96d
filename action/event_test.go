package action

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	shaA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	shaB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	zero = noCommit

	onPull = `{"number":7,"action":"opened","pull_request":{"number":7,"title":"::error::","user":{"login":"ada"},
		"base":{"ref":"main","sha":"` + shaA + `","repo":{"full_name":"acme/checkout"}},
		"head":{"ref":"topic","sha":"` + shaB + `","repo":{"full_name":"acme/checkout"}}},
		"repository":{"full_name":"acme/checkout","default_branch":"main","private":true,"topics":[1,{}]}}`
	onFork = `{"pull_request":{"number":7,"base":{"ref":"main","sha":"` + shaA + `","repo":{"full_name":"acme/checkout"}},
		"head":{"ref":"main","sha":"` + shaB + `","repo":{"full_name":"mallory/checkout"}}},"repository":{"private":true}}`
	onPush = `{"ref":"refs/heads/main","before":"` + shaA + `","after":"` + shaB + `","repository":{"default_branch":"main","private":true}}`
)

// a runner's variables, with an event in a file.
func variables(t testing.TB, name, event string, pairs ...string) func(string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "event.json")
	if err := os.WriteFile(path, []byte(event), 0o600); err != nil {
		t.Fatal(err)
	}
	vars := map[string]string{"GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": path, "GITHUB_SHA": shaB, "GITHUB_REPOSITORY": "acme/checkout"}
	for i := 0; i < len(pairs); i += 2 {
		vars[pairs[i]] = pairs[i+1]
	}
	return func(key string) string { return vars[key] }
}

func TestWhatAnEventCompares(t *testing.T) {
	tests := []struct {
		name, event, payload string
		in                   inputs
		want                 comparison
		wrong                string
	}{
		{name: "a pull request: from where it left the target branch", event: "pull_request", payload: onPull,
			want: comparison{gate: shaA, head: shaB, branch: "main", topic: "topic"}},
		{name: "a review of one", event: "pull_request_review", payload: onPull,
			want: comparison{gate: shaA, head: shaB, branch: "main", topic: "topic"}},
		{name: "a push: from what was there before", event: "push", payload: onPush,
			want: comparison{gate: shaA, base: shaA, head: shaB, topic: "main"}},
		{name: "a push to another branch has the default branch to fall back on", event: "push", payload: strings.Replace(onPush, "heads/main", "heads/topic", 1),
			want: comparison{gate: shaA, base: shaA, head: shaB, topic: "topic", fallback: "main"}},
		{name: "a new branch: from where it left the default branch", event: "push", payload: strings.Replace(onPush, shaA, zero, 1),
			want: comparison{gate: "main", head: shaB, branch: "main", topic: "main"}},
		{name: "a branch that is deleted", event: "push", payload: strings.Replace(onPush, shaB, zero, 1), wrong: "the push deletes main"},
		{name: "a merge group", event: "merge_group", payload: `{"merge_group":{"base_sha":"` + shaA + `","head_sha":"` + shaB + `"}}`,
			want: comparison{gate: shaA, base: shaA, head: shaB}},
		{name: "by hand", event: "workflow_dispatch", payload: `{"repository":{"default_branch":"trunk"}}`,
			want: comparison{gate: "trunk", head: shaB, branch: "trunk"}},
		{name: "by the clock, of which the event knows nothing", event: "schedule", payload: `{}`,
			want: comparison{gate: "HEAD", head: shaB, branch: "HEAD"}},
		{name: "an unknown event", event: "issues", payload: `{}`, wrong: `the event "issues" does not say what to compare; give the inputs base and head`},
		{name: "an unknown event with inputs", event: "issues", payload: `{}`, in: inputs{base: "v1", head: "topic"},
			want: comparison{gate: "v1", head: "topic", branch: "v1", topic: "topic"}},
		{name: "inputs go before the event", event: "push", payload: onPush, in: inputs{base: "v1"},
			want: comparison{gate: "v1", head: shaB, branch: "v1", topic: "main"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, err := readEvent(variables(t, tt.event, tt.payload))
			if err != nil {
				t.Fatal(err)
			}
			got, err := e.comparison(tt.in)
			if tt.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wrong) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || got != tt.want {
				t.Errorf("got %+v, %v\nwant %+v", got, err, tt.want)
			}
		})
	}
}

func TestWrongEvents(t *testing.T) {
	tests := []struct{ name, payload, want string }{
		{"no JSON", "<html>", "invalid character"},
		{"cut off", onPull[:100], "unexpected end"},
		{"a list", "[]", "all of it: want an object, got array"},
		{"an id that is an option of git", strings.Replace(onPull, shaB, "--upload-pack=x", 1), `pull_request.head.sha: want a commit's full id, got "--upload-pack=x"`},
		{"no id", `{"pull_request":{"number":7}}`, "pull_request.base.sha: want a commit's full id"},
		{"no number", strings.ReplaceAll(onPull, `"number":7`, `"number":0`), "pull_request.number: want a number above 0"},
		{"a number that is text", strings.ReplaceAll(onPull, `"number":7`, `"number":"7"`), "pull_request.number: want a number, got string"},
		{"a branch name as the commit before", strings.Replace(onPush, shaA, "main", 1), "before: want a commit's full id"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := readEvent(variables(t, "pull_request", tt.payload))
			if _, input := err.(*InputError); !input || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "Go ") {
				t.Errorf("got %v", err)
			}
		})
	}
	for path, want := range map[string]string{"": "GITHUB_EVENT_PATH is not set", "/no/such/file": "there is no file /no/such/file"} {
		if _, err := readEvent(variables(t, "push", "{}", "GITHUB_EVENT_PATH", path)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", path, err)
		}
	}
	if _, err := readEvent(variables(t, "push", "{}"+strings.Repeat(" ", maxEvent))); err == nil || !strings.Contains(err.Error(), "more than 26214400 bytes") {
		t.Errorf("a huge event: %v", err)
	}
}

func TestWhoMayReadIt(t *testing.T) {
	tests := []struct {
		name, payload string
		want          bool
	}{
		{"a private repository", onPull, false},
		{"a fork of it", onFork, true},
		{"a fork that was deleted", strings.Replace(onPull, `{"full_name":"acme/checkout"}}}`, `null}}`, 1), true},
		{"a public repository", `{"repository":{"private":false,"visibility":"public"}}`, true},
		{"an internal one", `{"repository":{"private":true,"visibility":"internal"}}`, false},
		{"nobody says", `{}`, true},
	}
	for _, tt := range tests {
		e, err := readEvent(variables(t, "pull_request", tt.payload))
		if err != nil {
			t.Fatal(err)
		}
		if got := e.public(); got != tt.want {
			t.Errorf("%s: public is %v", tt.name, got)
		}
	}
}

func TestWrongInputs(t *testing.T) {
	for name, want := range map[string]string{
		"INPUT_COMMENT":     "input comment: want auto or on-change or always or never, got \"sometimes\"",
		"INPUT_FAIL_ON":     "input fail-on: want breaking or risky or never, got \"sometimes\"",
		"INPUT_ANNOTATIONS": "input annotations: want true or false, got \"sometimes\"",
	} {
		if _, err := readInputs(variables(t, "push", "{}", name, "sometimes")); err == nil || err.Error() != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
