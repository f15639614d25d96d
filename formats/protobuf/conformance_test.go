package protobuf

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/schema"
)

type files map[string]string

func (f files) fs() fs.FS {
	fsys := make(fstest.MapFS)
	for name, text := range f {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

// protos lists the .proto files of a side.
func (f files) protos() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(f)), func(name string) bool { return !strings.HasSuffix(name, ".proto") })
}

func loadFiles(f files) (schema.Schema, error) {
	return Format.Load(context.Background(), schema.Request{FS: f.fs(), Paths: f.protos()})
}

// The rules of buf's categories, version 2.
var categories = map[string][]string{
	"FILE": slices.Concat(fileRules, sharedStrict, []string{
		"FILE_NO_DELETE", "MESSAGE_NO_DELETE", "ENUM_NO_DELETE", "SERVICE_NO_DELETE", "EXTENSION_NO_DELETE"}),
	"PACKAGE": slices.Concat(fileRules, sharedStrict, []string{
		"PACKAGE_NO_DELETE", "PACKAGE_MESSAGE_NO_DELETE", "PACKAGE_ENUM_NO_DELETE", "PACKAGE_SERVICE_NO_DELETE", "PACKAGE_EXTENSION_NO_DELETE"}),
	"WIRE_JSON": slices.Concat(everywhereRules, []string{
		"FIELD_NO_DELETE_UNLESS_NAME_RESERVED", "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED", "FIELD_SAME_NAME", "FIELD_SAME_JSON_NAME",
		"FIELD_WIRE_JSON_COMPATIBLE_TYPE", "FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY", "ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED",
		"ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED", "ENUM_VALUE_SAME_NAME", "ENUM_SAME_JSON_FORMAT", "MESSAGE_SAME_JSON_FORMAT"}),
	"WIRE": slices.Concat(everywhereRules, []string{
		"FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED", "FIELD_WIRE_COMPATIBLE_TYPE", "FIELD_WIRE_COMPATIBLE_CARDINALITY",
		"ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED"}),
}

var (
	everywhereRules = []string{
		"FILE_SAME_PACKAGE", "FIELD_SAME_ONEOF", "FIELD_SAME_DEFAULT", "MESSAGE_SAME_REQUIRED_FIELDS", "RESERVED_MESSAGE_NO_DELETE",
		"RESERVED_ENUM_NO_DELETE", "RPC_SAME_REQUEST_TYPE", "RPC_SAME_RESPONSE_TYPE", "RPC_SAME_CLIENT_STREAMING",
		"RPC_SAME_SERVER_STREAMING", "RPC_SAME_IDEMPOTENCY_LEVEL",
	}
	sharedStrict = slices.Concat(everywhereRules, []string{
		"FILE_SAME_SYNTAX", "FIELD_NO_DELETE", "FIELD_SAME_NAME", "FIELD_SAME_JSON_NAME", "FIELD_SAME_TYPE", "FIELD_SAME_CARDINALITY",
		"FIELD_SAME_JSTYPE", "FIELD_SAME_CPP_STRING_TYPE", "FIELD_SAME_JAVA_UTF8_VALIDATION", "FIELD_SAME_UTF8_VALIDATION",
		"ENUM_VALUE_NO_DELETE", "ENUM_VALUE_SAME_NAME", "ENUM_SAME_TYPE", "ENUM_SAME_JSON_FORMAT", "MESSAGE_SAME_JSON_FORMAT",
		"ONEOF_NO_DELETE", "MESSAGE_NO_REMOVE_STANDARD_DESCRIPTOR_ACCESSOR", "EXTENSION_MESSAGE_NO_DELETE", "RPC_NO_DELETE",
	})
	fileRules = bufFileRules()
)

func bufFileRules() (ids []string) {
	for _, option := range codeOptions {
		ids = append(ids, "FILE_SAME_"+strings.ToUpper(string(option)))
	}
	return ids
}

// An expectation is what buf says: a rule, and the file that it points at.
type expectation struct {
	Rule string
	Path string // empty: it names no file
}

func said(changes []change.Change, category string) map[string]bool {
	all := make(map[string]bool)
	for _, c := range changes {
		for _, p := range c.Also {
			id, isBuf := strings.CutPrefix(p.ID, "buf:")
			if !isBuf || !slices.Contains(categories[category], id) {
				continue
			}
			at := p.At.File
			if at == "" && !p.Nowhere {
				at = c.Head.File
			}
			all[id+" "+at] = true
		}
	}
	return all
}

// difference words what we say and buf does not (+), and the other way round (-).
func difference(ours map[string]bool, theirs []expectation) string {
	want := make(map[string]bool)
	for _, e := range theirs {
		want[e.Rule+" "+e.Path] = true
	}
	var diffs []string
	for key := range ours {
		if !want[key] {
			diffs = append(diffs, "+"+key)
		}
	}
	for key := range want {
		if !ours[key] {
			diffs = append(diffs, "-"+key)
		}
	}
	slices.Sort(diffs)
	return strings.Join(diffs, ", ")
}

