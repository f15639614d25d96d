package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/google/go-github/v60/github"
	"golang.org/x/sync/errgroup"
)

// refs are the tags and branches of a repository as the forge lists them. A list that
// did not change costs nothing, and what a tag is never changes.
type refs struct {
	lib *library
}

// Limits of what is listed.
const (
	maxRefs   = 1_000 // whose dates are asked for, one by one and once
	maxNested = 5     // tags of tags
)

// Refs implements [checker.Refs]. They come in the order in which git lists them.
func (r *refs) Refs(ctx context.Context, kind, pattern string, most int) (list []checker.Ref, missing string, err error) {
	space := "refs/tags/"
	if kind == "branches" {
		space = "refs/heads/"
	}
	named, more, err := r.named(ctx, space, pattern)
	if err != nil {
		return nil, "", r.lib.blame(fmt.Errorf("%s %s: %w", kind, pattern, err))
	}
	if more || len(named) > maxRefs {
		slices.SortFunc(named, func(a, b *github.Reference) int { return checker.Natural(b.GetRef(), a.GetRef()) })
		named = named[:min(len(named), maxRefs)]
		missing = fmt.Sprintf("more than %d of the %s are called so; say a narrower pattern than %s", maxRefs, kind, pattern)
	}
	dated := make([]dating, len(named))
	g, within := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	for i, ref := range named {
		g.Go(func() (err error) {
			dated[i], err = r.date(within, ref)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, "", r.lib.blame(fmt.Errorf("%s %s: %w", kind, pattern, err))
	}
	slices.SortFunc(dated, func(a, b dating) int {
		return cmp.Or(b.created.Compare(a.created), checker.Natural(b.name, a.name))
	})
	for _, d := range dated[:min(len(dated), most)] {
		list = append(list, checker.Ref{
			Version: policy.Version{Name: strings.TrimPrefix(d.name, space), Commit: d.commit}, Time: d.time,
			Tree: func(ctx context.Context) (*revision.Tree, error) {
				tree, err := r.lib.at(ctx, d.commit)
				return tree, r.lib.blame(err)
			},
		})
	}
	return list, missing, nil
}

// named lists the refs that fit a pattern. There are more if the forge has more than
// anybody looks through.
func (r *refs) named(ctx context.Context, space, pattern string) (all []*github.Reference, more bool, err error) {
	plain := pattern
	if i := strings.IndexAny(pattern, "*?["); i >= 0 {
		plain = pattern[:i]
	}
	opts := &github.ReferenceListOptions{Ref: space + plain, ListOptions: github.ListOptions{PerPage: perPage}}
	for range maxPages {
		page, resp, err := r.lib.client.Git.ListMatchingRefs(ctx, r.lib.owner, r.lib.name, opts)
		if err != nil {
			return nil, false, err
		}
		for _, ref := range page {
			if name, ok := strings.CutPrefix(ref.GetRef(), space); ok && fits(pattern, name) {
				if !isSHA(ref.GetObject().GetSHA()) {
					return nil, false, fmt.Errorf("the forge lists %q with the id %q", cut(name, 80), cut(ref.GetObject().GetSHA(), 80))
				}
				all = append(all, ref)
			}
		}
		if opts.Page = resp.NextPage; opts.Page == 0 {
			return all, false, nil
		}
	}
	return all, true, nil
}

// fits reports whether git lists a ref called name for a pattern: its whole name, its
// first steps, or with wildcards, which stand for parts of a step.
func fits(pattern, name string) bool {
	pattern = strings.TrimSuffix(pattern, "/")
	noChoices := strings.NewReplacer("{", `\{`, "}", `\}`) // git has none
	if name == pattern || strings.HasPrefix(name, pattern+"/") {
		return true
	}
	ok, err := doublestar.Match(noChoices.Replace(pattern), name)
	return ok && err == nil
}

// A dating is what a ref stands for, and since when.
type dating struct {
	name    string
	commit  string
	time    time.Time // of the commit
	created time.Time // of the tag, if it has a date of its own
}

// datingKey begins the names of copies of what is known of a tag or a commit.
const datingKey = "dated "

// date finds out what a ref stands for.
func (r *refs) date(ctx context.Context, ref *github.Reference) (d dating, err error) {
	id, kind := ref.GetObject().GetSHA(), ref.GetObject().GetType()
	key := datingKey + id
	kept, err := r.lib.Store.Object(ctx, r.lib.repo(), key)
	if err != nil {
		return d, err
	}
	if d, ok := parseDating(kept); ok {
		d.name = ref.GetRef()
		return d, nil
	}
	for n := 0; kind == "tag"; n++ {
		if n == maxNested {
			return d, fmt.Errorf("%s is a tag of a tag of a tag, too often", ref.GetRef())
		}
		tag, _, err := r.lib.client.Git.GetTag(ctx, r.lib.owner, r.lib.name, id)
		if err != nil {
			return d, err
		}
		if n == 0 {
			d.created = tag.GetTagger().GetDate().Time
		}
		id, kind = tag.GetObject().GetSHA(), tag.GetObject().GetType()
	}
	if kind != "commit" || !isSHA(id) {
		return d, fmt.Errorf("%s stands for no commit", ref.GetRef())
	}
	commit, _, err := r.lib.client.Git.GetCommit(ctx, r.lib.owner, r.lib.name, id)
	if err != nil {
		return d, err
	}
	d.name, d.commit, d.time = ref.GetRef(), id, commit.GetCommitter().GetDate().Time
	if ref.GetObject().GetType() == "commit" {
		d.created = d.time
	}
	return d, r.lib.Store.Keep(ctx, r.lib.repo(), map[string][]byte{key: d.text()})
}

// text writes what never changes of d: COMMIT SP SECONDS SP SECONDS.
func (d dating) text() []byte {
	return fmt.Appendf(nil, "%s %d %d", d.commit, d.time.Unix(), d.created.Unix())
}

func parseDating(text []byte) (d dating, ok bool) {
	var at, created int64
	if n, err := fmt.Sscanf(string(text), "%s %d %d", &d.commit, &at, &created); n != 3 || err != nil || !isSHA(d.commit) {
		return dating{}, false
	}
	d.time, d.created = time.Unix(at, 0).UTC(), time.Unix(created, 0).UTC()
	return d, true
}
