package checker

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/consumer/files"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/product"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A survey is what stands in the revisions before anything is compared.
type survey struct {
	*Checker
	revs   Revisions
	finder *product.Finder

	gate, baseGate, headGate *policy.Config
	base, head, tip          *product.Found
	changed                  []string // the files that differ between base and head, sorted
	errors                   []Error
}

// survey reads the configuration and finds the ports.
func (c *Checker) survey(ctx context.Context, revs Revisions) *survey {
	revs.Gate = cmp.Or(revs.Gate, revs.Base)
	s := &survey{Checker: c, revs: revs, gate: new(policy.Config), baseGate: new(policy.Config), headGate: new(policy.Config)}
	s.finder = &product.Finder{Formats: c.Formats, Unread: c.Unread, Bare: revs.Bare, Memory: cmp.Or(c.Memory, new(product.Memory))}
	if revs.Bare {
		var errs []*source.Error // there is no file, but there may be settings
		s.gate, errs = policy.Read(new(revision.Tree), policy.File, s.known(), c.Set)
		s.wrong(Gate, errs)
	} else {
		s.configure()
	}
	s.gate.Policy.Now = c.Now
	s.changed = revision.Changed(revs.Base, revs.Head)
	s.base, s.head = s.find(ctx, revs.Base, s.baseGate), s.find(ctx, revs.Head, s.headGate)
	s.tip = s.base
	if revs.Gate != revs.Base {
		s.tip = s.find(ctx, revs.Gate, s.gate)
	}
	s.wrong(Head, s.head.Config)
	for _, left := range revs.Head.Left() {
		if left.IsUnreadable() {
			s.errors = append(s.errors, Error{Side: Head, Contract: true, Err: source.Errorf(source.Top(left.Path), "%s", left.Why)})
		}
	}
	for _, e := range s.head.Errors {
		s.errors = append(s.errors, Error{Side: Head, Contract: true, Err: e})
	}
	return s
}

func (s *survey) isChanged(name string) bool {
	_, ok := slices.BinarySearch(s.changed, name)
	return ok
}

func (s *survey) known() policy.Known { return policy.Known{Formats: s.Formats, Rules: s.Rules()} }

// configure reads the configuration at the three revisions, and one that is the
// same in two of them once.
func (s *survey) configure() {
	file := cmp.Or(s.Config, policy.File)
	type state struct {
		config *policy.Config
		errs   []*source.Error
	}
	read := make(map[string]state)
	at := func(tree *revision.Tree) *policy.Config {
		key := gateKey(tree, file)
		if _, ok := read[key]; !ok {
			config, errs := policy.Read(tree, file, s.known(), s.Set)
			read[key] = state{config, errs}
		}
		return read[key].config
	}
	s.gate, s.baseGate, s.headGate = at(s.revs.Gate), at(s.revs.Base), at(s.revs.Head)
	s.wrong(Gate, read[gateKey(s.revs.Gate, file)].errs)
	if s.headGate != s.gate {
		s.wrong(Head, read[gateKey(s.revs.Head, file)].errs)
	}
	// Each judges by its own copy: who proposes what is told apart below.
	s.gate = clone(s.gate)
	s.approvals()
}

func clone(c *policy.Config) *policy.Config {
	copied := *c
	copied.Policy.Approvals = slices.Clone(c.Policy.Approvals)
	return &copied
}

// approvals puts those in force that stand on the target branch, and adds those
// that the head proposes.
func (s *survey) approvals() {
	in := s.gate.Policy.Approvals
	for i := range in {
		in[i].InForce = true
	}
	for _, a := range s.headGate.Policy.Approvals {
		known := func(b policy.Approval) bool { return b.Finding == a.Finding && b.Digest == a.Digest }
		if !slices.ContainsFunc(in, known) && !slices.ContainsFunc(s.baseGate.Policy.Approvals, known) {
			s.gate.Policy.Approvals = append(s.gate.Policy.Approvals, a)
		}
	}
}

// gateKey tells apart the configurations of two trees without reading them.
func gateKey(tree *revision.Tree, file string) string {
	key, _ := tree.Blob(file)
	for f := range tree.Under(policy.Approvals) {
		blob, _ := f.Blob()
		key += " " + f.Path + " " + blob
	}
	return key
}

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

// find lists the ports in tree.
func (s *survey) find(ctx context.Context, tree *revision.Tree, config *policy.Config) *product.Found {
	if !s.revs.Bare {
		s.finder.Skip = s.ours(tree)
	}
	return s.finder.Find(ctx, tree, config.Ports)
}

// wrong notes what is wrong in our own files.
func (s *survey) wrong(side Side, errs []*source.Error) {
	for _, e := range errs {
		known := func(was Error) bool { return was.Err.Error() == e.Error() }
		if !slices.ContainsFunc(s.errors, known) {
			s.errors = append(s.errors, Error{Side: side, Err: e})
		}
	}
}

