package openapi

import (
	"io/fs"
	"slices"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// Presets judge as oasdiff breaking does that fails on errors, or on warnings, too.
const (
	presetERR  = "oasdiff:ERR"
	presetWARN = "oasdiff:WARN"
)

func presets(_ fs.FS, _ []string, section *document.Node) ([]schema.Preset, error) {
	var problems document.Problems
	readSettings(section, &problems)
	chosen := section.Get("preset")
	if chosen.IsNull() {
		return nil, problems.Err()
	}
	p := schema.Preset{Name: chosen.String(), Span: chosen.Span}
	switch p.Name {
	case presetERR:
		p.IDs = ofLevels("ERR")
	case presetWARN:
		p.IDs = ofLevels("ERR", "WARN")
	default:
		problems.Addf(chosen.Span, "unknown preset %q%s", p.Name, document.Suggest(p.Name, []string{presetERR, presetWARN}))
		return nil, problems.Err()
	}
	return []schema.Preset{p}, problems.Err()
}

// ofLevels lists the peer's checks of some levels.
func ofLevels(levels ...string) (ids []string) {
	for id, level := range oasdiffLevels {
		if slices.Contains(levels, level) {
			ids = append(ids, oasdiff+id)
		}
	}
	slices.Sort(ids)
	return ids
}
