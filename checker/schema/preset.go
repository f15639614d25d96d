package schema

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
)

// A Preset judges the changes of a format as another tool would that a team comes
// from: what that tool would stop is breaking, and the rest is compatible. It speaks
// of that tool's ids and of files, so that nobody needs to know the tool to apply it.
type Preset struct {
	Format string
	Name   string   // as a reason quotes it: "buf:FILE", "proto/buf.yaml"
	Under  []string // the folders whose files it judges; none: all
	Own    bool     // it leaves each rule its own class
	IDs    []string // what breaks: "buf:FIELD_NO_DELETE"; sorted
	Spared []Spared
	Span   source.Span // of where it is chosen
}

// Spared is what a preset lets pass although it breaks. It is judged by the base,
// so that a change cannot move there what it breaks.
type Spared struct {
	IDs      []string // none: all
	Path     string   // a file or a folder; empty: every file
	Unstable bool     // only what says of itself that it may still change
}

// Judge returns the class of c, and why.
func (p Preset) Judge(c change.Change) (class change.Class, why string) {
	why = p.Name + " has no rule for it"
	for _, peer := range c.Also {
		switch {
		case !slices.Contains(p.IDs, peer.ID):
		case slices.ContainsFunc(p.Spared, func(s Spared) bool { return s.holds(peer, c) }):
			why = p.Name + " lets it pass"
		default:
			_, rule, _ := strings.Cut(peer.ID, ":")
			return change.Breaking, p.Name + " has " + rule
		}
	}
	return change.Compatible, why
}

func (s Spared) holds(p change.Peer, c change.Change) bool {
	file := cmp.Or(p.Was, c.Base.File, c.Head.File)
	return (len(s.IDs) == 0 || slices.Contains(s.IDs, p.ID)) && (s.Path == "" || isBelow(s.Path, file)) && (!s.Unstable || p.Unstable)
}

// ChoosePreset returns the one of presets that judges c: that of the innermost
// folder that holds what changed.
func ChoosePreset(presets []Preset, c change.Change) (chosen Preset, ok bool) {
	file, deepest := cmp.Or(c.Base.File, c.Head.File), -1
	for _, p := range presets {
		depth := -1
		for _, dir := range p.Under {
			if isBelow(dir, file) {
				depth = max(depth, len(dir))
			}
		}
		if len(p.Under) == 0 {
			depth = 0
		}
		if p.Format == path.Dir(c.Rule.ID) && depth > deepest {
			chosen, ok, deepest = p, true, depth
		}
	}
	return chosen, ok && !chosen.Own
}

// isBelow reports whether name is dir, or stands in it.
func isBelow(dir, name string) bool {
	return dir == "." || name == dir || strings.HasPrefix(name, dir+"/")
}
