package policy

import (
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
)

// A preset says what blocks where nothing is known of the readers. What a consumer
// declared that it needs still counts, and a rule that the policy names goes before all.
func TestPresetsGoBeforeNeedsAndBehindThePolicy(t *testing.T) {
	preset := schema.Preset{Format: "flat", Name: "other:STRICT", IDs: []string{"other:A"}}
	tests := []struct {
		name    string
		class   change.Class
		also    string
		hits    []consumer.Hit
		classes map[string]change.Class
		want    change.Class
		because string
	}{
		{"what the tool reports is raised", change.Compatible, "other:A", nil, nil, change.Breaking, "breaking, since other:STRICT has A; "},
		{"what it does not is lowered", change.Breaking, "other:B", nil, nil, change.Compatible, "compatible, since other:STRICT has no rule for it; "},
		{"what is as the tool says needs no word", change.Breaking, "other:A", nil, nil, change.Breaking, "nobody who is registered is hit"},
		{"a declared need counts", change.Breaking, "other:B", hit(consumer.Violated), nil, change.Breaking, "compatible, since other:STRICT has no rule for it; breaking where it is needed, compatible elsewhere"},
		{"a rule that the policy names", change.Risky, "other:A", nil, map[string]change.Class{"flat/x": change.Risky}, change.Risky, "breaking, since other:STRICT has A; the policy calls flat/x risky"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := Policy{Presets: []schema.Preset{preset}, Classes: tt.classes}
			f := p.Judge(change.Change{Rule: ruleOf(tt.class), Also: []change.Peer{{ID: tt.also}}}, schema.Shown{}, tt.hits, Standing{})
			if f.Class != tt.want || !strings.HasPrefix(f.Because, tt.because) {
				t.Errorf("got %s because %q", f.Class, f.Because)
			}
		})
	}
	other := Policy{Presets: []schema.Preset{{Format: "round", Name: "x"}}}
	if f := judge(other, change.Breaking, nil, Standing{}); f.Class != change.Breaking {
		t.Error("a preset judges the rules of another format")
	}
}

func TestGateTellsWhatPresetsLetThrough(t *testing.T) {
	at := source.Top("buf.yaml")
	strict := schema.Preset{Format: "flat", Name: "tool.yaml", Under: []string{"."}, IDs: []string{"t:A", "t:B"}, Span: at}
	with := func(edit func(*schema.Preset)) []schema.Preset {
		p := strict
		edit(&p)
		return []schema.Preset{p}
	}
	tests := []struct {
		name       string
		base, head []schema.Preset
		want       string
	}{
		{"nothing", with(func(*schema.Preset) {}), with(func(*schema.Preset) {}), ""},
		{"a rule less", []schema.Preset{strict}, with(func(p *schema.Preset) { p.IDs = []string{"t:A"} }), "gate/loosened tool.yaml stops: no longer t:B"},
		{"a rule more", with(func(p *schema.Preset) { p.IDs = []string{"t:A"} }), []schema.Preset{strict}, "gate/tightened tool.yaml stops: now t:B"},
		{"a folder is spared", []schema.Preset{strict}, with(func(p *schema.Preset) { p.Spared = []schema.Spared{{Path: "old"}} }), "gate/loosened tool.yaml lets pass: now everything in old"},
		{"a folder is no longer spared", with(func(p *schema.Preset) { p.Spared = []schema.Spared{{Path: "old", IDs: []string{"t:A"}}} }), []schema.Preset{strict}, "gate/tightened tool.yaml lets pass: no longer t:A in old"},
		{"it comes", nil, []schema.Preset{strict}, "gate/loosened flat: tool.yaml judges instead of the rules' own classes"},
		{"it goes", []schema.Preset{strict}, nil, "gate/loosened flat: tool.yaml no longer judges; the rules' own classes do"},
		{"it goes from a folder", with(func(p *schema.Preset) { p.Under = []string{"a", "b"} }), nil, "gate/loosened flat in a, b: tool.yaml no longer judges; the rules' own classes do"},
		{"it says nothing any more", []schema.Preset{strict}, with(func(p *schema.Preset) { p.Own = true }), "gate/loosened flat: tool.yaml no longer judges; the rules' own classes do"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, c := range Gate(&Config{Policy: Policy{Presets: tt.base}}, &Config{Policy: Policy{Presets: tt.head}}, nil) {
				got = append(got, c.Rule.ID+" "+c.Detail)
			}
			if s := strings.Join(got, "\n"); s != tt.want {
				t.Errorf("got %s", s)
			}
		})
	}
}

func TestGateTellsOfWhatElseAFormatIsTold(t *testing.T) {
	read := func(text string) *Config {
		c, errs := config(t, map[string]string{File: text})
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		return c
	}
	base, head := read("formats: {flat: {strict: true}}"), read("formats: {flat: {strict: false}}")
	changes := Gate(base, head, nil)
	if len(changes) != 1 || changes[0].Rule != loosened || changes[0].From != `"true"` || changes[0].Head.String() != "breakwater.yaml:1:26" {
		t.Errorf("got %+v", changes)
	}
	if changes := Gate(base, read("formats:\n  flat:\n    strict: true\n"), nil); len(changes) > 0 {
		t.Errorf("another spelling is a change: %+v", changes)
	}
}
