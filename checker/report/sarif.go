package report

import (
	"cmp"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/source"
)

// The parts of SARIF 2.1.0 that are written.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool          `json:"tool"`
		Bases       map[string]sarifID `json:"originalUriBaseIds"`
		Invocations []sarifInvocation  `json:"invocations"`
		ColumnKind  string             `json:"columnKind"`
		Results     []sarifResult      `json:"results"`
	}
	sarifID struct {
		Description sarifText `json:"description"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name            string      `json:"name"`
		InformationURI  string      `json:"informationUri"`
		Version         string      `json:"version"`
		SemanticVersion string      `json:"semanticVersion,omitempty"`
		Rules           []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string         `json:"id"`
		Name    string         `json:"name"`
		Short   sarifText      `json:"shortDescription"`
		Full    sarifText      `json:"fullDescription"`
		Help    sarifHelp      `json:"help"`
		Default sarifLevel     `json:"defaultConfiguration"`
		More    map[string]any `json:"properties"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifHelp struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown"`
	}
	sarifLevel struct {
		Level string `json:"level"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
		Configuration []sarifNotification `json:"toolConfigurationNotifications,omitempty"`
	}
	sarifNotification struct {
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Related      []sarifLocation   `json:"relatedLocations,omitempty"`
		Fingerprints map[string]string `json:"partialFingerprints"`
		More         map[string]any    `json:"properties,omitempty"`
	}
	sarifLocation struct {
		ID       int           `json:"id,omitempty"`
		Message  *sarifText    `json:"message,omitempty"`
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI  string `json:"uri"`
		Base string `json:"uriBaseId"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
		EndLine     int `json:"endLine,omitempty"`
		EndColumn   int `json:"endColumn,omitempty"`
	}
)

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	sarifRoot   = "%SRCROOT%"
	homepage    = "https://github.com/breakwater-data/breakwater"
)

// SARIF writes a log for code scanning. Columns are given in UTF-16 code units where
// the line's text is at hand, and left out where it is not: a region without columns
// is its whole lines.
//
// Code scanning lists results and nothing else, and gives each one line of the head.
// So what is wrong in a user's file is a result, too, beside the notification that
// SARIF has for it, and what is gone is shown at what is left of its surroundings,
// with its place in the base as a related location.
func (o Options) SARIF(w io.Writer, r *checker.Result) error {
	s := &sarif{view: newView(Public(r), o.Verbose)}
	s.run = sarifRun{
		Tool: sarifTool{sarifDriver{
			Name: r.Tool.Name, InformationURI: homepage, Version: r.Tool.Version, SemanticVersion: semantic(r.Tool.Version), Rules: []sarifRule{},
		}},
		Bases: map[string]sarifID{sarifRoot: {sarifText{"The root of the repository."}}},
		// The findings are what they are only if nothing is wrong beside them.
		Invocations: []sarifInvocation{{Successful: !r.Misconfigured() && !r.Unreadable()}},
		ColumnKind:  "utf16CodeUnits", Results: []sarifResult{},
	}
	s.errors()
	for _, f := range s.shown() {
		s.finding(f)
	}
	return encode(w, sarifLog{sarifSchema, "2.1.0", []sarifRun{s.run}})
}

// sarif is a log that is being written.
type sarif struct {
	*view
	run sarifRun
}

func (s *sarif) errors() {
	for _, e := range s.problems() {
		n := sarifNotification{Level: "error", Message: sarifMessage(e.Err.Msg)}
		if !e.Err.Span.IsZero() {
			n.Locations = []sarifLocation{s.location(e.Side, e.Err.Span, e.Err.Span)}
		}
		i := &s.run.Invocations[0]
		if e.Contract {
			i.Notifications = append(i.Notifications, n)
		} else {
			i.Configuration = append(i.Configuration, n)
		}
	}
	for _, e := range s.untold() {
		span := cmp.Or(e.Err.Span, source.Top(policy.File))
		mark := fingerprint(errorRule, string(e.Side), e.Err.Error())
		s.run.Results = append(s.run.Results, sarifResult{
			RuleID: errorRule, RuleIndex: s.rule(unreadableRule), Level: "error", Message: sarifMessage(e.Err.Msg),
			Locations: []sarifLocation{s.location(e.Side, span, e.Err.Span)}, Fingerprints: sarifPrints(mark),
		})
	}
}

