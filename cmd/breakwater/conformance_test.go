package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/revision/repotest"
	"github.com/breakwater-data/breakwater/checker/ruletest"
)

// A realCase is a real change of real contracts: the files before and after.
type realCase struct {
	name          string
	date          string
	before, after repotest.Files
}

func realCases(t *testing.T) []realCase {
	var protos []struct {
		Name, Date            string
		Before, After, Shared repotest.Files
	}
	ruletest.Corpus(t, "protobuf/googleapis-history.json", &protos)
	var contracts []struct {
		Repo, Date, Before, After string
		PathBefore                string `json:"path_before"`
		PathAfter                 string `json:"path_after"`
		CommitAfter               string `json:"commit_after"`
	}
	ruletest.Corpus(t, "odcs/history.json", &contracts)

	var cases []realCase
	for _, c := range protos {
		with := func(files repotest.Files) repotest.Files {
			all := maps.Clone(c.Shared)
			maps.Copy(all, files)
			return all
		}
		cases = append(cases, realCase{c.Name, c.Date, with(c.Before), with(c.After)})
	}
	for i, c := range contracts {
		name := fmt.Sprintf("%d %s %s", i, c.Repo, c.PathAfter)
		cases = append(cases, realCase{name, c.Date, repotest.Files{c.PathBefore: c.Before}, repotest.Files{c.PathAfter: c.After}})
	}
	slices.SortStableFunc(cases, func(a, b realCase) int { return cmp.Compare(a.date, b.date) })
	return cases
}

// shown is the part of a JSON report that the tests below look at.
type shown struct {
	Verdict string
	Ports   []struct {
		ID, State string
		Files     []string
		Findings  []struct{ Rule, Message string }
	}
	Findings []struct{ Rule, Message string }
	Unread   []struct{ File, Why string }
	Errors   []struct{ Side, File, Message string }
	Summary  struct{ Breaking, Risky, Compatible, NotCompared int }
}

// report runs a command that writes JSON.
func runJSON(t *testing.T, into any, args ...string) (code int) {
	t.Helper()
	e := quiet()
	var out, errs bytes.Buffer
	e.stdout, e.stderr = &out, &errs
	code = run(t.Context(), e, append(args, "--format", "json"))
	if err := json.Unmarshal(out.Bytes(), into); err != nil {
		t.Fatalf("exit code %d, %v: %s", code, err, &errs)
	}
	return code
}

// Check runs over a repository made of every real change: it never crashes, and every
// file that is a contract is in a port, or named as unread with the reason.
func TestRealChanges(t *testing.T) {
	count := make(map[string]int)
	for _, c := range realCases(t) {
		t.Run(c.name, func(t *testing.T) {
			repo := repotest.New(t)
			repo.Commit("before", c.before)
			for name := range c.before {
				if _, kept := c.after[name]; !kept {
					repo.Remove(name)
				}
			}
			for name, text := range c.after {
				repo.Write(name, text)
			}
			var r shown
			code := runJSON(t, &r, "check", repo.Dir)
			if code == exitUsage || code == exitWorld {
				t.Errorf("exit code %d: %v", code, r.Errors)
			}
			named := make(map[string]bool)
			for _, p := range r.Ports {
				for _, f := range p.Files {
					named[f] = true
				}
			}
			for _, u := range r.Unread {
				if u.Why == "" {
					t.Errorf("%s is not read, and nobody says why", u.File)
				}
				named[u.File] = true
			}
			for _, e := range r.Errors {
				if strings.Contains(e.Message, "crashed") {
					t.Error(e.Message)
				}
				named[e.File] = true
			}
			for name := range c.after {
				if !named[name] {
					count["files that are no contract"]++
					if isContractName(name) {
						t.Errorf("%s is in no port, and not named as unread", name)
					}
				}
			}
			count["repositories"]++
			count["verdict "+r.Verdict]++
			count["ports"] += len(r.Ports)
			count["contracts not read"] += len(r.Unread)
			count["errors"] += len(r.Errors)
			count["breaking"] += r.Summary.Breaking
			count["risky"] += r.Summary.Risky
			count["compatible"] += r.Summary.Compatible
		})
	}
	for _, what := range slices.Sorted(maps.Keys(count)) {
		t.Logf("%s: %d", what, count[what])
	}
}

// isContractName reports whether a file of this name is a contract, whatever is in it.
func isContractName(name string) bool {
	return path.Ext(name) == ".proto" || strings.HasSuffix(name, ".odcs.yaml") || strings.HasPrefix(path.Base(name), "datacontract")
}

// History runs over one repository that holds all real changes, in the order of
// their dates.
func TestRealHistory(t *testing.T) {
	repo := repotest.New(t)
	repo.Commit("start", repotest.Files{"README.md": "# Real contracts\n"})
	for i, c := range realCases(t) {
		folder := func(files repotest.Files) repotest.Files {
			placed := make(repotest.Files)
			for name, text := range files {
				placed[fmt.Sprintf("c%d/%s", i, name)] = text
			}
			return placed
		}
		before, after := folder(c.before), folder(c.after)
		repo.Commit("add "+c.name, before)
		for name := range before {
			if _, kept := after[name]; !kept {
				repo.Remove(name)
			}
		}
		repo.Commit("change "+c.name, after)
	}
	t.Chdir(repo.Dir)
	var h struct {
		Commits int
		Entries []struct {
			Subject string
			Report  shown
		}
	}
	start := time.Now()
	if code := runJSON(t, &h, "history", "--since", repotest.Epoch.AddDate(0, 0, -1).Format(time.DateOnly), "--now", repotest.Epoch.AddDate(0, 2, 0).Format(time.RFC3339)); code != exitPass {
		t.Errorf("exit code %d", code)
	}
	verdicts := make(map[string]int)
	for _, e := range h.Entries {
		verdicts[e.Report.Verdict]++
		if strings.HasPrefix(e.Subject, "add ") && e.Report.Verdict == "block" && len(e.Report.Errors) == 0 {
			t.Errorf("%s: a new contract is blocked", e.Subject)
		}
		for _, err := range e.Report.Errors {
			if strings.Contains(err.Message, "crashed") {
				t.Error(err.Message)
			}
		}
	}
	if h.Commits < 100 || len(h.Entries) < 100 {
		t.Errorf("%d commits, %d of them with contracts", h.Commits, len(h.Entries))
	}
	t.Logf("%d commits, %d with contracts: %v in %s", h.Commits, len(h.Entries), verdicts, time.Since(start).Round(time.Millisecond))
}
