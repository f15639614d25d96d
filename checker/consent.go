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

// missing says who has yet to approve the head before an approval that it proposes
// comes into force: an owner of each consumer that is hit and whose silence is no
// consent, or, if none is hit, the port's owner and somebody else whom the policy names.
func (s *survey) missing(ctx context.Context, f *policy.Finding, owner string) (missing []string) {
	owners := make(map[string][]string) // by consumer
	for _, h := range f.Hits {
		if h.Impact >= consumer.Affected && !h.Gap && !slices.Contains(f.Silent, h.Use.ID) {
			owners[h.Use.ID] = append(owners[h.Use.ID], s.ownersOf(h.Use)...)
		}
	}
	if len(owners) == 0 && len(f.Silent) == 0 {
		return s.missingStewards(ctx, owner)
	}
	for id, handles := range owners {
		if len(s.approvedBy(ctx, handles)) == 0 {
			missing = append(missing, anOwner(id, handles))
		}
	}
	slices.Sort(missing)
	return missing
}

// missingStewards says who of those is missing that answer for what hits nobody.
func (s *survey) missingStewards(ctx context.Context, owner string) (missing []string) {
	var handles []string
	if owner != "" {
		handles = []string{owner}
	}
	first := s.approvedBy(ctx, handles)
	if len(first) == 0 {
		missing = append(missing, anOwner("the port", handles))
	}
	second := s.approvedBy(ctx, s.gate.Policy.Approvers)
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

// approvedBy returns the people behind any of owners who approved the head.
func (s *survey) approvedBy(ctx context.Context, owners []string) (people []string) {
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
