package report

import (
	"bytes"
	"cmp"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"
	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/schema"
	"go.yaml.in/yaml/v3"
)

// OMDS writes what became of each contract as the Open Metadata Difference Standard
// has it, a draft of Bitol (RFC 0039): one YAML document for each port in which
// something was found. An impact level is the one of the draft's table or our own,
// whichever is worse: a tool may be stricter than the draft, and never more lenient. A
// language that the draft has no table for is UNKNOWN throughout, as the draft asks.
// What the draft has no word for, such as who is hit, stands in its custom properties;
// how to reach people does not, since other programs hand such documents on.
func (o Options) OMDS(w io.Writer, r *checker.Result) error {
	r = Public(r)
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	for _, p := range r.Ports {
		findings := r.Of(p.ID)
		if len(findings) == 0 {
			continue
		}
		if err := enc.Encode(o.difference(r, p, findings)); err != nil {
			return err
		}
	}
	if b.Len() == 0 {
		b.WriteString("# no contract differs\n")
	} else if err := enc.Close(); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

// The members of an OMDS document, in the order and by the names of the draft.
type (
	difference struct {
		APIVersion       string       `yaml:"apiVersion"`
		Kind             string       `yaml:"kind"`
		SourceKind       string       `yaml:"sourceKind"`
		Source1          omdsSource   `yaml:"source1"`
		Source2          omdsSource   `yaml:"source2"`
		Scope            string       `yaml:"scope"`
		Impact           omdsImpact   `yaml:"impact"`
		SuggestedVersion string       `yaml:"suggestedVersion,omitempty"`
		Diffs            []omdsDiff   `yaml:"diffs"`
		CustomProperties []omdsCustom `yaml:"customProperties"`
	}
	omdsSource struct {
		ID           string `yaml:"id"`
		Version      string `yaml:"version"`
		CanonicalURL string `yaml:"canonicalUrl,omitempty"`
	}
	omdsImpact struct{ Major, Minor, Patch int }
	omdsDiff   struct {
		Type        string `yaml:"type"`
		Section     string `yaml:"section"`
		Field       string `yaml:"field"`
		Path        string `yaml:"path"`
		Value1      string `yaml:"value1,omitempty"`
		Value2      string `yaml:"value2,omitempty"`
		Message     string `yaml:"message"`
		ImpactLevel string `yaml:"impactLevel"`
	}
	omdsCustom struct {
		Property string `yaml:"property"`
		Value    any    `yaml:"value"`
	}
	omdsFinding struct { // the one of the diff at the same place of the list
		ID        string   `yaml:"id"`
		Rule      string   `yaml:"rule"`
		Class     string   `yaml:"class"`
		Verdict   string   `yaml:"verdict"`
		Because   string   `yaml:"because"`
		Consumers []string `yaml:"consumers"`
	}
)

// omdsText makes a text of a stranger's one that nothing obeys.
func omdsText(s string) string { return command(Plain(s)) }

func (o Options) difference(r *checker.Result, p checker.Port, findings []policy.Finding) difference {
	d := difference{
		APIVersion: "v1.0.0", Kind: "MetadataDifference", SourceKind: p.Format, Scope: "all", Diffs: []omdsDiff{},
		Source1: o.source(r, p, checker.Base), Source2: o.source(r, p, checker.Head),
	}
	known := p.Format == "odcs"
	if known {
		d.SourceKind = "DataContract"
	}
	var ours []omdsFinding
	worst := policy.Pass
	for _, f := range findings {
		diff := omdsDiffOf(f, p.Outline)
		level := levelOf(diff, f.Class)
		if !known {
			level = ""
		}
		switch level {
		case major:
			d.Impact.Major++
		case minor:
			d.Impact.Minor++
		case patch:
			d.Impact.Patch++
		}
		diff.ImpactLevel = cmp.Or(string(level), "UNKNOWN")
		d.Diffs = append(d.Diffs, diff)
		ours, worst = append(ours, omdsFindingOf(f)), max(worst, f.Verdict)
	}
	d.SuggestedVersion = d.Impact.next(p.Version.Base)
	d.CustomProperties = []omdsCustom{
		{"generatedBy", r.Tool.Name + "/" + r.Tool.Version},
		{"comparedAt", r.Now.UTC().Format(time.RFC3339)},
		{"breakwater.port", omdsText(p.ID)},
		{"breakwater.verdict", worst.String()},
		{"breakwater.suggestedVersion", omdsText(cmp.Or(p.Version.Suggested, p.Version.Head))},
		{"breakwater.findings", ours},
	}
	return d
}

func omdsFindingOf(f policy.Finding) omdsFinding {
	j := omdsFinding{ID: f.ID, Rule: f.Rule.ID, Class: f.Class.String(), Verdict: f.Verdict.String(), Because: omdsText(f.Because), Consumers: []string{}}
	for _, h := range hitConsumers(f) {
		j.Consumers = append(j.Consumers, omdsText(h.Use.ID)+": "+h.Impact.String())
	}
	return j
}

func (o Options) source(r *checker.Result, p checker.Port, side checker.Side) omdsSource {
	s := omdsSource{ID: omdsText(cmp.Or(p.ContractID, p.ID)), Version: omdsText(p.Version.Head)}
	commit := r.Head.Commit
	if side == checker.Base {
		s.Version, commit = omdsText(p.Version.Base), r.Base.Commit
	}
	if len(p.Files) > 0 {
		s.CanonicalURL = fileURL(o.Repository, commit, p.Files[0], 0)
	}
	return s
}

// next is the version after base as the draft counts: also before 1.0.0 a break asks
// for a major version.
func (i omdsImpact) next(base string) string {
	was, err := semver.NewVersion(base)
	if err != nil || i == (omdsImpact{}) {
		return ""
	}
	next := was.IncPatch()
	switch {
	case i.Major > 0:
		next = was.IncMajor()
	case i.Minor > 0:
		next = was.IncMinor()
	}
	return next.String()
}

// A level is an impact level of the draft.
type level string

const (
	patch level = "PATCH"
	minor level = "MINOR"
	major level = "MAJOR"
)

// structuralFields are those of the schema whose change the draft calls MAJOR, and whose
// coming MINOR.
var structuralFields = []string{"name", "physicalName", "logicalType", "physicalType", "required", "unique", "criticalDataElement"}

// levelOf is the worse of the draft's level (its tables for data contracts) and ours.
func levelOf(d omdsDiff, class change.Class) level {
	structural := slices.Contains(structuralFields, d.Field)
	theirs := patch
	switch inSchema := d.Section == "schema"; {
	case inSchema && (d.Type == "REMOVE" || d.Type == "CHANGE" && structural):
		theirs = major
	case inSchema && d.Type == "ADD" && (structural || d.Field == "properties" || d.Field == "quality"), inSchema && d.Type == "CHANGE" && d.Field == "quality":
		theirs = minor
	case !inSchema && (d.Type == "REMOVE" || d.Type == "CHANGE" && d.Field != "contractCreatedTs"):
		theirs = minor
	}
	ours := [...]level{change.Compatible: patch, change.Risky: minor, change.Breaking: major}[class]
	order := []level{patch, minor, major}
	return order[max(slices.Index(order, theirs), slices.Index(order, ours))]
}

// fieldsOf say by its idea which member of a contract a finding is about. An idea that
// is not here is a member by its own name, which the draft counts among the others.
var fieldsOf = map[change.Idea]string{
	"type-added": "name", change.TypeRemoved: "name", "type-renamed": "name", "type-relabelled": "name",
	change.FieldAdded: "properties", change.FieldRemoved: "properties", "field-renamed": "name", "field-relabelled": "name",
	"field-type-changed": "logicalType", "field-type-widened": "logicalType", "field-type-narrowed": "logicalType", "field-type-unclear": "logicalType",
	"field-nullable": "required", "field-required": "required", "unique-dropped": "unique", "unique-added": "unique",
	"key-changed": "primaryKey", "key-added": "primaryKey", "key-removed": "primaryKey", "partition-changed": "partitioned",
	"type-kind-changed": "physicalType", "type-medium-changed": "physicalType",
	change.ClassificationRaised: "classification", "classification-lowered": "classification", "classification-changed": "classification", "classification-stated": "classification",
	change.QualityRemoved: "quality", change.QualityWeakened: "quality",
	"critical-element-dropped": "criticalDataElement", "critical-element-added": "criticalDataElement",
	change.GrainChanged: "dataGranularityDescription", change.OriginChanged: "transformLogic", change.DefinitionChanged: "authoritativeDefinitions",
	change.UnitChanged: "customProperties", change.ZoneChanged: "customProperties", change.IdentifierChanged: "customProperties", "custom-property-changed": "customProperties",
	"field-deprecated": "deprecated", "type-deprecated": "deprecated", change.Documentation: "description",
	change.ValueAdded: "enum", change.ValueRemoved: "enum", "enum-opened": "enum", "enum-closed": "enum",
	"port-deprecated": "status", "port-withdrawn": "status", "port-activated": "status", change.PortRemoved: "status",
	"version-not-raised": "version", "version-lowered": "version", "version-raised-without-need": "version", "pins-left-behind": "version",
	"id-changed": "id", "limitations-changed": "limitations", "legal-terms-changed": "authoritativeDefinitions",
}

// omdsDiffOf puts a finding as the draft has it, its level apart.
func omdsDiffOf(f policy.Finding, o *schema.Outline) omdsDiff {
	field := cmp.Or(fieldsOf[f.Rule.Idea], string(f.Rule.Idea))
	d := omdsDiff{Type: omdsType(f), Section: "schema", Field: field, Message: omdsText(f.Detail)}
	if !strings.HasPrefix(f.From, "sha256:") && !strings.HasPrefix(f.To, "sha256:") { // the digest of a long value is none
		d.Value1, d.Value2 = omdsText(f.From), omdsText(f.To)
	}
	switch {
	case change.SLO.Covers(f.Path) && f.Path != change.SLO:
		steps := f.Path.Steps()
		d.Section, d.Field = "slaProperties", "value"
		selector := "property=" + selected(steps[1].Word())
		if element := change.Path("").Join(steps[2:]...); element != "" {
			selector += ",element=" + selected(string(element))
		}
		d.Path = "/slaProperties[" + selector + "]"
	case strings.HasPrefix(string(f.Path), "@"):
		d.Section, d.Path = field, "/"+field
		if inner := f.Path.Steps()[1:]; len(inner) > 0 {
			d.Section, d.Path = inner[0].Word(), "/"+inner[0].Word()+"/"+field
		}
	default:
		d.Path = schemaPath(f.Path, o)
		if d.Type == "CHANGE" || field != "properties" && field != "name" {
			d.Path += "/" + field
		}
	}
	return d
}

func omdsType(f policy.Finding) string {
	switch idea := string(f.Rule.Idea); {
	case f.Rule.Idea.IsRemoval() && f.Rule.Idea != change.PortRemoved, f.IsGone() && f.To == "":
		return "REMOVE"
	case strings.HasSuffix(idea, "-added") && f.From == "":
		return "ADD"
	case f.From == "" && f.To != "":
		return "ADD"
	case f.To == "" && f.From != "":
		return "REMOVE"
	}
	return "CHANGE"
}

// schemaPath writes a path in the draft's recommended notation, a JSON Pointer whose
// lists are entered by name: /schema[name=orders]/properties[name=lines]/items. The
// object is the declaration that it begins with, which o knows.
func schemaPath(p change.Path, o *schema.Outline) string {
	steps, object := p.Steps(), 1
	for n := len(steps); o != nil && n > 1; n-- {
		if _, declared := o.Decls[change.Path("").Join(steps[:n]...)]; declared {
			object = n
		}
	}
	var b strings.Builder
	b.WriteString("/schema[name=" + selected(nameOf(steps[:object])) + "]")
	for _, step := range steps[object:] {
		switch step {
		case change.Items:
			b.WriteString("/items")
		case change.Values:
			b.WriteString("/map/value")
		default:
			b.WriteString("/properties[name=" + selected(step.Word()) + "]")
		}
	}
	return b.String()
}

// nameOf is what a declaration is called.
func nameOf(steps []change.Step) string {
	if len(steps) == 1 {
		return steps[0].Word()
	}
	return string(change.Path("").Join(steps...))
}

var bareSelector = regexp.MustCompile(`^[\pL\pN_. -]+$`)

// selected writes a name into a selector. The draft has no escapes, so one that would
// end it is quoted.
func selected(name string) string {
	if name = omdsText(name); bareSelector.MatchString(name) {
		return name
	}
	return strconv.Quote(name)
}
