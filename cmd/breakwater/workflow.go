package main

import (
	"context"
	_ "embed"
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/revision"
)

// workflowFile is where init puts the workflow, and workflowText what it holds;
// BRANCH stands for the default branch.
const workflowFile = ".github/workflows/breakwater.yml"

//go:embed workflow.yml
var workflowText string

// A site is the folder that init writes to.
type site struct {
	top    *os.Root
	branch string // changes are merged into it
	github bool   // it looks like a repository on GitHub

	dir     string   // top, as the system wants it
	remotes []string // where it is fetched from; they may carry credentials
}

// siteOf finds the top of the repository that dir is in, whose tree is given.
// Outside a repository it is dir itself.
func siteOf(ctx context.Context, dir string, tree *revision.Tree) (at site, err error) {
	at.branch = "main"
	if repo, err := revision.Open(ctx, dir); err == nil {
		defer repo.Close()
		if repo.Bare() {
			return at, usagef("a bare repository has no folder to write to; run breakwater init in a clone")
		}
		dir = repo.Root()
		if name, err := repo.DefaultBranch(ctx); err == nil {
			at.branch = strings.TrimPrefix(name, "origin/")
		}
		at.remotes = repo.Remotes(ctx)
	}
	at.dir, at.github = dir, onGitHub(tree, at.remotes)
	if at.top, err = os.OpenRoot(dir); err != nil {
		return at, usageError{err}
	}
	return at, nil
}

// has reports whether something is there, a broken link too.
func (s site) has(name string) bool {
	_, err := s.top.Lstat(name)
	return err == nil
}

// onGitHub reports whether a repository looks like one on GitHub: by what is in its
// .github folder, or by a remote.
func onGitHub(tree *revision.Tree, remotes []string) bool {
	for range tree.Under(".github") {
		return true
	}
	return slices.ContainsFunc(remotes, isGitHub)
}

// isGitHub reports whether a remote, a URL or user@host:path, is on GitHub or on a
// GitHub Enterprise as they are usually named.
func isGitHub(remote string) bool {
	var host string
	if u, err := url.Parse(remote); err == nil {
		host = u.Hostname()
	} else {
		host, _, _ = strings.Cut(remote, ":")
		host = host[strings.LastIndexByte(host, '@')+1:]
	}
	host = strings.ToLower(host)
	return strings.HasPrefix(host, "github.") || strings.HasSuffix(host, ".github.com") || strings.HasSuffix(host, ".ghe.com")
}

// draftWorkflow writes the workflow that checks every pull request.
func draftWorkflow(tree *revision.Tree, at site) draft {
	d := draft{path: workflowFile, does: "checks every pull request", text: strings.ReplaceAll(workflowText, "BRANCH", branchFilter(at.branch))}
	switch runs := runsBreakwater(tree); {
	case at.has(d.path):
		d.have = d.path + " is there already"
	case runs != "":
		d.have = report.Plain(runs) + " runs breakwater already"
	}
	return d
}

// branchFilter writes a branch's name as a filter of a workflow: signs that mean
// something there mean themselves, and an expression, which nothing quotes, is none.
func branchFilter(name string) string {
	var b strings.Builder
	for _, r := range name {
		if strings.ContainsRune(`!+*?[]\`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return strconv.Quote(strings.ReplaceAll(b.String(), "${{", "*{{"))
}

// calling is what a workflow says that runs breakwater.
var calling = regexp.MustCompile(`(?m)^[^#\n]*(breakwater-data/breakwater[@/]|breakwater check\b)`)

// runsBreakwater returns a workflow that runs breakwater, and "" if none does.
func runsBreakwater(tree *revision.Tree) string {
	for f := range tree.Under(path.Dir(workflowFile)) {
		if ext := path.Ext(f.Path); ext != ".yml" && ext != ".yaml" {
			continue
		}
		if text, err := tree.ReadFile(f.Path); err == nil && calling.Match(text) {
			return f.Path
		}
	}
	return ""
}