// registrations lists the uses that count: those on the target branch and those
// that the head adds. Those that the head removes or narrows still count, and
// are listed too.
func (s *survey) registrations() (uses consumer.Uses, lost []policy.Lost) {
	if s.revs.Bare {
		return nil, nil
	}
	read := make(map[[2]string][]consumer.Use) // by path and blob
	tip := s.uses(Gate, s.revs.Gate, s.tip, read)
	base := s.uses(Base, s.revs.Base, s.base, read)
	head := s.uses(Head, s.revs.Head, s.head, read)
	uses = slices.Clone(tip)
	for _, u := range head {
		if !contains(base, u) && !contains(uses, u) {
			uses = append(uses, u)
		}
	}
	for _, u := range base {
		covered := func(now consumer.Use) bool { return now.Covers(u) }
		if !contains(head, u) && !slices.ContainsFunc(head, covered) {
			lost = append(lost, policy.Lost{Use: u, Left: s.left(head, u)})
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
			id, _, _ := strings.Cut(p.ID, "@")
			ids = append(ids, p.ID, id)
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

// outlines reads the ports that can be told apart only by their content. A port
// that cannot be read is like no other.
func (s *survey) outlines(ctx context.Context) func(p *product.Port, atHead bool) *schema.Outline {
	read := make(map[*product.Port]*schema.Outline)
	return func(p *product.Port, atHead bool) *schema.Outline {
		o, ok := read[p]
		if !ok {
			tree := s.revs.Base
			if atHead {
				tree = s.revs.Head
			}
			if l := s.load(ctx, p, tree); len(l.errs) == 0 {
				o = l.Outline
			}
			read[p] = o
		}
		return o
	}
}

// judge makes a finding of what belongs to no port.
func (s *survey) judge(c change.Change, hits []consumer.Hit) policy.Finding {
	return s.gate.Policy.Judge(c, schema.Shown{Paths: []change.Path{c.Path}, Total: 1}, hits, policy.Standing{})
}

// gateFindings judges what the head changes in the gate.
func (s *survey) gateFindings(lost []policy.Lost) (findings []policy.Finding) {
	if s.revs.Bare {
		return nil
	}
	byPlace := make(map[source.Span]consumer.Use)
	for _, l := range lost {
		byPlace[l.Use.Span] = l.Use
	}
	if s.baseGate == s.headGate && len(lost) == 0 {
		return nil // it is the same file
	}
	for _, c := range policy.Gate(s.baseGate, s.headGate, lost) {
		var hits []consumer.Hit
		if u, ok := byPlace[c.Base]; ok {
			hits = []consumer.Hit{{Use: u, Impact: consumer.Affected, Why: "loses what it registered"}}
		}
		findings = append(findings, s.judge(c, hits))
	}
	return findings
}

// unreadFindings reports the contracts that changed and that no format reads, and
// what changed and is not entered, in which there may be contracts.
func (s *survey) unreadFindings() (findings []policy.Finding) {
	for _, left := range revision.ChangedLeft(s.revs.Base, s.revs.Head) {
		if s.revs.Bare || product.Foreign(left.Path+"/x") || !left.IsRepository() && !s.Concerns([]string{left.Path}) {
			continue
		}
		findings = append(findings, s.judge(change.Change{
			Rule: notCompared, Path: change.Path("file").Join(change.Name(left.Path)), To: left.ID, Head: source.Top(left.Path),
			Detail: fmt.Sprintf("%s changed and is not compared: it is %s", left.Path, left.Why),
		}, nil))
	}
	read := func(found *product.Found) map[string]product.Unread {
		all := make(map[string]product.Unread)
		for _, u := range found.Unread {
			all[u.Path] = u
		}
		return all
	}
	base, head := read(s.base), read(s.head)
	for _, name := range s.changed {
		was, before := base[name]
		now, after := head[name]
		if !before && !after {
			continue
		}
		c := change.Change{Rule: notCompared, Path: change.Path("file").Join(change.Name(name)), Base: source.Top(name), Head: source.Top(name)}
		c.From, _ = s.revs.Base.Blob(name)
		c.To, _ = s.revs.Head.Blob(name)
		c.Detail = fmt.Sprintf("%s changed and is not compared: %s", name, cmp.Or(now.Why, was.Why))
		if c.From == "" {
			continue // a new one breaks nobody
		}
		if c.To == "" {
			c.Head = source.Span{}
		}
		findings = append(findings, s.judge(c, nil))
	}
	return findings
}

// leftover judges the approvals that did nothing.
func (s *survey) leftover(findings []policy.Finding) (more []policy.Finding) {
	for _, c := range s.gate.Policy.Leftover(findings) {
		more = append(more, s.judge(c, nil))
	}
	return more
}
