package checker

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/Masterminds/semver/v3"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/product"
	"github.com/breakwater-data/breakwater/checker/revision"
)

// An archive keeps what several ports ask for.
type archive struct {
	trees    sync.Map // of commits, by id
	pairOnce sync.Once
	given    []map[*product.Port]*product.Port // of each of Revisions.Against, by the port of the head
}

// maxArchived is of how many files the trees of older versions are kept for the next
// port that asks: fifty trees of a large repository are too much to hold.
const maxArchived = 20_000

// declared returns the declaration that says where older versions are: that of the
// target branch, unless only the head has one; nil: there is none.
func (r *run) declared() *product.Declaration {
	for i, d := range r.gate.Ports {
		if (d.ID == r.pair.ID() || d.ID == r.pair.PreviousID()) && !d.Versions.IsZero() {
			return &r.gate.Ports[i]
		}
	}
	if d := r.pair.Head.Config; d != nil && !d.Versions.IsZero() {
		return d
	}
	return nil
}

// versions lists the older versions of the port, newest first, and says what of them is
// lacking.
func (r *run) versions(ctx context.Context) (all []older, lacking []string) {
	if r.revs.Bare {
		return r.handed(ctx), nil
	}
	d := r.declared()
	switch {
	case d == nil:
		return nil, nil
	case d.Versions.Folder != "":
		all = r.inFolder(d.Versions.Folder)
	default:
		all, lacking = r.byRef(ctx, d)
	}
	was := slices.DeleteFunc(slices.Clone(all), func(v older) bool { return v.port == nil })
	switch {
	case len(was) > 0 || len(lacking) > 0:
	case len(all) > 0:
		lacking = []string{fmt.Sprintf("no older version is compared: the port is in none of the %s", d.Versions)}
	case !r.revs.Replay: // there may have been none then
		lacking = []string{fmt.Sprintf("no older version is compared: there is none of the %s", d.Versions)}
	}
	return was, lacking
}

// byRef lists the versions that tags or branches stand for.
func (r *run) byRef(ctx context.Context, d *product.Declaration) (all []older, lacking []string) {
	if r.revs.Refs == nil {
		return nil, []string{"no older version is compared: the " + d.Versions.String() + " cannot be seen here"}
	}
	kind, pattern, _ := strings.Cut(d.Versions.String(), " ")
	refs, missing, err := r.revs.Refs.Refs(ctx, kind, pattern, product.MaxVersions)
	if err != nil {
		r.fail(fmt.Errorf("older versions of %s: %w", r.pair.ID(), err))
		return nil, []string{"no older version is compared: " + err.Error()}
	}
	if missing != "" {
		lacking = append(lacking, "more older versions than are compared may be there: "+missing)
	}
	for _, ref := range refs {
		if r.revs.Replay && ref.Time.After(r.Now) { // it is not older than what is replayed
			continue
		}
		tree, err := r.treeOf(ctx, ref)
		if err != nil {
			r.fail(fmt.Errorf("older versions of %s: %w", r.pair.ID(), err))
			lacking = append(lacking, fmt.Sprintf("the older version %s is not compared: %s", ref.Name, err))
			continue
		}
		all = append(all, older{Version: ref.Version, port: r.portIn(tree, d), tree: tree})
	}
	return all, lacking
}

func (s *survey) treeOf(ctx context.Context, ref Ref) (*revision.Tree, error) {
	if tree, ok := s.trees.Load(ref.Commit); ok {
		return tree.(*revision.Tree), nil
	}
	tree, err := ref.Tree(ctx)
	if err == nil && tree.Len() <= maxArchived {
		s.trees.Store(ref.Commit, tree)
	}
	return tree, err
}

// portIn finds the port in an older tree: where it is declared to be now, else where it
// was declared to be then; nil: it was not there.
func (r *run) portIn(tree *revision.Tree, d *product.Declaration) *product.Port {
	if p := r.portAt(tree, d); p != nil || !tree.Has(cmp.Or(r.Config, policy.File)) {
		return p
	}
	config, _ := policy.Read(tree, cmp.Or(r.Config, policy.File), r.known(), nil)
	for _, then := range config.Ports {
		if then.ID == r.pair.ID() || then.ID == r.pair.PreviousID() {
			return r.portAt(tree, &then)
		}
	}
	return nil
}

// portAt is the port whose files a declaration names in tree; nil: it names none.
func (r *run) portAt(tree *revision.Tree, d *product.Declaration) *product.Port {
	p := *r.pair.Head
	p.Config, p.Include, p.Root, p.Paths, p.Promise = d, d.Include, d.Root, nil, ""
	for _, pattern := range d.Files {
		p.Paths = append(p.Paths, slices.DeleteFunc(product.Match(tree, pattern), d.Versions.Holds)...)
	}
	slices.Sort(p.Paths)
	if p.Paths = slices.Compact(p.Paths); len(p.Paths) == 0 {
		return nil
	}
	if tree.Has(d.SLO) {
		p.Promise = d.SLO
	}
	return &p
}

