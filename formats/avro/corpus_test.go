package avro

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// peers lists the changes that Java's checker reports, too, and that break a surface of
// some.
func peers(changes []change.Change, some change.Surface) []string {
	var found []string
	for _, c := range changes {
		if len(c.Also) > 0 && c.Rule.Class > change.Compatible && c.Breaks().Overlaps(some) {
			found = append(found, c.Rule.ID+" "+string(c.Path))
		}
	}
	return found
}

// The answer to "does the reader read all that the writer writes" is Java's, whichever
// side of the change the reader is on.
func TestResolutionCases(t *testing.T) {
	var cases []struct {
		Name           string
		Reader, Writer json.RawMessage
		Compatible     *bool
		Decode         struct{ Fail, OK int } `json:"decode_java"`
		Verdicts       map[string]*bool
	}
	ruletest.Corpus(t, "avro/cases.json", &cases)
	says := make(map[string]string)
	total := 0
	for i, c := range cases {
		if c.Compatible == nil {
			continue
		}
		total++
		name := fmt.Sprintf("%s #%d", c.Name, i)
		reader, err1 := load1(t, string(c.Reader))
		writer, err2 := load1(t, string(c.Writer))
		if err := cmp.Or(err1, err2); err != nil {
			// What we refuse as not valid agrees if it fails for Java, too, once it is used.
			if c.Decode.OK > 0 || c.Decode.Fail == 0 {
				says[name] = "refused: " + err.Error()
			}
			continue
		}
		// Java keeps answers that rest on a pair that turned out not to be readable: its
		// own decoder fails then, and others refuse.
		if refused := c.Verdicts["twmb"]; *c.Compatible && c.Decode.Fail > 0 && refused != nil && !*refused {
			continue
		}
		for _, way := range []struct {
			base, head schema.Schema
			surface    change.Surface
		}{{writer, reader, change.Replay}, {reader, writer, change.Wire}} {
			found := peers(compare(t, way.base, way.head), way.surface)
			if (len(found) == 0) != *c.Compatible {
				says[name] += fmt.Sprintf("%s: %s; ", way.surface.Names(), strings.Join(found, ", "))
			}
		}
	}
	ruletest.Agree(t, "testdata/cases-waivers.txt", total, says)
}

// A mode of compatibility is what the policy makes of the two directions: the head is
// held against the last version, or with "transitive" against each, and what the judge
// calls breaking counts. What the value alone loses is not the modes' concern.
func TestLevels(t *testing.T) {
	var cases []struct {
		Name, Level string
		History     []json.RawMessage
		New         json.RawMessage
		Compatible  bool
	}
	ruletest.Corpus(t, "avro/levels.json", &cases)
	says := make(map[string]string)
	for i, c := range cases {
		mode, transitive := strings.CutSuffix(strings.ToLower(c.Level), "_transitive")
		history := c.History
		if !transitive {
			history = history[len(history)-1:]
		}
		ok := true
		for _, version := range history {
			base, err1 := load1(t, string(version))
			head, err2 := load1(t, string(c.New))
			if err := cmp.Or(err1, err2); err != nil {
				t.Fatal(err)
			}
			ok = ok && keeps(mode, compare(t, base, head))
		}
		if ok != c.Compatible {
			says[fmt.Sprintf("%s %s #%d", c.Level, c.Name, i)] = fmt.Sprint(ok)
		}
	}
	ruletest.Agree(t, "testdata/levels-waivers.txt", len(cases), says)
}

// keeps reports whether no change breaks what a mode promises: forward that old readers
// read new data, backward that new readers read old data.
func keeps(mode string, changes []change.Change) bool {
	promised := map[string]change.Surface{"forward": change.Wire, "backward": change.Replay, "full": change.Wire | change.Replay}[mode]
	standing := policy.Standing{Port: "a/b", Replays: mode != "forward"}
	return !slices.ContainsFunc(changes, func(c change.Change) bool {
		f := policy.Policy{}.Judge(c, schema.Shown{}, nil, standing)
		return f.Class == change.Breaking && len(c.Also) > 0 && c.Breaks().Overlaps(promised)
	})
}
