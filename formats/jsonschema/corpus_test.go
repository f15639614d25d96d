package jsonschema

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/ruletest"
)

// Real edits of event schemas, with what their authors called them: an addition keeps
// all old data valid, a revision may not, a model does not.
func TestIgluHistory(t *testing.T) {
	var history []struct {
		Name   string `json:"name"`
		Before string `json:"before"`
		After  string `json:"after"`
		Says   string `json:"authors_say"`
	}
	ruletest.Corpus(t, "jsonschema/iglu-history.json", &history)
	undecided, proven, breaks := 0, 0, 0 // pairs, findings, findings
	says := make(map[string]string)
	for _, h := range history {
		base, err1 := read(t, "x.json", h.Before)
		head, err2 := read(t, "x.json", h.After)
		if err := cmp.Or(err1, err2); err != nil {
			says[h.Name] = "refused: " + err.Error()
			continue
		}
		changes := compare(t, base, head)
		var replay bool
		if slices.ContainsFunc(changes, func(c change.Change) bool { return c.Rule == notCompared }) {
			undecided++
		}
		for _, c := range changes {
			if c.Rule.Class == change.Compatible {
				continue
			}
			replay = replay || c.Breaks().Overlaps(change.Replay)
			if c.Rule.Class == change.Breaking {
				breaks++
				if w := Format.Prove(t.Context(), base, head, c); w != nil {
					proven++
				} else {
					t.Logf("%s: no proof of %s", h.Name, c.Detail)
				}
			}
		}
		if testing.Verbose() {
			t.Logf("%s: %s\n%s", h.Name, h.Says, details(changes))
		}
		if replay != (h.Says != "addition") {
			says[h.Name] = fmt.Sprintf("old data stays valid: %v", !replay)
		}
	}
	t.Logf("%d pairs, %d with undecided findings, %d of %d breaking findings with a proof", len(history), undecided, proven, breaks)
	if undecided*100 > 3*len(history) || proven*100 < 90*breaks {
		t.Error("too much is undecided, or not proven")
	}
	ruletest.Agree(t, "testdata/iglu.waivers", len(history), says)
}