func compareSides(t *testing.T, before, after files) ([]change.Change, error) {
	t.Helper()
	base, err := loadFiles(before)
	if err != nil {
		return nil, fmt.Errorf("before: %w", err)
	}
	head, err := loadFiles(after)
	if err != nil {
		return nil, fmt.Errorf("after: %w", err)
	}
	for _, side := range []schema.Schema{base, head} {
		if same, err := Format.Diff(side, side); err != nil || len(same) > 0 {
			t.Errorf("a side differs from itself: %v %v", same, err)
		}
	}
	changes, err := Format.Diff(base, head)
	for _, c := range changes {
		if c.Surfaces&^c.Rule.Breaks != 0 || c.Surfaces == 0 {
			t.Errorf("%s: surfaces %v are not those of the rule", c.Rule.ID, c.Surfaces.Names())
		}
	}
	return changes, err
}

// What buf reports for its own test inputs.
func TestBufCases(t *testing.T) {
	var cases []struct {
		Name, Category string
		Before, After  files
		Expected       []expectation
	}
	ruletest.Corpus(t, "protobuf/buf-cases.json", &cases)
	says := make(map[string]map[string]string)
	total := make(map[string]int)
	for _, c := range cases {
		if c.Category == "own" {
			continue
		}
		total[c.Category]++
		if says[c.Category] == nil {
			says[c.Category] = make(map[string]string)
		}
		changes, err := compareSides(t, c.Before, c.After)
		if err != nil {
			says[c.Category][c.Name] = err.Error()
		} else if d := difference(said(changes, c.Category), c.Expected); d != "" {
			says[c.Category][c.Name] = d
		}
	}
	for category := range categories {
		t.Run(category, func(t *testing.T) {
			ruletest.Agree(t, "testdata/buf-cases-"+strings.ToLower(category)+".txt", total[category], says[category])
		})
	}
}

// What buf reports for real commits.
func TestRealHistory(t *testing.T) {
	var cases []struct {
		Name                  string
		Shared, Before, After files
		Expected              map[string][]expectation
	}
	ruletest.Corpus(t, "protobuf/googleapis-history.json", &cases)
	says := make(map[string]map[string]string)
	for category := range categories {
		says[category] = make(map[string]string)
	}
	for _, c := range cases {
		before, after := maps.Clone(c.Shared), maps.Clone(c.Shared)
		maps.Copy(before, c.Before)
		maps.Copy(after, c.After)
		changes, err := compareSides(t, before, after)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		if _, err := compareSides(t, after, before); err != nil {
			t.Errorf("%s, backwards: %v", c.Name, err)
		}
		for category := range categories {
			if d := difference(said(changes, category), c.Expected[category]); d != "" {
				says[category][c.Name] = d
			}
		}
	}
	for category := range categories {
		t.Run(category, func(t *testing.T) {
			ruletest.Agree(t, "testdata/googleapis-"+strings.ToLower(category)+".txt", len(cases), says[category])
		})
	}
}

// What encoding under one revision and decoding under the other really does.
func TestSoundnessProbes(t *testing.T) {
	var probes []struct {
		Name, Truth   string
		Before, After files
		Oracle        map[string]string
	}
	ruletest.Corpus(t, "protobuf/soundness-probes.json", &probes)
	says := make(map[string]string)
	for _, p := range probes {
		changes, err := compareSides(t, p.Before, p.After)
		if err != nil {
			says[p.Name] = err.Error()
			continue
		}
		if why := unsound(p.Truth, p.Oracle, changes); why != "" {
			says[p.Name] = why
		}
	}
	ruletest.Agree(t, "testdata/soundness-probes.txt", len(probes), says)
}

// unsound says in which way changes contradict the truth.
func unsound(truth string, oracle map[string]string, changes []change.Change) string {
	var breaking, noticed change.Surface
	var list []string
	for _, c := range changes {
		if c.Rule.Class == change.Breaking {
			breaking |= c.Breaks()
		}
		if c.Rule.Class > change.Compatible {
			noticed |= c.Breaks()
		}
		list = append(list, fmt.Sprintf("%s (%s) %v", c.Rule.Name(), c.Rule.Class, c.Breaks().Names()))
	}
	words := strings.Join(list, "; ")
	truth = strings.TrimSuffix(truth, "*")
	switch truth {
	case "safe", "wire-safe", "wire-json-safe":
		if breaking.Overlaps(change.Wire | change.Value) {
			return truth + ": " + words
		}
		return ""
	}
	if noticed&^change.Code == 0 {
		return truth + ", but nothing is said: " + words
	}
	switch truth {
	case "lossy", "forward-lossy", "break", "corrupt":
		if oracle["wire new->old"] != "same" && !noticed.Overlaps(change.Wire|change.Value) {
			return truth + " for old readers: " + words
		}
		if oracle["wire old->new"] != "same" && !noticed.Overlaps(change.Replay|change.Value) {
			return truth + " for old data: " + words
		}
	}
	return ""
}

// Every rule of buf is known to a rule of ours, and no other name is.
func TestEveryRuleOfBufHasAName(t *testing.T) {
	theirs, ours := make(map[string]bool), make(map[string]bool)
	for _, ids := range categories {
		for _, id := range ids {
			theirs["buf:"+id] = true
		}
	}
	for _, r := range rules.List {
		for _, id := range r.Also {
			ours[id] = true
		}
	}
	if !maps.Equal(ours, theirs) {
		t.Errorf("ours and theirs differ: %s", differenceOf(ours, theirs))
	}
	if len(theirs) != 64 {
		t.Errorf("buf has %d rules", len(theirs))
	}
}
