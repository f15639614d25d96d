package revision

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// missing says that rev names no commit, and what would help. It is only a
// guess: what is not here, only the remote knows.
func (r *Repo) missing(ctx context.Context, rev string) error {
	e := &Error{Err: fmt.Errorf("revision %q: no such commit", rev)}
	switch obj, err := r.objects.get(rev); {
	case err == nil:
		return &Error{Err: fmt.Errorf("revision %q: it is a %s, not a commit", rev, obj.kind)}
	case errors.Is(err, errAmbiguous):
		return &Error{fmt.Errorf("revision %q: %w", rev, err), "write more of it"}
	}
	name := start(rev)
	known := false
	if name != rev {
		_, err := r.objects.get(name + "^{commit}")
		known = err == nil
	}
	remotes := r.lines(ctx, "remote")
	switch {
	case name == "HEAD" && !known:
		e.Err = fmt.Errorf("revision %q: there is no commit yet", rev)
	case len(remotes) == 0 || known && !r.shallow:
	case known:
		e.Hint = r.fetch(defaultRemote(remotes), "")
	default:
		e.Hint = r.fetchName(ctx, name, remotes)
	}
	return e
}

// A version is a name that tags have: v1.2, 2026-01.
var version = regexp.MustCompile(`^v?\d`)

// fetchName says which fetch could bring name.
func (r *Repo) fetchName(ctx context.Context, name string, remotes []string) string {
	remote := defaultRemote(remotes)
	if isID(name) {
		return r.fetch(remote, name)
	}
	for _, candidate := range remotes {
		if branch, ok := strings.CutPrefix(name, candidate+"/"); ok {
			return r.fetch(candidate, branch+":refs/remotes/"+name)
		}
	}
	if !strings.ContainsAny(name, `*?[\`) {
		if found := r.lines(ctx, "for-each-ref", "--format=%(refname:lstrip=2)", "refs/remotes/*/"+name); len(found) > 0 {
			return "did you mean " + found[0] + "?"
		}
	}
	if isHex(name) && len(name) >= 4 && r.shallow { // only whole ids can be fetched
		return r.fetch(remote, "")
	}
	last := name[strings.LastIndexByte(name, '/')+1:]
	if version.MatchString(last) || strings.HasPrefix(name, "refs/tags/") {
		return r.fetch(remote, "tag "+strings.TrimPrefix(name, "refs/tags/"))
	}
	branch := strings.TrimPrefix(name, "refs/heads/")
	return fmt.Sprintf("%s, and give %s", r.fetch(remote, branch+":refs/remotes/"+remote+"/"+branch), remote+"/"+branch)
}

// fetch writes the command that fetches what, a few words, and, in a shallow
// clone, more of the history of all that is there.
func (r *Repo) fetch(remote, what string) string {
	words := []string{"run: git fetch"}
	if r.shallow {
		words = append(words, "--deepen=200")
	}
	words = append(words, quote(remote))
	for word := range strings.FieldsSeq(what) {
		words = append(words, quote(word))
	}
	return strings.Join(words, " ")
}

func defaultRemote(remotes []string) string {
	if slices.Contains(remotes, "origin") || len(remotes) == 0 {
		return "origin"
	}
	return remotes[0]
}

// lines returns what a command prints; nothing, if it fails: a hint can do without.
func (r *Repo) lines(ctx context.Context, args ...string) []string {
	out, _ := r.git.run(ctx, nil, args...)
	return strings.Fields(string(out))
}

// unrelated says that a and b have no common ancestor.
func (r *Repo) unrelated(ctx context.Context, a, b string) error {
	if !r.shallow {
		return &Error{fmt.Errorf("%s has no common ancestor with %s", a, b), "give --base a revision that " + b + " grew from"}
	}
	return &Error{fmt.Errorf("%s has no common ancestor with %s in this shallow clone", a, b), r.deepen(ctx, a)}
}

// uncertain says that the history of a and b was cut before their common ancestor.
func (r *Repo) uncertain(ctx context.Context, a, b, cut string) error {
	return &Error{fmt.Errorf("%s and %s may have a nearer common ancestor than this shallow clone shows: its history ends at %s", a, b, Label("", cut)), r.deepen(ctx, a)}
}

// deepen says how to get more of the history of rev, and with it of all that
// the shallow clone has.
func (r *Repo) deepen(ctx context.Context, rev string) string {
	remotes := r.lines(ctx, "remote")
	for _, remote := range remotes {
		if branch, ok := strings.CutPrefix(rev, remote+"/"); ok {
			return r.fetch(remote, branch)
		}
	}
	return r.fetch(defaultRemote(remotes), "")
}
