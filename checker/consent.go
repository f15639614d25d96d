package checker

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
)

// Reviews tells who approved the very head that is checked. Its methods are safe
// for concurrent use.
type Reviews interface {
	// ApprovedBy returns the people behind owner, such as "@acme/finance" or
	// "@alice", who approved it, sorted.
	ApprovedBy(ctx context.Context, owner string) (people []string, err error)
}

// Acks are findings that people agreed to outside the repository, each as it was then:
// a word on the pull request. One counts like an approval that the head proposes. Its
// methods are safe for concurrent use.
type Acks interface {
	// Proposed lists what was agreed to, and by whom.
	Proposed() []policy.Approval
	// AgreedBy returns the people behind owner, such as "@acme/finance" or "@alice",
	// who agreed to the finding of that digest, sorted.
	AgreedBy(ctx context.Context, digest, owner string) (people []string, err error)
}

// missing says who has yet to approve the head before an approval that it proposes
// comes into force: an owner of each consumer that is hit and whose silence is no
// consent, or, if none is hit, the port's owner and somebody else whom the policy names.
// Whom the policy lets override may do so with a word on the finding.
func (s *survey) missing(ctx context.Context, f *policy.Finding, owner string) (missing []string) {
	if len(s.agreed(ctx, f, s.gate.Policy.Override)) > 0 {
		return nil
	}
	owners := make(map[string][]string) // by consumer
	for _, h := range f.Hits {
		if h.Impact >= consumer.Affected && !h.Gap && !slices.Contains(f.Silent, h.Use.ID) {
			owners[h.Use.ID] = append(owners[h.Use.ID], s.ownersOf(h.Use)...)
		}
	}
	if len(owners) == 0 && len(f.Silent) == 0 {
		return s.missingStewards(ctx, f, owner)
	}
	for id, handles := range owners {
		if len(s.consenting(ctx, f, handles)) == 0 {
			missing = append(missing, anOwner(id, handles))
		}
	}
	slices.Sort(missing)
	return missing
}

// missingStewards says who of those is missing that answer for what hits nobody.
func (s *survey) missingStewards(ctx context.Context, f *policy.Finding, owner string) (missing []string) {
	var handles []string
	if owner != "" {
		handles = []string{owner}
	}
	first := s.consenting(ctx, f, handles)
	if len(first) == 0 {
		missing = append(missing, anOwner("the port", handles))
	}
	second := s.consenting(ctx, f, s.gate.Policy.Approvers)
	if len(first) == 1 { // it takes two
		second = slices.DeleteFunc(second, func(who string) bool { return who == first[0] })
	}
	if len(second) == 0 {
		missing = append(missing, "somebody else of "+names(s.gate.Policy.Approvers, "policy.approvers, which names nobody"))
	}
	return missing
}

// ownersOf lists who answers for the consumer of a use: as the target branch says,
// if it knows the consumer. Nobody makes himself its owner in the change that hits it.
func (s *survey) ownersOf(u consumer.Use) []string {
	if known, ok := s.owners[u.ID]; ok {
		return known
	}
	return u.Owners
}

// consenting returns the people behind any of owners who approved the head, or agreed to
// the finding.
func (s *survey) consenting(ctx context.Context, f *policy.Finding, owners []string) []string {
	people := append(s.approvedBy(ctx, owners), s.agreed(ctx, f, owners)...)
	slices.Sort(people)
	return slices.Compact(people)
}

// agreed returns the people behind any of owners who agreed to the finding.
func (s *survey) agreed(ctx context.Context, f *policy.Finding, owners []string) (people []string) {
	if s.Acks == nil {
		return nil
	}
	for _, owner := range owners {
		who, err := s.Acks.AgreedBy(ctx, f.Digest, owner)
		if err != nil {
			s.fail(fmt.Errorf("did %s agree: %w", owner, err))
		}
		people = append(people, who...)
	}
	return people
}

// approvedBy returns the people behind any of owners who approved the head.
func (s *survey) approvedBy(ctx context.Context, owners []string) (people []string) {
	if s.Reviews == nil {
		return nil
	}
	for _, owner := range owners {
		who, err := s.Reviews.ApprovedBy(ctx, owner)
		if err != nil {
			s.fail(fmt.Errorf("did %s approve: %w", owner, err))
		}
		people = append(people, who...)
	}
	slices.Sort(people)
	return slices.Compact(people)
}

func anOwner(of string, handles []string) string {
	return fmt.Sprintf("an owner of %s (%s)", of, names(handles, "none is named"))
}

func names(handles []string, none string) string {
	if len(handles) == 0 {
		return none
	}
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(handles))), ", ")
}
