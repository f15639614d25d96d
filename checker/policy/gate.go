package policy

import (
	"cmp"
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/product"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
)

//go:embed rules/*.txtar
var examples embed.FS

// Rules lists the rules of this package: what a change can do to the gate itself.
func Rules() change.Rules {
	return change.Rules{List: []*change.Rule{loosened, tightened, undeclared, unregistered, approvalLapsed, approvalUnused}, Examples: examples}
}

const everySurface = change.Value | change.Wire | change.JSON | change.Replay | change.Request | change.Query | change.Code | change.Promise

var loosened = &change.Rule{
	ID: "gate/loosened", Idea: "gate-loosened", Title: "The gate lets more through than before",
	Class: change.Risky, Breaks: everySurface,
	Why: "A change that would have been stopped passes from now on. This change itself is still judged by the rules of the target branch.",
	Fix: "Have whoever answers for the gate look at it, or make it a change of its own.",
}

var tightened = &change.Rule{
	ID: "gate/tightened", Idea: "gate-tightened", Title: "The gate stops more than before",
	Class: change.Compatible, Breaks: everySurface,
	Why: "Changes that passed until now may be stopped. No consumer loses anything.",
	Fix: "Nothing has to be done.",
}

var undeclared = &change.Rule{
	ID: "gate/port-undeclared", Idea: "port-undeclared", Title: "A port is no longer declared, and its files are still there",
	Class: change.Risky, Breaks: everySurface,
	Why: "What is declared nowhere is found by its content at best, and nothing blocks a change of it.",
	Fix: "Keep the declaration as long as anybody reads the port; say `status: retired` or `movedTo` when it ends.",
}

var unregistered = &change.Rule{
	ID: "gate/registration-removed", Idea: "registration-removed", Title: "A consumer's registration is removed or narrowed",
	Class: change.Risky, Breaks: everySurface,
	Why: "Whoever is not registered is not protected. In this change the registration of the target branch still counts.",
	Fix: "Let an owner of the consumer approve this change, or remove the registration in a change of its own.",
}

var approvalLapsed = &change.Rule{
	ID: "gate/approval-expired", Idea: "approval-expired", Title: "An approval of a finding that is still there has expired",
	Class: change.Risky, Breaks: everySurface,
	Why: "An approval accepts a break for a time. After that the finding counts again.",
	Fix: "Agree anew with those who are hit, and remove the old entry.",
}

var approvalUnused = &change.Rule{
	ID: "gate/approval-unused", Idea: "approval-unused", Title: "An approval fits no finding of this change",
	Class: change.Compatible, Breaks: everySurface,
	Why: "The change that it was for is merged, or became another one. An entry that nobody needs hides those that somebody does.",
	Fix: "Remove the entry.",
}

// A Lost registration stands in base, and head removes or narrows it.
type Lost struct {
	Use    consumer.Use
	Left   source.Span // what is left of it, or of its file; zero: nothing
	Agreed []string    // the people behind the consumer's owners who approved the head
}

// Gate reports what head changes in the gate of base: in the configuration, and in
// the registrations.
func Gate(base, head *Config, lost []Lost) []change.Change {
	g := &gate{base: base, head: head}
	g.settings()
	g.presets()
	g.sections()
	g.ports()
	for _, l := range lost {
		port := cmp.Or(l.Use.Port, l.Use.ContractID)
		detail := fmt.Sprintf("%s no longer registers what it did of %s", l.Use.ID, port)
		if len(l.Agreed) > 0 {
			detail += fmt.Sprintf(", as %s agreed", strings.Join(l.Agreed, " and "))
		}
		g.changes = append(g.changes, change.Change{
			Rule: unregistered, Path: g.at("registry", l.Use.ID, port), From: "registered", Base: l.Use.Span, Head: l.Left,
			Detail: detail,
		})
	}
	return g.changes
}

type gate struct {
	base, head *Config
	changes    []change.Change
}

func (g *gate) at(steps ...string) change.Path {
	p := change.Path("")
	for _, s := range append([]string{"gate"}, steps...) {
		p = p.Join(change.Name(s))
	}
	return p
}

func (g *gate) report(r *change.Rule, at change.Path, from, to string, base, head source.Span, detail string) {
	g.changes = append(g.changes, change.Change{Rule: r, Path: at, From: from, To: to, Base: base, Head: head, Detail: detail})
}

// setting reports a value of which a larger strictness stops more.
func (g *gate) setting(from, to string, was, now int, at ...string) {
	if from == to {
		return
	}
	rule := tightened
	if now < was {
		rule = loosened
	}
	g.report(rule, g.at(at...), from, to, g.base.at(at...), g.head.at(at...), fmt.Sprintf("%s: %s became %s", strings.Join(at, "."), from, to))
}

