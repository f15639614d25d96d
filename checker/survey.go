package checker

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/product"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
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
	told                     map[string]bool    // of errors, by text
	doubted                  bool               // a source of registrations failed, or is stale
	notes                    []*source.Error    // what sources say that does not count
	elsewhere                []consumer.Reading // what no port here serves
	charts
	tombstones map[string]product.Declaration // of ports that went elsewhere, by their ids
	owners     map[string][]string            // who answers for a consumer, as the target branch says, by its id
	notices    []policy.Notice                // that the target branch records

	archive

	mu           sync.Mutex
	failures     []error // of the world, each once
	declarations declarations
}

// fail remembers what went wrong outside the user's files.
func (s *survey) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.ContainsFunc(s.failures, func(e error) bool { return e.Error() == err.Error() }) {
		s.failures = append(s.failures, err)
	}
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
	s.tombstones = make(map[string]product.Declaration)
	for _, ports := range [][]product.Declaration{s.gate.Ports, s.headGate.Ports} {
		for i := range ports {
			if ports[i].MovedTo != "" {
				s.tombstones[ports[i].ID] = ports[i]
			}
		}
	}
	s.gate.Policy.Now = c.Now
	s.silence(ctx)
	if c.Reviews != nil || c.Acks != nil {
		s.gate.Policy.Missing = func(f *policy.Finding, owner string) []string { return s.missing(ctx, f, owner) }
	}
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

// knownAs lists the ids that a registration may have for the port called id: its own,
// and those that it had before it went there, as tombstones say.
func (s *survey) knownAs(id string) []string {
	names := []string{id}
	for i := 0; i < len(names); i++ {
		for from, d := range s.tombstones {
			if d.MovedTo == names[i] && !slices.Contains(names, from) {
				names = append(names, from)
			}
		}
	}
	return names
}

func (s *survey) isChanged(name string) bool {
	_, ok := slices.BinarySearch(s.changed, name)
	return ok
}

func (s *survey) known() policy.Known {
	return policy.Known{Formats: s.Formats, Rules: s.Rules(), Notify: s.Notify}
}

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
		key := s.gateKey(tree, file)
		if _, ok := read[key]; !ok {
			config, errs := policy.Read(tree, file, s.known(), s.Set)
			read[key] = state{config, errs}
		}
		return read[key].config
	}
	s.gate, s.baseGate, s.headGate = at(s.revs.Gate), at(s.revs.Base), at(s.revs.Head)
	s.wrong(Gate, read[s.gateKey(s.revs.Gate, file)].errs)
	if s.headGate != s.gate {
		s.wrong(Head, read[s.gateKey(s.revs.Head, file)].errs)
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
		if !slices.ContainsFunc(in, a.Same) && !slices.ContainsFunc(s.baseGate.Policy.Approvals, a.Same) {
			s.gate.Policy.Approvals = append(s.gate.Policy.Approvals, a)
		}
	}
	if s.Acks != nil {
		s.gate.Policy.Approvals = append(s.gate.Policy.Approvals, s.Acks.Proposed()...)
	}
}

// gateKey tells apart the configurations of two trees without reading them.
func (s *survey) gateKey(tree *revision.Tree, file string) string {
	key, _ := tree.Blob(file)
	found := policy.OtherConfigs(tree, s.Formats)
	for _, f := range s.Formats {
		for _, name := range found[f.Name] {
			blob, _ := tree.Blob(name)
			key += " " + name + " " + blob
		}
	}
	for f := range tree.Under(policy.Approvals) {
		blob, _ := f.Blob()
		key += " " + f.Path + " " + blob
	}
	return key
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
		if text := e.Error(); !s.told[text] {
			if s.told == nil {
				s.told = make(map[string]bool)
			}
			s.told[text] = true
			s.errors = append(s.errors, Error{Side: side, Err: e})
		}
	}
}

// outlines reads the ports that can be told apart only by their content. A port
// that cannot be read is like no other.
func (s *survey) outlines(ctx context.Context, base *revision.Tree) func(p *product.Port, atHead bool) *schema.Outline {
	read := make(map[*product.Port]*schema.Outline)
	return func(p *product.Port, atHead bool) *schema.Outline {
		o, ok := read[p]
		if !ok {
			tree := base
			if atHead {
				tree = s.revs.Head
			}
			if l := s.load(ctx, p, tree, nil); len(l.errs) == 0 {
				if o = l.Outline(); l.Crash() != nil {
					o = nil
				}
			}
			read[p] = o
		}
		return o
	}
}
