package checker

import (
	"context"
	"slices"

	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/revision"
)

// silence reads what may make a consent of silence: notices that the target branch
// records, since whoever proposes a change must not write them, and objections,
// which count wherever they stand.
func (s *survey) silence(ctx context.Context) {
	s.gate.Policy.Objections = s.Objections
	if !s.revs.Bare {
		notices, errs := policy.ReadNotices(s.revs.Gate)
		s.notices = notices
		s.wrong(Gate, errs)
		for _, side := range []Side{Gate, Head} {
			objections, errs := policy.ReadObjections(map[Side]*revision.Tree{Gate: s.revs.Gate, Head: s.revs.Head}[side])
			s.gate.Policy.Objections = append(slices.Clip(s.gate.Policy.Objections), objections...)
			s.wrong(side, errs)
		}
	}
	if len(s.notices)+len(s.Notices) > 0 {
		s.gate.Policy.Told = func(f *policy.Finding) []policy.Notice { return s.noticesOf(ctx, f.Digest) }
	}
}

// noticesOf lists the notices of a finding by its digest, with the day on which each came
// to where it is recorded.
func (s *survey) noticesOf(ctx context.Context, digest string) (told []policy.Notice) {
	for _, n := range s.Notices {
		if n.Digest == digest {
			told = append(told, n)
		}
	}
	for _, n := range s.notices {
		if n.Digest == digest {
			told = append(told, s.recorded(ctx, n))
		}
	}
	return told
}

// recorded finds the commit that brought a notice to the target branch. Its own date is
// no proof: anybody can write one.
func (s *survey) recorded(ctx context.Context, n policy.Notice) policy.Notice {
	n.Doubt = "when it was recorded cannot be seen"
	if s.revs.Past == nil {
		return n
	}
	moments, missing, err := s.revs.Past.Before(ctx, []string{n.Span.File})
	if err != nil {
		n.Doubt += ": " + err.Error()
		return n
	}
	for _, m := range moments {
		tree, err := m.Tree(ctx)
		if err != nil {
			n.Doubt += ": " + err.Error()
			return n
		}
		if there, _ := policy.ReadNoticeFile(tree, n.Span.File); !slices.ContainsFunc(there, n.Same) {
			missing = ""
			break
		}
		n.Recorded = m.Time
	}
	switch {
	case missing != "": // it was there before all that can be seen
		n.Doubt += ": " + missing
	case !n.Recorded.IsZero():
		n.Doubt = ""
	}
	return n
}