func (g *gate) settings() {
	was, now := g.base.Policy, g.head.Policy
	strict := func(f FailOn) int {
		return slices.Index([]FailOn{FailOnNever, FailOnBreaking, FailOnRisky}, cmp.Or(f, FailOnBreaking))
	}
	g.setting(string(cmp.Or(was.FailOn, FailOnBreaking)), string(cmp.Or(now.FailOn, FailOnBreaking)), strict(was.FailOn), strict(now.FailOn), "policy", "fail-on")
	open := func(p Policy) Verdict {
		if p.Unregistered == nil {
			return Block
		}
		return *p.Unregistered
	}
	g.setting(open(was).String(), open(now).String(), int(open(was)), int(open(now)), "policy", "unregistered")

	epoch := time.Unix(0, 0)
	days := func(p Policy) int { return int(p.NoticeEnds(epoch, slo.Quantity{}).Sub(epoch).Hours() / 24) }
	g.setting(fmt.Sprint(days(was), " days"), fmt.Sprint(days(now), " days"), days(was), days(now), "policy", "notice")
	g.setting(strings.Join(was.Approvers, " "), strings.Join(now.Approvers, " "), 1, subset(now.Approvers, was.Approvers), "policy", "approvers")
	g.setting(strings.Join(was.Override, " "), strings.Join(now.Override, " "), 1, subset(now.Override, was.Override), "policy", "override")
	g.setting(strings.Join(g.base.Consumers, " "), strings.Join(g.head.Consumers, " "), 1, subset(g.base.Consumers, g.head.Consumers), "consumers", "files")
	from, to := imports(g.base), imports(g.head)
	g.setting(cmp.Or(strings.Join(from, ", "), "none"), cmp.Or(strings.Join(to, ", "), "none"), 1, subset(from, to), "consumers", "imports")

	for _, name := range slices.Sorted(maps.Keys(union(was.Classes, now.Classes))) {
		from, to := "the rule's own class", "the rule's own class"
		a, ok1 := was.Classes[name]
		if ok1 {
			from = a.String()
		}
		b, ok2 := now.Classes[name]
		if ok2 {
			to = b.String()
		}
		stricter := int(b) - int(a)
		if !ok1 || !ok2 { // against what each rule says, an override may do either
			stricter = -1
			if ok2 && b == change.Breaking {
				stricter = 1
			}
		}
		g.setting(from, to, 0, stricter, "policy", "rules", name)
	}
}

func imports(c *Config) (all []string) {
	for _, im := range c.Imports {
		all = append(all, im.String())
	}
	return all
}

// subset returns 1 if all of a are in b, else 0.
func subset(a, b []string) int {
	if slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) }) {
		return 0
	}
	return 1
}

func union(a, b map[string]change.Class) map[string]change.Class {
	all := maps.Clone(a)
	if all == nil {
		all = make(map[string]change.Class)
	}
	maps.Copy(all, b)
	return all
}

// ports reports what the declarations of ports on both sides let through.
func (g *gate) ports() {
	declared := make(map[string]product.Declaration)
	for _, d := range g.head.Ports {
		declared[d.ID] = d
	}
	for _, was := range g.base.Ports {
		now, ok := declared[was.ID]
		if was.MovedTo != "" && now.MovedTo != was.MovedTo {
			g.report(loosened, g.at("ports", was.ID, "movedTo"), was.MovedTo, now.MovedTo, was.At("movedTo"), g.head.at("ports"),
				fmt.Sprintf("%s: the tombstone no longer says that it went to %s; who registered under that name does not count there", was.ID, was.MovedTo))
		}
		if !ok {
			continue // the port itself was removed, renamed, or is found otherwise
		}
		setting := func(key, from, to string, strictness int) {
			if from != to {
				rule := tightened
				if strictness < 0 {
					rule = loosened
				}
				g.report(rule, g.at("ports", was.ID, key), from, to, was.At(key), now.At(key), fmt.Sprintf("%s: %s %s became %s", was.ID, key, cmp.Or(from, "unset"), cmp.Or(to, "unset")))
			}
		}
		modes := []string{"none", "", "forward", "backward", "full"}
		setting("compatibility", was.Compatibility, now.Compatibility, slices.Index(modes, now.Compatibility)-slices.Index(modes, was.Compatibility))
		fewer := -1
		if was.Versions.IsZero() {
			fewer = 1
		}
		setting("versions", was.Versions.String(), now.Versions.String(), fewer)
		setting("direction", fmt.Sprint(was.Direction), fmt.Sprint(now.Direction), -1)
		setting("root", was.Root, now.Root, -1)
		setting("names", names(was), names(now), -1)
		if now.SLO == "" {
			setting("slo", was.SLO, now.SLO, -1)
		}
		setting("kind", string(was.Kind), string(now.Kind), -1)
		if !now.Complete.AsOf.IsZero() && was.Complete.AsOf.IsZero() {
			g.report(loosened, g.at("ports", was.ID, "registry"), "open", "complete", was.Span, now.At("registry"), was.ID+": the registry is declared complete")
		}
	}
}

// Rewritten reports that head changes a file that is an older version of a port.
func Rewritten(d product.Declaration, file, from, to string) change.Change {
	c := change.Change{
		Rule: loosened, Path: change.Path("gate").Join("ports", change.Name(d.ID), "versions"), Key: file, From: from, To: to, Base: source.Top(file), Head: source.Top(file),
		Detail: fmt.Sprintf("%s: %s is an older version and changes; from the merge on it counts as it is then", d.ID, file),
	}
	if to == "" {
		c.Head = d.At("versions")
		c.Detail = fmt.Sprintf("%s: %s is an older version and goes; from the merge on nobody is held to it", d.ID, file)
	}
	return c
}

// names lists what a port's contract calls its elements.
func names(d product.Declaration) string {
	var all []string
	for _, n := range d.Names {
		all = append(all, fmt.Sprintf("%s: %s", n.Contract, n.Body))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// Undeclared reports a port that base declares and head only shows by content.
func Undeclared(base, head *product.Port) change.Change {
	return change.Change{
		Rule: undeclared, Path: change.Port, From: "declared", To: "discovered", Base: base.Span, Head: source.Top(head.Paths[0]),
		Detail: fmt.Sprintf("%s is no longer declared; %s shows it by its content only", base.ID, head.Paths[0]),
	}
}
