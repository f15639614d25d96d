package checker

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/slo"
)

// selectAll is how a lock says that its consumer reads whatever there is.
const selectAll = "*"

// want writes down what the consumer says that it needs besides fields.
func (l *Locked) want(v Verified) {
	if v.Use.SelectAll {
		l.Select = selectAll
	}
	if v.Use.SLO == nil {
		return
	}
	bounds := []string{}
	for _, b := range v.Use.SLO {
		if path, _, ok := v.Port.Outline.Named(b.Element); ok && b.Element != "" {
			b.Element = path
		}
		bounds = append(bounds, fmt.Sprintf("%s %s", slo.Objective(b).Path(), b.Limit))
	}
	slices.Sort(bounds)
	bounds = slices.Compact(bounds)
	l.Bounds = &bounds
}

// importLock reads a copy of a consumer's lock: what the consumer read of each port
// when it last looked is what it reads, and what was promised then is what it needs,
// unless it says which of that it does.
func importLock(file string, text []byte, im consumer.Import, _ consumer.Queries) (consumer.Imported, error) {
	lock, err := ParseLock(file, text)
	var all consumer.Imported
	for _, l := range lock.Ports {
		u := consumer.Use{
			Consumer: im.Consumer, Port: l.Port, ContractID: l.ContractID, Span: l.span, SelectAll: l.Select == selectAll,
			Evidence: consumer.Evidence{Source: consumer.Lock, ObservedAt: im.ObservedAt, Outline: l.Outline, Taken: l.taken()},
		}
		u.ID = cmp.Or(u.ID, l.Consumer)
		if !u.SelectAll {
			u.Fields = l.fields()
		}
		u.SLO, u.SomeSLO = l.bounds()
		all.Readings = append(all.Readings, consumer.Reading{Use: u})
	}
	return all, err
}

// taken says of which state of the port l is.
func (l Locked) taken() string {
	state := l.State
	if l.Commit != "" {
		state = strings.TrimSpace(state + " at " + l.Commit[:min(len(l.Commit), 7)])
	}
	return cmp.Or(state, "another state")
}

// fields lists what the consumer reads; nil: all, since some of it cannot be told.
func (l Locked) fields() (needs []consumer.Need) {
	for _, f := range l.Fields {
		path, err := change.Parse(f.Path)
		if err != nil {
			return nil
		}
		needs = append(needs, consumer.Need{Path: path, Span: l.span})
	}
	return needs
}

// bounds lists the objectives that the consumer needs. Some says that it may need others.
func (l Locked) bounds() (needs []consumer.Bound, some bool) {
	texts := l.SLO
	if l.Bounds != nil {
		texts, needs = *l.Bounds, []consumer.Bound{}
	} else {
		some = true // what came after the lock, too
	}
	for _, text := range texts {
		b, err := parseBound(text)
		if err != nil {
			some = true
			continue
		}
		b.Span = l.span
		needs = append(needs, b)
	}
	return needs, some
}

// parseBound reads an objective as a lock writes it: "@slo.freshness.Order.at <= 26h".
func parseBound(text string) (b consumer.Bound, err error) {
	i := strings.IndexAny(text, "<>=")
	path, err := change.Parse(strings.TrimSpace(text[:max(i, 0)]))
	if err != nil || !change.SLO.Covers(path) || path == change.SLO {
		return b, fmt.Errorf("want an objective such as %q, got %q", "@slo.freshness <= 26h", text)
	}
	steps := path.Steps()
	b.Property, b.Element = string(steps[1]), change.Path("").Join(steps[2:]...)
	if b.Limit, err = slo.ParseLimit(text[i:]); err != nil {
		return b, err
	}
	b.Raw = b.Limit.Value()
	return b, nil
}

// fit makes the uses that were read from locks fit the port. A lock of the very state
// that base is in says exactly what is read. One of another state is not taken at its
// word: what it names and is gone leaves it open what is read instead.
func (r *run) fit(ctx context.Context, uses []consumer.Use, at schema.Places) []consumer.Use {
	isLocked := func(u consumer.Use) bool { return u.Evidence.Outline != "" }
	if r.pair.Base == nil || len(r.was.errs) > 0 || !slices.ContainsFunc(uses, isLocked) {
		return uses
	}
	uses = slices.Clone(uses)
	digest := r.was.Outline().Digest()
	since := make(map[string]time.Time)
	for i := range uses {
		u := &uses[i]
		if !isLocked(*u) || u.Evidence.Outline == digest {
			continue
		}
		if _, ok := since[u.Evidence.Outline]; !ok {
			since[u.Evidence.Outline] = r.clock.changedSince(ctx, u.Evidence.Outline)
		}
		u.Evidence.Outdated = "its lock was taken of " + u.Evidence.Taken + ", and the port is another now"
		if at := since[u.Evidence.Outline]; !at.IsZero() {
			u.Evidence.Outdated = fmt.Sprintf("its lock was taken of %s, and the port is another since %s", u.Evidence.Taken, at.Format(time.DateOnly))
		}
		var gone []string
		kept := slices.DeleteFunc(slices.Clone(u.Fields), func(n consumer.Need) bool {
			_, err := at.Resolve(n.Path)
			if err != nil {
				gone = append(gone, string(n.Path))
			}
			return err != nil
		})
		if len(gone) > 0 && len(kept) > 0 { // with nothing left it counts for the whole port
			u.Fields = kept
			u.Evidence.Doubt = cmp.Or(u.Evidence.Doubt, "its lock lists "+few(gone, ", ")+", which the port has no more")
		}
	}
	return uses
}
