package avro

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"golang.org/x/tools/txtar"
)

// sides loads the example of a rule.
func sides(t *testing.T, rule *change.Rule) (base, head schema.Schema) {
	t.Helper()
	ar, ok := rules.Example(rule)
	if !ok {
		t.Fatal("no example")
	}
	load := func(f txtar.File) schema.Schema {
		name := f.Name[strings.IndexByte(f.Name, '/')+1:]
		s, err := Format.Load(t.Context(), schema.Request{FS: fstest.MapFS{name: {Data: f.Data}}, Paths: []string{name}})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	return load(ar.Files[0]), load(ar.Files[1])
}

// A break is shown by the value that people would think of.
func TestWitnesses(t *testing.T) {
	tests := []struct {
		rule *change.Rule
		want string
	}{
		{fieldRemoved, `written now {"id":"a"} is read by the old reader as nothing: `},
		{fieldRequiredAdded, `written before {"id":"a"} is read by the new reader as nothing: `},
		{fieldRenamed, `written now {"id":"a","rebate":1.5} is read by the old reader as nothing: `},
		{fieldNullable, `written now {"id":"a","amount":null} is read by the old reader as nothing: `},
		{fieldRequired, `written before {"id":"a","amount":null} is read by the new reader as nothing: `},
		{typeChanged, `written now {"id":"a","amount":"a"} is read by the old reader as nothing: `},
		{typeWidened, `written now {"id":"a","amount":1} is read by the old reader as nothing: `},
		{typeNarrowed, `written before {"id":"a","amount":1} is read by the new reader as nothing: `},
		{branchAdded, `written now {"id":"a","amount":"a"} is read by the old reader as nothing: `},
		{branchRemoved, `written before {"id":"a","amount":"a"} is read by the new reader as nothing: `},
		{enumValueAdded, `written now "LOST" is read by the old reader as nothing: `},
		{enumValueMasked, `written now "LOST" is read by the old reader as "UNKNOWN"`},
		{enumValueRemoved, `written before "LOST" is read by the new reader as nothing: `},
		{typeRenamed, `written now {} is read by the old reader as nothing: `},
		{decimalScaleChanged, `written now {"amount":0.1234,"id":"a"} is read by the old reader as {"amount":12.34,"id":"a"}`},
		{timeUnitChanged, `written now {"at":"1970-01-20T16:13:20Z","id":"a"} is read by the old reader as {"at":"2023-11-14T22:13:20Z","id":"a"}`},
		{promotionLosesDigits, `written now {"id":"a","amount":9007199254740993} is read by the old reader as {"id":"a","amount":9.007199254740992e+15}`},
	}
	for _, tt := range tests {
		t.Run(tt.rule.Name(), func(t *testing.T) {
			base, head := sides(t, tt.rule)
			for _, c := range compare(t, base, head) {
				if c.Rule != tt.rule {
					continue
				}
				w := Format.Prove(t.Context(), base, head, c)
				if w == nil || !strings.HasPrefix(w.String(), tt.want) {
					t.Errorf("got %v", w)
				}
				if w != nil && (w.CheckedBy == "" || w.Encoding != "avro" || !c.Breaks().Overlaps(w.Surface)) {
					t.Errorf("%+v does not say enough", w)
				}
				return
			}
			t.Error("the example does not show the rule")
		})
	}
}

// A yes that was given under an assumption that failed is not kept: Rb.a reads Wb.a only
// as long as nobody knows that A does not.
func TestAssumptionsThatFailAreForgotten(t *testing.T) {
	text := func(leaf string) string {
		return fmt.Sprintf(`{"type": "record", "name": "Root", "fields": [
  {"name": "x", "type": ["null",
    {"type": "record", "name": "A", "namespace": "p", "fields": [
      {"name": "b", "type": ["null", {"type": "record", "name": "B", "namespace": "p", "fields": [{"name": "a", "type": ["null", "p.A"]}]}]},
      {"name": "leaf", "type": "%s"}]},
    {"type": "record", "name": "A", "namespace": "q", "fields": []}]},
  {"name": "y", "type": ["null", "p.B"]}]}`, leaf)
	}
	got := told(diffOf(t, text("int"), text("string")))
	if !strings.Contains(got, "field-type-changed: A.leaf: int became string") {
		t.Errorf("got %s", got)
	}
}

// Below a branch that another one stands in for, nothing is broken.
func TestRescuedBranches(t *testing.T) {
	text := func(typ string) string {
		return fmt.Sprintf(`[{"type": "record", "name": "I", "namespace": "a", "fields": [{"name": "x", "type": "%s"}]}, {"type": "record", "name": "I", "namespace": "b", "fields": []}]`, typ)
	}
	for _, c := range diffOf(t, text("int"), text("string")) {
		if len(c.Also) > 0 || c.Rule.Class == change.Breaking {
			t.Errorf("%s: %s", c.Rule.ID, c.Detail)
		}
	}
}

// A change within a record that is used as the branch of a union is told where it is.
func TestUnionsAreDescendedInto(t *testing.T) {
	text := func(typ string) string {
		return fmt.Sprintf(`{"type": "record", "name": "R", "fields": [{"name": "i", "type": ["null", {"type": "array", "items": ["null", {"type": "record", "name": "I", "fields": [{"name": "x", "type": "%s"}]}]}]}]}`, typ)
	}
	changes := diffOf(t, text("int"), text("string"))
	if len(changes) != 1 || changes[0].Path != "I.x" || changes[0].Head.Start.Column != 176 {
		t.Errorf("got %s at %v", told(changes), changes)
	}
}
