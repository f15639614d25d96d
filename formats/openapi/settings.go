package openapi

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// maxDays is how many days of notice a team may ask for.
const maxDays = 36_500

// Settings are the section formats.openapi of breakwater.yaml.
type settings struct {
	stripPrefix string   // of paths, so that a move of all of them is none
	extensions  []string // the only extensions that are compared; none: all
	validate    bool     // what is not valid any more is a finding
	leaveOut    []string // extensions of paths and operations that are not looked at

	// deprecationDays says how many days before its end something has to be deprecated, by
	// the stability of its operation.
	deprecationDays map[string]int
	stability       int // the peer says nothing of operations below
}

func readSettings(section *document.Node, problems *document.Problems) settings {
	f := problems.Fields(section, "openapi")
	s := settings{stripPrefix: strings.TrimSuffix(f.Text("strip-path-prefix"), "/"), extensions: f.Texts("extensions")}
	s.validate = f.Bool("validate")
	f.Text("preset")
	s.leaveOut = f.Texts("leave-out")
	for i, e := range s.leaveOut {
		if !strings.HasPrefix(e, "x-") {
			problems.Addf(f.Any("leave-out").Items[i].At(), "want the name of an extension, such as x-internal, got %q", short(e))
		}
	}
	s.stability = slices.Index(stabilityLevels, cmp.Or(f.Text("stability-level"), "beta"))
	if s.stability < 0 {
		problems.Addf(f.At("stability-level"), "want draft, alpha, beta or stable for the stability level, got %q", short(f.Text("stability-level")))
	}
	s.deprecationDays = make(map[string]int)
	days := f.Any("deprecation-days")
	for i, key := range keysOf(problems.Fields(days, "deprecation-days").Node) {
		n, err := strconv.Atoi(days.Items[i].String())
		if (key.Text != "beta" && key.Text != "stable") || err != nil || n < 0 || n > maxDays {
			problems.Addf(key.At(), "want days for beta or stable, such as {beta: 30, stable: 180}")
			continue
		}
		s.deprecationDays[key.Text] = n
	}
	return s
}