// unreadableRule stands in for errors, which are made by no rule.
var unreadableRule = change.Rule{
	ID: errorRule, Title: "A file could not be read", Class: change.Breaking,
	Why: "What is wrong in the configuration, a registration or a contract makes the check incomplete.",
	Fix: "Mend the file at the place that is named.",
}

func (s *sarif) finding(f policy.Finding) {
	span := s.spot(f)
	result := sarifResult{
		RuleID: f.Rule.ID, RuleIndex: s.rule(*f.Rule), Level: sarifVerdict(f.Verdict),
		Message:      sarifMessage(strings.Join(append([]string{stop(f.Detail)}, s.told(f)...), " ")),
		Locations:    []sarifLocation{s.location(checker.Head, only(f, span), f.Head)},
		Fingerprints: sarifPrints(fingerprintOf(f)),
		More: map[string]any{
			"finding": f.ID, "port": Plain(f.Port), "path": Plain(string(f.Path)), "class": f.Class.String(),
			"verdict": f.Verdict.String(), "consumers": hitIDs(f),
		},
	}
	if !f.Base.IsZero() {
		at := s.location(checker.BaseOf(f), f.Base, f.Base)
		at.ID, at.Message = 1, &sarifText{"where it stands in " + Plain(s.r.At(checker.BaseOf(f)).Name)}
		result.Related = []sarifLocation{at}
	}
	s.run.Results = append(s.run.Results, result)
}

// rule returns the index of r's metadata, which is written once.
func (s *sarif) rule(r change.Rule) int {
	rules := &s.run.Tool.Driver.Rules
	if i := slices.IndexFunc(*rules, func(known sarifRule) bool { return known.ID == r.ID }); i >= 0 {
		return i
	}
	why, fix := strings.Join(strings.Fields(r.Why), " "), strings.Join(strings.Fields(r.Fix), " ")
	level := [...]string{change.Compatible: "note", change.Risky: "warning", change.Breaking: "error"}[r.Class]
	*rules = append(*rules, sarifRule{
		ID: r.ID, Name: sarifName(r.ID), Short: sarifText{stop(r.Title)}, Full: sarifText{why}, Default: sarifLevel{level},
		Help: sarifHelp{why + " What to do: " + fix, why + "\n\n**What to do:** " + fix},
		More: map[string]any{"tags": append([]string{"contract", r.Class.String()}, r.Breaks.Names()...)},
	})
	return len(*rules) - 1
}

// sarifName makes a rule's id a name as SARIF wants it: ProtobufFieldRemoved.
func sarifName(id string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(id, func(r rune) bool { return r == '/' || r == '-' }) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

func sarifVerdict(v policy.Verdict) string {
	return [...]string{policy.Pass: "note", policy.Notify: "warning", policy.Block: "error"}[v]
}

// sarifMessage makes a message in which nothing is a link: "[text](target)" is one in
// SARIF's plain text, too.
func sarifMessage(text string) sarifText {
	return sarifText{strings.ReplaceAll(Plain(text), "](", "] (")}
}

// sarifPrints are the marks by which a result is known again. Code scanning looks at
// the first only; it would count lines where there is none, and those of a removed
// thing are its surroundings'.
func sarifPrints(mark string) map[string]string {
	return map[string]string{"primaryLocationLineHash": mark[:16] + ":1", "breakwater/v1": mark}
}

// location places span, whose text is the excerpt of whole.
func (s *sarif) location(side checker.Side, span, whole source.Span) sarifLocation {
	region := sarifRegion{StartLine: max(span.Start.Line, 1)}
	if span.End.Line > region.StartLine {
		region.EndLine = span.End.Line
	}
	if start, end, ok := s.columns(side, span, whole); ok {
		region.StartColumn, region.EndColumn = start, end
	}
	return sarifLocation{Physical: sarifPhysical{sarifArtifact{escapedPath(span.File), sarifRoot}, region}}
}

// escapedPath makes a path a relative URI.
func escapedPath(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return strings.ReplaceAll(strings.Join(segments, "/"), ":", "%3A") // no scheme
}

// hitIDs lists who is hit.
func hitIDs(f policy.Finding) []string {
	ids := []string{}
	for _, h := range hitConsumers(f) {
		if h.Impact > consumer.Unaffected {
			ids = append(ids, Plain(h.Use.ID))
		}
	}
	return ids
}

// semantic returns version if it is one as semver.org has it, and else nothing.
func semantic(version string) string {
	if _, err := semver.StrictNewVersion(version); err != nil {
		return ""
	}
	return version
}
