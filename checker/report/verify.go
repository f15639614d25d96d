package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/source"
)

// Verify says which needs are met, for a terminal: those that are not first, and those
// that are counted.
func (o Options) Verify(w io.Writer, r *checker.Verification) error {
	s := newScreen(o)
	n := countVerified(r)
	s.line(0, "%s", n.headline(s))
	if !o.Quiet {
		for _, v := range r.Uses {
			s.verified(v)
		}
		s.line(0, "")
		s.line(0, "%d met · %d not met · %d cannot be told", n[consumer.Met], n[consumer.NotMet], n[consumer.CannotTell])
	}
	_, err := w.Write(s.Bytes())
	return err
}

// A verifyCount counts needs by their answers.
type verifyCount map[consumer.Answer]int

func countVerified(r *checker.Verification) verifyCount {
	n := make(verifyCount)
	for _, v := range r.Uses {
		for _, held := range v.Needs {
			n[held.Answer]++
		}
	}
	return n
}

func (n verifyCount) headline(s *screen) string {
	switch {
	case n[consumer.NotMet] > 0:
		return s.paint(bold|red, "✗ "+one(n[consumer.NotMet], "1 need is not met", many(n[consumer.NotMet], "need")+" are not met"))
	case n[consumer.CannotTell] > 0:
		return s.paint(bold|yellow, "! every need that can be told is met; "+one(n[consumer.CannotTell], "1 cannot", fmt.Sprintf("%d cannot", n[consumer.CannotTell])))
	}
	return s.paint(bold|green, "✓ every need is met")
}

// verified writes what is worth saying of one use.
func (s *screen) verified(v checker.Verified) {
	shows := func(h consumer.Held) bool { return s.Verbose || h.Answer != consumer.Met || h.Note != "" }
	if !slices.ContainsFunc(v.Needs, shows) && len(v.Since) == 0 {
		return
	}
	where := ""
	if v.Producer != nil {
		where = v.Producer.Name
	}
	s.line(0, "")
	s.sides(s.paint(bold, Plain(cmp.Or(v.Use.Port, v.Use.ContractID)))+"   "+s.paint(dim, Plain("read by "+v.Use.ID)), s.paint(dim, Plain(where)), 2)
	for _, h := range v.Needs {
		if !shows(h) {
			continue
		}
		why := h.Why
		if h.Note != "" {
			why += "; " + h.Note
		}
		color := map[consumer.Answer]color{consumer.Met: green, consumer.CannotTell: yellow, consumer.NotMet: red}[h.Answer]
		s.line(0, "")
		s.wrapped(2, 15, s.paint(color, fmt.Sprintf("%-11s", h.Answer))+"  "+s.paint(bold, Plain(h.Need))+"  "+Plain(why))
		for _, at := range []source.Span{h.Own, h.At} {
			if !at.IsZero() {
				s.line(4, "%s", s.paint(cyan, Plain(at.String())))
			}
		}
	}
	if len(v.Since) > 0 {
		s.line(0, "")
		s.wrapped(2, 15, fmt.Sprintf("%-11s", "since")+"  "+Plain(lockedAt(v.Locked)+": "+strings.Join(v.Since, "; ")))
	}
}

// lockedAt says when a lock was written, in the producer's terms.
func lockedAt(l *checker.Locked) string {
	if l.Commit != "" {
		return l.Commit[:min(7, len(l.Commit))]
	}
	return "the lock"
}

// VerifyJSON says which needs are met, for machines; docs/verify.schema.json is its
// JSON Schema.
func VerifyJSON(w io.Writer, r *checker.Verification) error {
	type place struct {
		File   string `json:"file"`
		Line   int    `json:"line"`
		Column int    `json:"column"`
	}
	type need struct {
		Need     string  `json:"need"`
		Answer   string  `json:"answer"`
		Why      string  `json:"why"`
		Note     *string `json:"note"`
		Consumer *place  `json:"consumer"`
		Producer *place  `json:"producer"`
	}
	type use struct {
		Consumer   string   `json:"consumer"`
		Port       string   `json:"port"`
		ContractID *string  `json:"contractId"`
		Producer   *string  `json:"producer"`
		Commit     *string  `json:"commit"`
		Answer     string   `json:"answer"`
		Needs      []need   `json:"needs"`
		Since      []string `json:"since"`
	}
	n := countVerified(r)
	out := struct {
		SchemaVersion int            `json:"schemaVersion"`
		Uses          []use          `json:"uses"`
		Errors        []Error        `json:"errors"`
		Summary       map[string]int `json:"summary"`
	}{SchemaVersion, []use{}, []Error{}, map[string]int{"met": n[consumer.Met], "notMet": n[consumer.NotMet], "cannotTell": n[consumer.CannotTell]}}
	at := func(span source.Span) *place {
		if span.IsZero() {
			return nil
		}
		return &place{span.File, span.Start.Line, span.Start.Column}
	}
	for _, v := range r.Uses {
		u := use{Consumer: v.Use.ID, Port: v.Use.Port, ContractID: orNull(v.Use.ContractID), Answer: v.Answer().String(), Needs: []need{}, Since: append([]string{}, v.Since...)}
		if v.Producer != nil {
			u.Producer, u.Commit = orNull(v.Producer.Name), orNull(v.Producer.Commit)
		}
		for _, h := range v.Needs {
			u.Needs = append(u.Needs, need{h.Need, h.Answer.String(), h.Why, orNull(h.Note), at(h.Own), at(h.At)})
		}
		out.Uses = append(out.Uses, u)
	}
	for _, e := range r.Errors {
		out.Errors = append(out.Errors, newError(e))
	}
	return encode(w, out)
}
