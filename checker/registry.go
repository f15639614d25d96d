package checker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/consumer/files"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/product"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// ours tells which files of tree are ours and so no contracts.
func (s *survey) ours(tree *revision.Tree) func(name string) bool {
	registrations := make(map[string]bool)
	for _, name := range s.registrationFiles(tree) {
		registrations[name] = true
	}
	for _, im := range s.imports() {
		for _, name := range product.Match(tree, im.Path) {
			registrations[name] = true
		}
	}
	ports := slices.Concat(s.gate.Ports, s.headGate.Ports)
	return func(name string) bool {
		if slices.ContainsFunc(ports, func(d product.Declaration) bool { return d.Versions.Holds(name) }) {
			return true // an older version is no port of its own
		}
		return name == cmp.Or(s.Config, policy.File) || strings.HasPrefix(name, ".breakwater/") || registrations[name]
	}
}

// A registry is the registrations in one tree, file by file.
type registry struct {
	batches []batch
	keys    map[string]bool
	texts   map[string]bool // of all uses; nil until somebody asks
}

// A batch is what one source says. Two of one key say the same.
type batch struct {
	key  string
	uses []consumer.Use
}

func (r *registry) add(key string, uses []consumer.Use) {
	if len(uses) == 0 {
		return
	}
	if r.keys == nil {
		r.keys = make(map[string]bool)
	}
	r.keys[key] = true
	r.batches = append(r.batches, batch{key, uses})
}

func (r *registry) uses() (all []consumer.Use) {
	for _, b := range r.batches {
		all = append(all, b.uses...)
	}
	return all
}

// says reports whether r has the very use u, wherever it stands.
func (r *registry) says(u consumer.Use) bool {
	if r.texts == nil {
		r.texts = make(map[string]bool)
		for _, b := range r.batches {
			for _, u := range b.uses {
				r.texts[u.Text()] = true
			}
		}
	}
	return r.texts[u.Text()]
}

// without lists the uses of r in files that other does not have as they are.
func (r *registry) without(other *registry) (all []consumer.Use) {
	for _, b := range r.batches {
		if !other.keys[b.key] {
			all = append(all, b.uses...)
		}
	}
	return all
}

// registrations lists the uses that count: those on the target branch and those
// that the head adds. Those that the head removes or narrows still count, and
// are listed too; they end where an owner of the consumer approved the head.
func (s *survey) registrations(ctx context.Context) (uses consumer.Uses, lost []policy.Lost) {
	if s.revs.Bare {
		return nil, nil
	}
	read := make(map[string]consumer.Imported)
	tip := s.registry(ctx, Gate, s.revs.Gate, s.tip, read)
	base, head := tip, tip
	if s.revs.Base != s.revs.Gate {
		base = s.registry(ctx, Base, s.revs.Base, s.base, read)
	}
	if s.revs.Head != s.revs.Gate {
		head = s.registry(ctx, Head, s.revs.Head, s.head, read)
	}
	uses = tip.uses()
	s.owners = make(map[string][]string)
	for _, u := range slices.Concat(uses, base.without(tip)) {
		if known := s.owners[u.ID]; !subset(u.Owners, known) || known == nil {
			s.owners[u.ID] = append(known, u.Owners...)
		}
	}
	for _, u := range head.without(tip) {
		if !base.says(u) && !tip.says(u) {
			uses = append(uses, u)
		}
	}
	lost = s.lost(ctx, base, head)
	agreed := make(map[string]bool)
	for _, l := range lost {
		if len(l.Agreed) > 0 {
			agreed[l.Use.Text()] = true
		}
	}
	if len(agreed) > 0 {
		uses = slices.DeleteFunc(uses, func(u consumer.Use) bool { return agreed[u.Text()] })
	}
	s.introduce(uses)
	for i := range uses {
		uses[i] = uses[i].At(s.Now)
	}
	return uses, lost
}

func subset(part, whole []string) bool {
	return !slices.ContainsFunc(part, func(s string) bool { return !slices.Contains(whole, s) })
}

// lost lists the registrations of base that head removes or narrows.
func (s *survey) lost(ctx context.Context, base, head *registry) (lost []policy.Lost) {
	type reader struct{ id, port, contract string }
	of := func(u consumer.Use) reader { return reader{u.ID, u.Port, u.ContractID} }
	var now map[reader][]consumer.Use
	for _, u := range base.without(head) {
		if head.says(u) {
			continue
		}
		if now == nil {
			now = make(map[reader][]consumer.Use)
			for _, h := range head.uses() {
				now[of(h)] = append(now[of(h)], h)
			}
		}
		if slices.ContainsFunc(now[of(u)], func(now consumer.Use) bool { return now.Covers(u) }) {
			continue
		}
		l := policy.Lost{Use: u, Left: s.left(now[of(u)], u)}
		if s.Reviews != nil {
			l.Agreed = s.approvedBy(ctx, s.ownersOf(u))
		}
		lost = append(lost, l)
	}
	return lost
}

// left points at what the head leaves of a registration: another of the same
// consumer for the same port, else its file.
func (s *survey) left(others []consumer.Use, lost consumer.Use) source.Span {
	if len(others) > 0 {
		return others[0].Span
	}
	if s.revs.Head.Has(lost.Span.File) {
		return source.Top(lost.Span.File)
	}
	return source.Span{}
}

