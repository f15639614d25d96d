package protobuf

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// readPresets reads the presets of a repository with files, and its section of
// breakwater.yaml.
func readPresets(t *testing.T, f files, section string) ([]schema.Preset, error) {
	t.Helper()
	doc, err := document.Parse("breakwater.yaml", []byte(section))
	if err != nil {
		t.Fatal(err)
	}
	configs := slices.DeleteFunc(slices.Sorted(maps.Keys(f)), func(name string) bool { return !strings.HasSuffix(name, "buf.yaml") })
	return presets(f.fs(), configs, doc)
}

// verdictOf says what presets make of a change at file that buf reports as id.
func verdictOf(all []schema.Preset, file string, unstable bool, id string) string {
	c := change.Change{Rule: fieldRemoved, Base: source.Top(file), Head: source.Top(file), Also: []change.Peer{{ID: "buf:" + id, Unstable: unstable}}}
	for i := range all {
		all[i].Format = "protobuf"
	}
	p, ok := schema.ChoosePreset(all, c)
	if !ok {
		return "own"
	}
	class, why := p.Judge(c)
	return fmt.Sprintf("%s, %s", class, why)
}

func TestBufYAML(t *testing.T) {
	tests := []struct {
		name, config, file, id string
		want                   string
	}{
		{"FILE where nothing is used", "version: v1\nbreaking: {}", "a.proto", "FIELD_NO_DELETE", "breaking, buf.yaml has FIELD_NO_DELETE"},
		{"no breaking section", "version: v1\nlint: {use: [DEFAULT]}", "a.proto", "FIELD_NO_DELETE", "own"},
		{"a category", "version: v1\nbreaking: {use: [WIRE]}", "a.proto", "FIELD_NO_DELETE", "compatible, buf.yaml has no rule for it"},
		{"a category and a rule", "version: v1\nbreaking: {use: [WIRE, FIELD_NO_DELETE]}", "a.proto", "FIELD_NO_DELETE", "breaking, buf.yaml has FIELD_NO_DELETE"},
		{"an exception", "version: v1\nbreaking: {use: [FILE], except: [FIELD_NO_DELETE]}", "a.proto", "FIELD_NO_DELETE", "compatible, buf.yaml has no rule for it"},
		{"a category as exception", "version: v2\nbreaking: {use: [FILE], except: [WIRE]}", "a.proto", "FIELD_SAME_ONEOF", "compatible, buf.yaml has no rule for it"},
		{"a rule that has another name now", "version: v1\nbreaking: {use: [FIELD_SAME_LABEL]}", "a.proto", "FIELD_SAME_CARDINALITY", "breaking, buf.yaml has FIELD_SAME_CARDINALITY"},
		{"a rule that version 2 brought", "version: v1\nbreaking: {use: [FILE]}", "a.proto", "FIELD_SAME_DEFAULT", "compatible, buf.yaml has no rule for it"},
		{"a category that version 2 brought", "version: v2\nbreaking: {use: [CSR]}", "a.proto", "FIELD_NO_DELETE", "breaking, buf.yaml has FIELD_NO_DELETE"},
		{"the first version was stricter on types", "version: v1beta1\nbreaking: {use: [WIRE]}", "a.proto", "FIELD_SAME_TYPE", "breaking, buf.yaml has FIELD_SAME_TYPE"},
		{"no version is the first", "breaking: {use: [WIRE]}", "a.proto", "FIELD_SAME_TYPE", "breaking, buf.yaml has FIELD_SAME_TYPE"},
		{"an ignored file", "version: v1\nbreaking: {ignore: [x/a.proto]}", "x/a.proto", "FIELD_NO_DELETE", "compatible, buf.yaml lets it pass"},
		{"an ignored folder", "version: v1\nbreaking: {ignore: [x]}", "x/y/a.proto", "FIELD_NO_DELETE", "compatible, buf.yaml lets it pass"},
		{"a file that begins alike", "version: v1\nbreaking: {ignore: [x]}", "xy/a.proto", "FIELD_NO_DELETE", "breaking, buf.yaml has FIELD_NO_DELETE"},
		{"everything is ignored", "version: v1\nbreaking: {ignore: ['.']}", "x/a.proto", "FIELD_NO_DELETE", "compatible, buf.yaml lets it pass"},
		{"one rule is ignored in a folder", "version: v1\nbreaking: {ignore_only: {FIELD_NO_DELETE: [x]}}", "x/a.proto", "FIELD_NO_DELETE", "compatible, buf.yaml lets it pass"},
		{"another rule is not", "version: v1\nbreaking: {ignore_only: {FIELD_NO_DELETE: [x]}}", "x/a.proto", "FIELD_SAME_TYPE", "breaking, buf.yaml has FIELD_SAME_TYPE"},
		{"a category is ignored in a folder", "version: v1\nbreaking: {ignore_only: {WIRE_JSON: [x]}}", "x/a.proto", "FIELD_SAME_NAME", "compatible, buf.yaml lets it pass"},
		{"paths start from a root of version 1 beta", "version: v1beta1\nbuild: {roots: [p, q]}\nbreaking: {ignore: [x]}", "q/x/a.proto", "FIELD_NO_DELETE", "compatible, buf.yaml lets it pass"},
		{"what is outside the roots", "version: v1beta1\nbuild: {roots: [p, q]}\nbreaking: {ignore: [x]}", "x/a.proto", "FIELD_NO_DELETE", "own"},
		{"a module's own section", "version: v2\nmodules: [{path: p, breaking: {use: [WIRE]}}, {path: q}]\nbreaking: {use: [FILE]}", "p/a.proto", "FIELD_NO_DELETE", "compatible, buf.yaml has no rule for it"},
		{"a module without one", "version: v2\nmodules: [{path: p, breaking: {use: [WIRE]}}, {path: q}]\nbreaking: {use: [FILE]}", "q/a.proto", "FIELD_NO_DELETE", "breaking, buf.yaml has FIELD_NO_DELETE"},
		{"paths of a module start from the workspace", "version: v2\nmodules: [{path: p, breaking: {ignore: [p/x]}}]", "p/x/a.proto", "FIELD_NO_DELETE", "compatible, buf.yaml lets it pass"},
		{"only rules of plugins", "version: v2\nplugins: [{plugin: acme}]\nbreaking: {use: [ACME_RULE], disable_builtin: true}", "a.proto", "FIELD_NO_DELETE", "compatible, buf.yaml has no rule for it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			all, err := readPresets(t, files{"buf.yaml": tt.config}, "")
			if err != nil {
				t.Fatal(err)
			}
			if got := verdictOf(all, tt.file, false, tt.id); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// Each module of a workspace is judged by its own buf.yaml, and breakwater.yaml goes
// before all of them.
func TestInnermostBufYAMLJudges(t *testing.T) {
	f := files{
		"buf.work.yaml":       "version: v1\ndirectories: [strict, lax, silent]",
		"buf.yaml":            "version: v1\nbreaking: {use: [PACKAGE]}",
		"strict/buf.yaml":     "version: v1\nbreaking: {use: [FILE]}",
		"lax/buf.yaml":        "version: v1\nbreaking: {use: [WIRE], ignore: [old]}",
		"silent/buf.yaml":     "version: v1",
		"strict/lax/buf.yaml": "version: v1\nbreaking: {use: [WIRE]}",
	}
	want := map[string]string{
		"a.proto":            "compatible, buf.yaml has no rule for it",
		"strict/a.proto":     "breaking, strict/buf.yaml has MESSAGE_NO_DELETE",
		"lax/a.proto":        "compatible, lax/buf.yaml has no rule for it",
		"silent/a.proto":     "own",
		"strict/lax/a.proto": "compatible, strict/lax/buf.yaml has no rule for it",
	}
	all, err := readPresets(t, f, "")
	if err != nil {
		t.Fatal(err)
	}
	for file, verdict := range want {
		if got := verdictOf(all, file, false, "MESSAGE_NO_DELETE"); got != verdict {
			t.Errorf("%s: got %s, want %s", file, got, verdict)
		}
	}
	for section, verdict := range map[string]string{"preset: buf:FILE": "breaking, buf:FILE has MESSAGE_NO_DELETE", "preset: breakwater": "own"} {
		all, err := readPresets(t, f, section)
		if err != nil {
			t.Fatal(err)
		}
		if got := verdictOf(all, "lax/a.proto", false, "MESSAGE_NO_DELETE"); got != verdict {
			t.Errorf("%s: got %s, want %s", section, got, verdict)
		}
	}
}

// The rules of each version of buf's configuration, and how many of them a category
// has. The four that the conformance cases know are the same there.
func TestBufRulesByVersion(t *testing.T) {
	for version, want := range map[string]map[string]int{
		"v2":      {"FILE": 51, "PACKAGE": 51, "WIRE_JSON": 22, "WIRE": 15, "CSR": 32},
		"v1":      {"FILE": 49, "PACKAGE": 49, "WIRE_JSON": 21, "WIRE": 14},
		"v1beta1": {"FILE": 49, "PACKAGE": 48, "WIRE_JSON": 21, "WIRE": 14},
	} {
		for category, n := range want {
			if ids, _ := newRuleBook(version).find(category); len(ids) != n {
				t.Errorf("%s %s has %d rules, want %d: %s", version, category, len(ids), n, ids)
			}
		}
	}
	for version, n := range map[string]int{"v2": 64, "v1": 61, "v1beta1": 59} {
		if got := len(newRuleBook(version).rules); got != n {
			t.Errorf("%s has %d rules, want %d", version, got, n)
		}
	}
	for category, rules := range categories {
		want := also(rules...)
		slices.Sort(want)
		if ids, _ := newRuleBook("v2").find(category); !slices.Equal(ids, want) {
			t.Errorf("%s: got %s, want %s", category, ids, want)
		}
	}
}

func TestBufYAMLRefuses(t *testing.T) {
	tests := []struct{ name, config, section, want string }{
		{"an unknown rule", "version: v1\nbreaking: {use: [FIELD_NO_DELET]}", "", `buf.yaml:2:18: unknown rule or category "FIELD_NO_DELET" of buf v1; did you mean "FIELD_NO_DELETE"?`},
		{"an unknown exception", "version: v1\nbreaking: {except: [FIELDS]}", "", `buf.yaml:2:21: unknown rule or category "FIELDS" of buf v1`},
		{"an unknown rule to ignore", "version: v1\nbreaking:\n  ignore_only:\n    NONE: [a]", "", `buf.yaml:4:5: unknown rule or category "NONE" of buf v1`},
		{"a category that came later", "version: v1\nbreaking: {use: [CSR]}", "", `buf.yaml:2:18: unknown rule or category "CSR" of buf v1`},
		{"an unknown key", "version: v1\nbreaking: {uses: [FILE]}", "", `buf.yaml:2:12: unknown key "uses"; did you mean "use"?`},
		{"a version to come", "version: v3\nbreaking: {}", "", `buf.yaml:1:10: want the version v1beta1, v1, v2 of buf.yaml, got "v3"`},
		{"a path outside", "version: v1\nbreaking: {ignore: [../x]}", "", `buf.yaml:2:21: want a path below the folder of buf.yaml, got "../x"`},
		{"no list", "version: v1\nbreaking: {use: FILE}", "", `buf.yaml:2:17: want a list for "use", got "FILE"`},
		{"no YAML", "a: [", "", `buf.yaml:1:1: `},
		{"an unknown preset", "", "preset: buf:FILES", `breakwater.yaml:1:9: unknown preset "buf:FILES"; did you mean "buf:FILE"?`},
		{"a preset of nobody", "", "preset: [a]", `breakwater.yaml:1:9: unknown preset`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := readPresets(t, files{"buf.yaml": tt.config}, tt.section)
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

// What a package calls itself counts in the base: a change cannot demote it and
// break it at once.
func TestUnstablePackagesAreThoseOfTheBase(t *testing.T) {
	proto := func(pkg, field string) files {
		return files{"a.proto": "syntax = \"proto3\";\npackage " + pkg + ";\nmessage A {\n  int32 kept = 1;\n" + field + "}\n"}
	}
	all, err := readPresets(t, files{"buf.yaml": "version: v1\nbreaking: {use: [FILE], ignore_unstable_packages: true}"}, "")
	if err != nil {
		t.Fatal(err)
	}
	all[0].Format = "protobuf"
	blocks := func(before, after files) bool {
		changes, err := compareSides(t, before, after)
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(changes, func(c change.Change) bool {
			class, _ := all[0].Judge(c)
			return class == change.Breaking
		})
	}
	const field = "  string gone = 2;\n"
	if blocks(proto("p.v1alpha1", field), proto("p.v1alpha1", "")) {
		t.Error("what was unstable before may break")
	}
	if !blocks(proto("p.v1", field), proto("p.v1alpha1", "")) {
		t.Error("a stable package was demoted and broken at once, and nothing blocks")
	}
	if blocks(proto("p.v1alpha1", field), proto("p.v1", "")) {
		t.Error("what was unstable before may break while it becomes stable")
	}
	for pkg, want := range map[name]bool{
		"p.v1alpha1": true, "p.v1beta": true, "p.v1p1beta2": true, "p.v1test": true, "p.v2testfoo": true,
		"p.v1": false, "v1alpha1": false, "p.v1alpha1.q": false, "p.v0alpha1": false, "p.v1alpha0": false, "p.valpha": false,
	} {
		if got := isUnstable(pkg); got != want {
			t.Errorf("%s is unstable: %v", pkg, got)
		}
	}
}