// inFolder lists the versions that stand in a folder of base: a file or a folder each,
// and the highest number first.
func (r *run) inFolder(dir string) []older {
	files := make(map[string][]string)
	var names []string
	for file := range r.revs.Base.Under(dir) {
		first, _, _ := strings.Cut(strings.TrimPrefix(file.Path, dir+"/"), "/")
		name := path.Join(dir, first)
		if !r.pair.Head.Format.Match(file.Path) {
			continue
		}
		if files[name] == nil {
			names = append(names, name)
		}
		files[name] = append(files[name], file.Path)
	}
	slices.SortFunc(names, func(a, b string) int { return Natural(b, a) })
	var all []older
	for _, name := range names[:min(len(names), product.MaxVersions)] {
		p := *r.pair.Head
		p.Paths, p.Promise, p.Include = files[name], "", []string{name}
		for _, include := range r.pair.Head.Include {
			p.Include = append(p.Include, path.Join(name, include), include)
		}
		if files[name][0] == name || len(r.pair.Head.Include) == 0 { // its imports are beside it
			p.Include = r.pair.Head.Include
		}
		all = append(all, older{Version: policy.Version{Name: name, Commit: r.revs.Base.Commit}, port: &p, tree: r.revs.Base})
	}
	return all
}

// Natural compares names as people count: v9 comes before v10.
func Natural(a, b string) int {
	digits := func(s string) int {
		n := strings.IndexFunc(s, func(c rune) bool { return c < '0' || c > '9' })
		if n < 0 {
			return len(s)
		}
		return n
	}
	for a != "" && b != "" {
		m, n := digits(a), digits(b)
		if m == 0 || n == 0 {
			if a[0] != b[0] {
				return cmp.Compare(a[0], b[0])
			}
			a, b = a[1:], b[1:]
			continue
		}
		x, y := strings.TrimLeft(a[:m], "0"), strings.TrimLeft(b[:n], "0")
		if order := cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y)); order != 0 {
			return order
		}
		a, b = a[m:], b[n:]
	}
	return cmp.Compare(len(a), len(b))
}

// numberIn reads the version out of the name of a tag: of orders/v1.2.0. It is empty
// where the name says none.
func numberIn(name string) string {
	last := name[strings.LastIndexByte(name, '/')+1:]
	if _, err := semver.NewVersion(last); err != nil {
		return ""
	}
	return last
}

// contentOf tells apart all that a port can be at one revision; empty: it cannot be
// told without loading it.
func (r *run) contentOf(p *product.Port, tree *revision.Tree) string {
	files := slices.Clone(p.Files())
	if p.Format.Imports != nil {
		imports, err := p.Format.Imports(r.request(p, tree))
		if err != nil {
			return ""
		}
		files = append(files, imports...)
	}
	slices.Sort(files)
	var key strings.Builder
	for _, name := range slices.Compact(files) {
		blob, _ := tree.Blob(name)
		fmt.Fprintf(&key, "%s %s\n", name, blob)
	}
	return key.String()
}

// handed lists the older versions of the port among those that were given.
func (r *run) handed(ctx context.Context) (all []older) {
	r.pairGiven(ctx)
	for i, tree := range r.revs.Against {
		if p := r.given[i][r.pair.Head]; p != nil {
			all = append(all, older{Version: policy.Version{Name: tree.Name, Commit: tree.Commit}, port: p, tree: tree})
		}
	}
	return all
}

// pairGiven finds the ports in the older versions that were given, and which port of the
// head each was.
func (s *survey) pairGiven(ctx context.Context) {
	s.pairOnce.Do(func() {
		for _, tree := range s.revs.Against {
			found := s.find(ctx, tree, new(policy.Config))
			were := make(map[*product.Port]*product.Port)
			for _, pair := range product.PairFiles(found.Ports, s.head.Ports, s.outlines(ctx, tree)) {
				if pair.Base != nil && pair.Head != nil {
					were[pair.Head] = pair.Base
				}
			}
			s.given = append(s.given, were)
		}
	})
}

// unpaired reports the older versions that were given and compare with nothing.
func (s *survey) unpaired(ctx context.Context) (findings []policy.Finding) {
	if len(s.revs.Against) == 0 {
		return nil
	}
	s.pairGiven(ctx)
	for i, tree := range s.revs.Against {
		if len(s.given[i]) == 0 {
			findings = append(findings, s.judge(change.Change{
				Rule: notCompared, Path: change.Path("file").Join(change.Name(tree.Name)), To: tree.Name,
				Detail: tree.Name + " is not compared: no contract in it is one of the head's",
			}, nil))
		}
	}
	return findings
}

// rewritten lists the files of older versions that the head changes.
func (s *survey) rewritten() (changes []change.Change) {
	for _, d := range s.gate.Ports {
		for _, name := range s.changed {
			if from, ok := s.revs.Base.Blob(name); ok && d.Versions.Holds(name) {
				to, _ := s.revs.Head.Blob(name)
				changes = append(changes, policy.Rewritten(d, name, from, to))
			}
		}
	}
	return changes
}