// introduce gives the readings that tools saw what the consumer says of itself
// elsewhere: who it is, and how to reach it.
func (s *survey) introduce(uses []consumer.Use) {
	known := make(map[string]consumer.Consumer)
	for _, u := range uses {
		if _, ok := known[u.ID]; !ok && u.Evidence.Source == "declared" {
			known[u.ID] = u.Consumer
		}
	}
	for i, u := range uses {
		if c, ok := known[u.ID]; ok && u.Evidence.Source != "declared" {
			uses[i].Consumer = c
		}
	}
}

// registry reads the registrations in tree: files of our own, what products say that
// they consume, and what other tools know.
func (s *survey) registry(ctx context.Context, side Side, tree *revision.Tree, found *product.Found, read map[string]consumer.Imported) *registry {
	r := new(registry)
	names := s.registrationFiles(tree)
	s.warm(ctx, tree, names)
	declared := make(map[string]consumer.Use) // by consumer
	for _, name := range names {
		key, said := s.read(side, tree, name, consumer.Import{}, read, parseFile)
		uses := make([]consumer.Use, len(said.Readings))
		for i, reading := range said.Readings {
			uses[i] = reading.Use
			if s.isHead(side) {
				s.sameOwners(declared, reading.Use)
			}
		}
		r.add(key, uses)
	}
	var inputs []consumer.Use
	for _, in := range found.Inputs {
		inputs = append(inputs, consumer.FromInput(in))
	}
	r.add(fmt.Sprint("inputs of ", tree.Commit, " ", side), inputs)
	r.add(s.imported(ctx, side, tree, read))
	return r
}

// sameOwners reports a consumer that is registered with different owners: who may
// agree to a change for it would depend on which file is read.
func (s *survey) sameOwners(declared map[string]consumer.Use, u consumer.Use) {
	was, ok := declared[u.ID]
	if !ok && len(u.Owners) > 0 {
		declared[u.ID] = u
	}
	if !ok || len(u.Owners) == 0 || subset(u.Owners, was.Owners) && subset(was.Owners, u.Owners) {
		return
	}
	e := source.Errorf(u.Span, "consumer %q has other owners here than at %s: %s and %s", u.ID, was.Span, names(u.Owners, ""), names(was.Owners, ""))
	e.Also = []source.Span{was.Span}
	s.wrong(Head, []*source.Error{e})
}

func parseFile(file string, text []byte, _ consumer.Import, _ consumer.Queries) (consumer.Imported, error) {
	var said consumer.Imported
	uses, err := files.Parse(file, text)
	for _, u := range uses {
		said.Readings = append(said.Readings, consumer.Reading{Use: u})
	}
	return said, err
}

// registrationFiles lists the files that the target branch or the head calls
// registrations.
func (s *survey) registrationFiles(tree *revision.Tree) []string {
	var names []string
	for _, pattern := range slices.Concat(s.gate.Consumers, s.headGate.Consumers) {
		names = append(names, product.Match(tree, pattern)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// mustBeHere reports whether what a registration reads has to stand in this
// repository.
func mustBeHere(u consumer.Use) bool {
	return u.Evidence.Source == "declared" && u.Span.File != files.Own
}

// sideOf returns the side that a registration in file was read from: the target
// branch, unless it has no such file.
func (s *survey) sideOf(file string) Side {
	if s.revs.Gate.Has(file) {
		return Gate
	}
	return Head
}

// unknownPorts reports the registrations whose port is nowhere in this
// repository. A consumer's own file, or a product's input port, usually names
// what stands elsewhere.
func (s *survey) unknownPorts(uses consumer.Uses) {
	if s.revs.Replay || !slices.ContainsFunc(uses, mustBeHere) {
		return
	}
	var ids []string
	contracts := make(map[string]bool)
	for _, found := range []*product.Found{s.base, s.head} {
		for _, p := range found.Ports {
			name, _ := product.Versioned(p.ID)
			ids = append(ids, p.ID, name)
			contracts[p.ContractID] = true
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	named := false
	for _, u := range uses {
		if !mustBeHere(u) {
			continue
		}
		switch _, known := slices.BinarySearch(ids, u.Port); {
		case u.Port == "" && !contracts[u.ContractID]:
			if !named { // the ids of contracts in declared ports take reading them
				named = true
				s.finder.ContractIDs(s.revs.Base, s.base, contracts)
				s.finder.ContractIDs(s.revs.Head, s.head, contracts)
			}
			if !contracts[u.ContractID] {
				s.wrong(s.sideOf(u.Span.File), []*source.Error{source.Errorf(u.Span, "contract %q is in no file here", u.ContractID)})
			}
		case u.Port != "" && !known:
			s.wrong(s.sideOf(u.Span.File), []*source.Error{source.Errorf(u.Span, "port %q is not in this repository%s", u.Port, document.Suggest(u.Port, ids))})
		}
	}
}

// Imports lists where the configuration in tree says that consumers are known
// besides.
func (c *Checker) Imports(tree *revision.Tree) ([]consumer.Import, error) {
	config, errs := policy.Read(tree, cmp.Or(c.Config, policy.File), (&survey{Checker: c}).known(), c.Set)
	var joined []error
	for _, e := range errs {
		joined = append(joined, e)
	}
	return config.Imports, errors.Join(joined...)
}
