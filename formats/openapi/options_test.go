package openapi

import (
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/schema"
)

// What a team chooses in breakwater.yaml decides what is told.
func TestOptions(t *testing.T) {
	operation := func(text string) string {
		return `{openapi: 3.1.0, info: {title: t, version: "1"}, paths: {/a: {get: {` + text + `}}, /b: {put: {x-internal: true, operationId: b}}}}`
	}
	tests := []struct{ name, options, was, is, want string }{
		{"deprecated without a day", `{deprecation-days: {stable: 30}}`, ``, `deprecated: true`, "notice-too-short"},
		{"deprecated without a day, as a draft", `{deprecation-days: {stable: 30}}`, `x-stability-level: draft`, `x-stability-level: draft, deprecated: true`, "operation-deprecated"},
		{"deprecated on the last day", `{deprecation-days: {stable: 30}}`, ``, `deprecated: true, x-sunset: "2026-12-23"`, "operation-deprecated"},
		{"deprecated a day too late", `{deprecation-days: {stable: 31}}`, ``, `deprecated: true, x-sunset: "2026-12-23"`, "notice-too-short"},
		{"deprecated as a beta", `{deprecation-days: {stable: 90, beta: 30}}`, `x-stability-level: beta`, `x-stability-level: beta, deprecated: true, x-sunset: "2026-12-23"`, "operation-deprecated"},
		{"an operation that is left out", `{leave-out: [x-team]}`, `x-team: a, operationId: a`, `x-team: b, operationId: b`, ""},
		{"an operation that is left out from now on", `{leave-out: [x-team]}`, `operationId: a`, `x-team: a, operationId: a`, "operation-removed"},
		{"an extension that is not listed", `{extensions: [x-other]}`, `x-team: a`, `x-team: b`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var sides [2]schema.Schema
			for i, text := range []string{tt.was, tt.is} {
				var err error
				if sides[i], err = loadWith(t, operation(text), nil, tt.options); err != nil {
					t.Fatal(err)
				}
			}
			changes, err := Format.Diff(sides[0], sides[1])
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range changes {
				got = append(got, c.Rule.Name())
			}
			if slices.Sort(got); strings.Join(got, " ") != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestBadOptions(t *testing.T) {
	for options, want := range map[string]string{
		`{deprecation-days: {stable: soon}}`: "want days for beta or stable",
		`{deprecation-days: {alpha: 3}}`:     "want days for beta or stable",
		`{deprecation-days: {stable: 1e9}}`:  "want days for beta or stable",
		`{deprecation-days: 30}`:             "want deprecation-days as a map",
		`{stability-level: eternal}`:         "want draft, alpha, beta or stable",
		`{leave-out: [internal]}`:            "want the name of an extension",
	} {
		if _, err := loadWith(t, inOpenAPI, nil, options); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", options, err, want)
		}
	}
}
