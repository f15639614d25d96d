package checker

import (
	"cmp"
	"context"
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
	return func(name string) bool {
		return name == cmp.Or(s.Config, policy.File) || strings.HasPrefix(name, ".breakwater/") || registrations[name]
	}
}

// registrations lists the uses that count: those on the target branch and those
// that the head adds. Those that the head removes or narrows still count, and
// are listed too; they end where an owner of the consumer approved the head.
func (s *survey) registrations(ctx context.Context) (uses consumer.Uses, lost []policy.Lost) {
	if s.revs.Bare {
		return nil, nil
	}
	read := make(map[[2]string][]consumer.Use) // by path and blob
	tip := s.uses(Gate, s.revs.Gate, s.tip, read)
	base := s.uses(Base, s.revs.Base, s.base, read)
	head := s.uses(Head, s.revs.Head, s.head, read)
	uses = slices.Clone(tip)
	s.owners = make(map[string][]string)
	for _, u := range slices.Concat(tip, base) {
		s.owners[u.ID] = append(s.owners[u.ID], u.Owners...)
	}
	for _, u := range head {
		if !contains(base, u) && !contains(uses, u) {
			uses = append(uses, u)
		}
	}
	for _, u := range base {
		covered := func(now consumer.Use) bool { return now.Covers(u) }
		if !contains(head, u) && !slices.ContainsFunc(head, covered) {
			l := policy.Lost{Use: u, Left: s.left(head, u)}
			if s.Reviews != nil {
				l.Agreed = s.approvedBy(ctx, s.ownersOf(u))
			}
			if len(l.Agreed) > 0 {
				uses = slices.DeleteFunc(uses, u.Same)
			}
			lost = append(lost, l)
		}
	}
	for i := range uses {
		uses[i] = uses[i].At(s.Now)
	}
	return uses, lost
}

// left points at what the head leaves of a registration: another of the same
// consumer for the same port, else its file.
func (s *survey) left(head []consumer.Use, lost consumer.Use) source.Span {
	for _, u := range head {
		if u.ID == lost.ID && u.Port == lost.Port && u.ContractID == lost.ContractID {
			return u.Span
		}
	}
	if s.revs.Head.Has(lost.Span.File) {
		return source.Top(lost.Span.File)
	}
	return source.Span{}
}

func contains(uses []consumer.Use, u consumer.Use) bool { return slices.ContainsFunc(uses, u.Same) }

// uses reads the registrations in tree: files of our own, and what products say
// that they consume.
func (s *survey) uses(side Side, tree *revision.Tree, found *product.Found, read map[[2]string][]consumer.Use) []consumer.Use {
	var all []consumer.Use
	for _, name := range s.registrationFiles(tree) {
		blob, _ := tree.Blob(name)
		file := [2]string{name, blob}
		uses, ok := read[file]
		if !ok {
			text, err := tree.ReadFile(name)
			if err == nil {
				uses, err = files.Parse(name, text)
			} else {
				err = source.Errorf(source.Top(name), "%w", err)
			}
			s.wrong(side, source.Errors(err))
			read[file] = uses
		}
		all = append(all, uses...)
	}
	for _, in := range found.Inputs {
		all = append(all, consumer.FromInput(in))
	}
	return all
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
